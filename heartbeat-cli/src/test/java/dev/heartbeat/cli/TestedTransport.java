package dev.heartbeat.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The transport of the commands under test: the best there is, or the one that the property
 * {@code heartbeat.transport} names.
 */
final class TestedTransport {
    private static final List<String> HAVE_IT = List.of("server", "client");

    private TestedTransport() {}

    /** The arguments of a command, with the transport where it has that option. */
    static List<String> in(List<String> arguments) {
        String name = System.getProperty("heartbeat.transport");
        List<String> all = new ArrayList<>(arguments);
        if (name != null && HAVE_IT.contains(arguments.get(0))) {
            all.add("--transport=" + name);
        }
        return all;
    }
}
