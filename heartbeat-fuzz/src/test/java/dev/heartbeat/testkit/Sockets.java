package dev.heartbeat.testkit;

/** The bytes in the sockets of a simulated host. */
public final class Sockets {
    private Sockets() {}

    /** The most bytes that a connection has queued and its socket has not taken yet. */
    public static long mostPendingBytes(Host host) {
        return ((SimTransport) host.transport())
                .connections().stream()
                        .mapToLong(SimConnection::pendingBytes)
                        .max()
                        .orElse(0);
    }
}
