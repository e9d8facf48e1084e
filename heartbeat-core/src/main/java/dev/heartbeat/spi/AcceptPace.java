package dev.heartbeat.spi;

import java.util.Objects;

/**
 * The pace at which a listener accepts, for transports to ask:
 * {@link TransportOptions#acceptsPerSecond} evenly, and a tenth of that at once after a pause. When
 * a whole fleet comes back together, registered nodes do not wait for those that have yet to
 * register; these wait in the kernel meanwhile. A token bucket, kept as the one moment at which it
 * would be full again. For one thread.
 *
 * @since 0.1
 */
public final class AcceptPace {
    private static final long SECOND_NS = 1_000_000_000;
    private static final int BURST_DIVISOR = 10;

    private final long gapNs;
    private final long burstNs;
    private long fullNs;
    private boolean began;

    /** As the options say. */
    public AcceptPace(TransportOptions options) {
        int perSecond = Objects.requireNonNull(options, "options").acceptsPerSecond();
        gapNs = perSecond == 0 ? 0 : SECOND_NS / perSecond;
        burstNs = Math.max(gapNs, SECOND_NS / BURST_DIVISOR);
    }

    /** Counts one that was kept; refused ones cost little, and keep nobody waiting. */
    public void accepted(long nowNs) {
        fullNs = began && fullNs - nowNs > 0 ? fullNs + gapNs : nowNs + gapNs;
        began = true;
    }

    /** {@return the time the next has to wait; 0 if it need not} */
    public long waitNs(long nowNs) {
        return began ? Math.max(0, fullNs + gapNs - nowNs - burstNs) : 0;
    }
}
