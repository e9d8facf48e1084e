package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.spi.Connection;
import java.nio.ByteBuffer;

/**
 * The time from a PING to its PONG, measured when somebody needs it. A PONG comes behind the bulk
 * that the peer has written before, so the time is that of a CREDIT frame until the DATA it allows.
 *
 * <p>Invariant: at most one PING is under way. Confined to the connection's loop.
 */
final class RoundTrip {
    /** Far less often than a server allows PINGs. */
    private static final long GAP_NS = 2_000_000;

    private final Connection connection;
    private final FrameEncoder encoder;

    private long lastNs;
    private boolean underWay;
    private long askedNs;
    /** The payload of the PING that is under way. */
    private long number;

    RoundTrip(Connection connection, FrameEncoder encoder) {
        this.connection = connection;
        this.encoder = encoder;
    }

    /** Measures once more, unless that is under way, was begun just now, or the socket is full. */
    void measure(long nowNs) {
        boolean isTime = number == 0 || nowNs - askedNs >= GAP_NS;
        if (isTime && !underWay && connection.isWritable()) {
            underWay = true;
            askedNs = nowNs;
            number++;
            encoder.ping(number);
        }
    }

    /**
     * A PONG has come. One with another payload answers a later PING, so this one's answer was left
     * out.
     */
    void onPong(ByteBuffer payload, long nowNs) {
        if (underWay) {
            underWay = false;
            if (payload.remaining() == Long.BYTES && payload.getLong(payload.position()) == number) {
                lastNs = nowNs - askedNs;
            }
        }
    }

    /** The last time that was measured; or longer, if the answer under way takes longer already. */
    long ns(long nowNs) {
        return underWay ? Math.max(lastNs, nowNs - askedNs) : lastNs;
    }
}
