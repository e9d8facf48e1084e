package dev.heartbeat.internal.server;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.heartbeat.OverloadLevel;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The level of overload by the load: one step up for each look at a load that asks for more, and one
 * step down when the load has fallen well below what the level begins with, and the level has lasted
 * a while. A load that swings around a threshold therefore changes nothing.
 */
final class OverloadSteps {
    private static final OverloadLevel[] LEVELS = OverloadLevel.values();

    /** The fall of the load below the threshold of a level that ends the level. */
    private static final double FALL = 0.10;

    /** The shortest stay at a level before a step down. */
    private static final long STAY_NS = SECONDS.toNanos(1);

    private final Map<OverloadLevel, Long> entries = new EnumMap<>(OverloadLevel.class);
    private OverloadLevel level = OverloadLevel.NONE;
    private long sinceNs;

    /** The load at which a level begins. */
    private static double threshold(OverloadLevel of) {
        return switch (of) {
            case NONE -> Double.NEGATIVE_INFINITY;
            case WITHHOLDING -> 0.85;
            case REFUSING -> 0.90;
            case SHEDDING -> 0.95;
            case CLOSED -> 0.98;
        };
    }

    /**
     * Goes a step up or down, or stays.
     *
     * @return the level from now on
     */
    OverloadLevel judge(double load, long nowNs) {
        if (level != OverloadLevel.CLOSED && load >= threshold(next(1))) {
            go(1, nowNs);
            entries.merge(level, 1L, Long::sum);
        } else if (load < threshold(level) - FALL && nowNs - sinceNs >= STAY_NS) {
            go(-1, nowNs);
        }
        return level;
    }

    private void go(int steps, long nowNs) {
        level = next(steps);
        sinceNs = nowNs;
    }

    @SuppressWarnings("EnumOrdinal") // The levels are steps.
    private OverloadLevel next(int steps) {
        return LEVELS[level.ordinal() + steps];
    }

    /** Since when the level is as it is. */
    long sinceNs() {
        return sinceNs;
    }

    /** How often each level was entered from the one below. */
    Map<OverloadLevel, Long> entries() {
        return Collections.unmodifiableMap(new EnumMap<>(entries));
    }
}
