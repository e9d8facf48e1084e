package dev.heartbeat.spi;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Finds the addresses of a host. Part of the {@link Environment}: a transport brings one, and an
 * application or a test may bring another by {@link TransportOptions.Builder#resolver}. The bus
 * asks for each attempt to connect, and for the host that a server listens on. It never asks for
 * the literal of an IP address.
 *
 * <p>The resolver of the real transports asks the JVM on threads of its own, see
 * {@link TransportOptions.Builder#lookupThreads}. The JVM keeps an answer for a while: for the
 * seconds in its security property {@code networkaddress.cache.ttl}, 30 by default. So a client
 * finds a server that has moved to another address within that time and two further attempts. The
 * bus promises no more; there is no DNS client in it.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Resolver {

    /**
     * Looks a host up. Any thread, event loops included; must not block.
     *
     * @param host a name, never the literal of an address
     * @return completes on any thread with the addresses, in the order in which they are to be
     *     tried, or exceptionally with the reason, which is a {@link java.net.UnknownHostException}
     *     where there is no such host. Nobody waits for longer than the timeout of the attempt. An
     *     empty list stands for an unknown host
     */
    CompletionStage<List<InetAddress>> resolve(String host);
}
