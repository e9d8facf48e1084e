package dev.heartbeat.testkit;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Looks over the shoulder of every connection of a {@link Simulation}: for oracles that judge the
 * bus by what really went over the wire, and for the tail of frames that a failure is explained
 * with.
 *
 * @since 0.1
 */
public interface WireTap {

    /**
     * Bytes have arrived at a host's kernel, whether or not its process can read them now; as
     * {@link #onRead} otherwise.
     */
    void onArrival(Host host, int loop, InetSocketAddress remote, byte[] bytes, int count);

    /**
     * A connection of a host is about to hand bytes to its process.
     *
     * @param loop the event loop of the host that reads them
     * @param remote the other end; no two connections of a simulation share one
     * @param bytes valid until this returns, from 0 to {@code count}
     */
    void onRead(Host host, int loop, InetSocketAddress remote, byte[] bytes, int count);

    /**
     * A connection of a host is closed, by whichever side.
     *
     * @param cause an error of the network, if there was one
     */
    void onClosed(Host host, int loop, InetSocketAddress remote, @Nullable Throwable cause);
}
