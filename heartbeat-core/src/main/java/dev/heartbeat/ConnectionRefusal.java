package dev.heartbeat;

/**
 * Why a server closed a connection at once: {@link ConnectionStats#refusals}.
 *
 * @since 0.1
 */
public enum ConnectionRefusal {
    /** The server is stopping. */
    STOPPING,
    /** As many as {@link ServerSetters#maxConnections} are open. */
    CONNECTIONS,
    /** As many as {@link ServerSetters#maxUnregistered} have no node yet. */
    UNREGISTERED,
    /** {@link ServerSetters#denyFrom} has the address, or {@link ServerSetters#allowFrom} has not. */
    ADDRESS_DENIED,
    /** As many as {@link ServerSetters#maxConnectionsPerAddress} are open from the address. */
    ADDRESS_CONNECTIONS,
    /** As many as {@link ServerSetters#maxConnectionsPerIpv6Network} are open from its network. */
    NETWORK_CONNECTIONS,
    /** All addresses together tried more often than {@link ServerSetters#attemptsPerSecond}. */
    ATTEMPTS,
    /** The address tried more often than {@link ServerSetters#attemptsPerSecondPerAddress}. */
    ADDRESS_ATTEMPTS
}
