package dev.heartbeat;

import java.util.Objects;

/**
 * Where a server listens.
 *
 * @param host a name, which is looked up for each attempt, or an address
 * @param port 1 to 65,535
 * @since 0.1
 */
public record ServerAddress(String host, int port) {

    /**
     * Judges both.
     *
     * @throws IllegalArgumentException if the host is empty, or the port out of its range
     */
    public ServerAddress {
        if (!Hosts.isHost(Objects.requireNonNull(host, "host"))) {
            throw new IllegalArgumentException("host is \"" + host + "\", allowed is " + Hosts.ALLOWED);
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + ", allowed is 1 to 65535");
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
