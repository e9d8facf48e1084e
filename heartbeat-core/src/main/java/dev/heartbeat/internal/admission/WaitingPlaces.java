package dev.heartbeat.internal.admission;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The places of registrations that wait for the authenticator. Any thread. */
public final class WaitingPlaces {
    /**
     * What a source with recent failures has at most. So eight of them are needed to crowd others
     * out, while a site behind one router still registers a thousand nodes at a time by default.
     */
    private static final int SHARE = 8;

    private final int maximum;
    private final AtomicInteger taken = new AtomicInteger();
    private final Places bySource = new Places();

    /** So many free ones. */
    public WaitingPlaces(int maximum) {
        this.maximum = maximum;
        int share = Math.max(1, maximum / SHARE);
        bySource.limit(share, share);
    }

    /**
     * Takes one, to be given back by {@link #leave}.
     *
     * @param hasFailed whether others from there failed of late
     * @return null if there is none
     */
    public @Nullable Place enter(InetSocketAddress from, boolean hasFailed) {
        if (taken.incrementAndGet() <= maximum && bySource.enter(from, !hasFailed) == null) {
            return bySource.of(from);
        }
        taken.decrementAndGet();
        return null;
    }

    /** One is free again. */
    public void leave(Place place) {
        bySource.leave(place);
        taken.decrementAndGet();
    }
}
