package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.loop.Timer;
import java.util.concurrent.TimeUnit;

/**
 * The patience with one message that arrives in several frames. A message that does not go on, or
 * comes too slowly, must not hold its memory for ever.
 */
final class ArrivalWatch extends Timer {
    private static final long NS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Input input;
    private final MuxChannel channel;

    private long lastFragmentNs;
    /** The time until which the bytes so far are enough. */
    private long paidUntilNs;

    /** Begins with the first fragment. */
    ArrivalWatch(Input input, MuxChannel channel) {
        this.input = input;
        this.channel = channel;
        lastFragmentNs = input.host().judgingNs();
        paidUntilNs = lastFragmentNs + limits().graceNs();
        arm(untilGivenUpNs(lastFragmentNs));
    }

    /**
     * Each byte buys the message some time. Bytes that came fast do not buy more than a silence may
     * last, or than a message may be slow at first.
     */
    void arrived(int bytes) {
        long nowNs = input.host().judgingNs();
        long mostNs = nowNs + Math.max(limits().timeoutNs(), limits().graceNs());
        lastFragmentNs = nowNs;
        paidUntilNs = Math.min(paidUntilNs + bytes * NS_PER_SECOND / limits().minBytesPerSecond(), mostNs);
    }

    void end() {
        input.host().loop().cancel(this);
    }

    @Override
    protected void onDue(long unused) {
        long nowNs = input.host().judgingNs();
        if (channel.owesCredit() || input.window().isGrantDue()) {
            // The sender could not go on.
            lastFragmentNs = nowNs;
            paidUntilNs = Math.max(paidUntilNs, nowNs + limits().graceNs());
        }
        long remainingNs = untilGivenUpNs(nowNs);
        if (remainingNs > 0) {
            arm(remainingNs);
        } else if (paidUntilNs <= nowNs) {
            channel.onStalledMessage(
                    "a message comes with less than " + limits().minBytesPerSecond() + " bytes a second");
        } else {
            channel.onStalledMessage("nothing more of a message came for " + limits().timeoutNs() / 1_000_000 + " ms");
        }
    }

    private long untilGivenUpNs(long nowNs) {
        return Math.min(lastFragmentNs + limits().timeoutNs(), paidUntilNs) - nowNs;
    }

    private void arm(long delayNs) {
        input.host().loop().arm(this, delayNs);
    }

    private Multiplexer.Arrival limits() {
        return input.limits().arrival();
    }
}
