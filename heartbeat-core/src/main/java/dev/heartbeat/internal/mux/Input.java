package dev.heartbeat.internal.mux;

/**
 * The means by which the channels of a connection receive: the connection's window, its share of
 * the memory for what comes in, its limits, and its times. Confined to the connection's loop.
 */
record Input(
        Multiplexer.Host host,
        Multiplexer.Limits limits,
        InboundShare budget,
        ReceiveWindow window,
        RoundTrip roundTrip) {

    /** The last round trip, as far as it is known; else 0. */
    long rttNs(long nowNs) {
        return Math.max(host.rttNs(), roundTrip.ns(nowNs));
    }
}
