package dev.heartbeat.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The address of a server, as an option names it.
 *
 * @param host a name, or an address without brackets
 */
record HostAndPort(String host, int port) {
    private static final int LARGEST = 65_535;

    /** An IPv6 address may be in brackets. */
    static HostAndPort parse(CommandLine command, String option, String text) {
        int colon = text.lastIndexOf(':');
        Integer port = portOf(text.substring(colon + 1));
        if (colon <= 0 || port == null) {
            throw new ParameterException(
                    command, option + " is " + text + ", expected is an address and a port like 127.0.0.1:9501");
        }
        String host = text.substring(0, colon);
        return new HostAndPort(
                host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host, port);
    }

    private static @Nullable Integer portOf(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port <= LARGEST ? (Integer) port : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
