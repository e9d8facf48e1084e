package dev.heartbeat.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What the library's options are called on the command line. */
final class OptionNames {
    /** Flags that are not the library's name with dashes. */
    private static final Map<String, String> OTHERWISE = Map.of(
            "heartbeatInterval", "--interval",
            "suspectAfter", "--suspect",
            "heartbeatTimeout", "--timeout",
            "massGuardMaxHold", "--mass-guard-hold",
            "takeoverPolicy", "--takeover",
            "autoReconnect", "--no-reconnect");

    private static final Pattern WORD = Pattern.compile("[A-Za-z]+");

    private OptionNames() {}

    /** The flag of a library option, if there is one. */
    static String of(String option) {
        return OTHERWISE.getOrDefault(
                option, "--" + option.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
    }

    /** A refusal by the library, which names options, values and ranges, as the command's own. */
    static ParameterException inWordsOf(CommandLine command, IllegalArgumentException refusal) {
        return new ParameterException(command, translate(command, String.valueOf(refusal.getMessage())), refusal);
    }

    /** The library's messages begin with the name of an option; further on, only a name of several words is surely one. */
    private static String translate(CommandLine command, String message) {
        return WORD.matcher(message).replaceAll(word -> {
            boolean isName = word.start() == 0 || word.group().matches("[a-z]+[A-Z].*");
            boolean isKnown = command.getCommandSpec().findOption(of(word.group())) != null;
            return isName && isKnown ? of(word.group()) : word.group();
        });
    }
}
