package dev.heartbeat.internal.server;

import dev.heartbeat.ServerOptions;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.mux.Multiplexer;

/**
 * The terms that a client stated at its registration of what it takes, as far as the server makes
 * use of them. Clients that say the same share one object.
 *
 * @param connectionCredit how far the server may send on the connection at first
 * @param channelCredit how far the server may send on channel 0 at first
 * @param maxMessageBytes the longest message that the server sends
 * @param maxChannels how many channels the server opens at a time
 */
record ClientTerms(long connectionCredit, long channelCredit, int maxMessageBytes, int maxChannels) {

    /** The server's channels have the even numbers. */
    private static final int FIRST_CHANNEL = 2;

    /** The terms of nobody yet. */
    static final ClientTerms NONE = new ClientTerms(0, 0, 0, 0);

    static ClientTerms of(Register said, ServerOptions options) {
        return new ClientTerms(
                said.connectionCredit(),
                said.channelCredit(),
                (int) Math.min(said.limits().maxMessageBytes(), options.maxMessageBytes()),
                (int) Math.min(said.limits().maxChannels(), options.maxChannels()));
    }

    /** The credit that both sides begin with. */
    Multiplexer.Credits credits(ServerOptions options) {
        return new Multiplexer.Credits(connectionCredit, channelCredit, options.windowBytes());
    }

    Multiplexer.Limits limits(ServerOptions options) {
        return new Multiplexer.Limits(
                FIRST_CHANNEL,
                options.maxMessageBytes(),
                options.maxChannels(),
                maxChannels,
                options.maxWindowBytes(),
                new Multiplexer.Arrival(
                        options.fragmentTimeout().toNanos(),
                        options.slowMessageGrace().toNanos(),
                        options.minMessageBytesPerSecond()),
                options.heartbeatInterval().toNanos());
    }
}
