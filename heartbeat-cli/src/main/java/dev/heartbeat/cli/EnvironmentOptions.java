package dev.heartbeat.cli;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The variables of the environment that are options: {@code HEARTBEAT_MAX_NODES} is
 * {@code --max-nodes}. An empty variable counts as not set.
 */
final class EnvironmentOptions {
    private static final String PREFIX = "HEARTBEAT_";

    /** The launcher's own. */
    private static final Set<String> OTHERS = Set.of("HEARTBEAT_JAVA_OPTS");

    /** The variables that Kubernetes sets for each service of a namespace, whatever its name. */
    private static final Pattern LINK_NAME = Pattern.compile(
            PREFIX + "(\\w+_)?(SERVICE_(HOST|PORT)(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern PORT_NAME = Pattern.compile(PREFIX + "(\\w+_)?PORT");
    private static final Pattern PORT_LINK = Pattern.compile("(tcp|udp|sctp)://.*");

    private final Map<String, String> values = new TreeMap<>();
    private final Set<String> unknown = new TreeSet<>();

    /**
     * @param own the names of the command's options, without dashes before them
     * @param all those of all commands that share the environment
     */
    EnvironmentOptions(Map<String, String> environment, Set<String> own, Set<String> all) {
        environment.forEach((variable, value) -> {
            if (!variable.startsWith(PREFIX) || OTHERS.contains(variable) || isServiceLink(variable, value)) {
                return;
            }
            String option =
                    variable.substring(PREFIX.length()).replace('_', '-').toLowerCase(Locale.ROOT);
            if (!variable.equals(variableOf(option)) || !all.contains(option)) {
                unknown.add(variable);
            } else if (own.contains(option) && !value.isEmpty()) {
                values.put(option, value);
            }
        });
    }

    private static boolean isServiceLink(String variable, String value) {
        return LINK_NAME.matcher(variable).matches()
                || PORT_NAME.matcher(variable).matches()
                        && PORT_LINK.matcher(value).matches();
    }

    /** The variable of an option. */
    static String variableOf(String option) {
        return PREFIX + option.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The values by the names of options. */
    Map<String, String> values() {
        return values;
    }

    /** The variables that look like options and are none. */
    Set<String> unknown() {
        return unknown;
    }
}
