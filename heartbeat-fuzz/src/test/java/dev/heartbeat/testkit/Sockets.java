package dev.heartbeat.testkit;

/** What the sockets of a simulated host hold. */
public final class Sockets {
    private Sockets() {}

    /** Of the connection of which most is queued and not yet taken by the socket: how much. */
    public static long mostPendingBytes(Host host) {
        return ((SimTransport) host.transport())
                .connections().stream()
                        .mapToLong(SimConnection::pendingBytes)
                        .max()
                        .orElse(0);
    }
}
