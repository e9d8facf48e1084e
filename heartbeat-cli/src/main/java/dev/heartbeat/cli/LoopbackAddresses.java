package dev.heartbeat.cli;

/** The addresses of this machine by which it speaks to itself: on Linux all that begin with 127. */
final class LoopbackAddresses {
    /** Less than half of the local ports: beyond that the kernel searches long for each. */
    private static final int CONNECTIONS_PER_ADDRESS = 10_000;

    private static final String PREFIX = "127.";

    private LoopbackAddresses() {}

    static boolean canSpread(String host) {
        return Limits.hasManyLoopbackAddresses() && host.matches("127(\\.\\d{1,3}){3}");
    }

    /** The address for a connection, counted from 1 on, where the first is this one. */
    static String of(String first, int connection) {
        int address = 0;
        for (String part : first.substring(PREFIX.length()).split("\\.", -1)) {
            address = address << 8 | Integer.parseInt(part);
        }
        address += (connection - 1) / CONNECTIONS_PER_ADDRESS;
        return PREFIX + (address >> 16 & 0xFF) + "." + (address >> 8 & 0xFF) + "." + (address & 0xFF);
    }
}
