package dev.heartbeat.testkit.fleet;

import dev.heartbeat.OverloadLevel;
import dev.heartbeat.OverloadStats;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * The levels of overload that a server may be at, by the load it was given: a naive model, which is
 * told the load and looks at the level many times a second.
 */
final class OverloadModel {
    private static final String STEPS = "I51 overload goes by steps";

    /** The time between two looks, here and of the server, and a turn of a loop. */
    private static final Duration LATE = Duration.ofMillis(600);

    /** A level may seem shorter than it was by the time between two looks here. */
    private static final Duration SHORTEST_STAY = Duration.ofMillis(890);

    private static final Duration STAY = Duration.ofSeconds(1);
    private static final double FALL = 0.10;

    private final Map<OverloadLevel, Long> entered = new EnumMap<>(OverloadLevel.class);
    private OverloadLevel level = OverloadLevel.NONE;
    private Duration since = Duration.ZERO;

    private double load;
    private Duration loadSince = Duration.ZERO;
    /** The greatest and the least load since the look before the last. */
    private double highest;

    private double lowest;
    private Duration unclearUntil = Duration.ZERO;

    /** The load at which a level begins. */
    static double beginsAt(OverloadLevel level) {
        return switch (level) {
            case NONE -> 0;
            case WITHHOLDING -> 0.85;
            case REFUSING -> 0.90;
            case SHEDDING -> 0.95;
            case CLOSED -> 0.98;
        };
    }

    OverloadLevel level() {
        return level;
    }

    /** Since when the level is seen. */
    Duration since() {
        return since;
    }

    /** From now on the load is this. */
    void load(double newLoad, Duration now) {
        load = newLoad;
        loadSince = now;
        highest = Math.max(highest, newLoad);
        lowest = Math.min(lowest, newLoad);
    }

    /** The server is another process, which is not overloaded yet. */
    void restarted(Duration now) {
        entered.clear();
        level = OverloadLevel.NONE;
        since = now;
    }

    /**
     * Judges what is seen now.
     *
     * @param mayBeMore whether the load may be more than was told, for causes not known here
     * @param mayBeLate whether the server may have had no time to look
     */
    void look(OverloadStats seen, Duration now, boolean mayBeMore, boolean mayBeLate) {
        OverloadLevel before = level;
        if (mayBeMore || mayBeLate) {
            unclearUntil = now;
        }
        if (seen.level() != before) {
            checkStep(before, seen.level(), now.minus(since), mayBeMore);
            if (seen.level().compareTo(before) > 0) {
                entered.merge(seen.level(), 1L, Long::sum);
            }
            level = seen.level();
            since = now;
        }
        if (mayBeLate) {
            // It may have gone a step up before a stop, and down behind it.
            entered.putAll(seen.entries());
        }
        require(
                "I10 counts agree",
                seen.entries().equals(entered),
                "levels were entered " + entered + " times, the server counts " + seen.entries());
        checkInTime(now);
        highest = load;
        lowest = load;
    }

    private void checkStep(OverloadLevel from, OverloadLevel to, Duration stay, boolean mayBeMore) {
        String step = from + " to " + to + " after " + stay + ", at a load of " + lowest + " to " + highest;
        if (to.compareTo(from) > 0) {
            require(STEPS, from == below(to) && (mayBeMore || highest >= beginsAt(to)), step);
        } else {
            boolean isLow = lowest < beginsAt(from) - FALL;
            require(STEPS, to == below(from) && isLow && stay.compareTo(SHORTEST_STAY) >= 0, step);
        }
    }

    private void checkInTime(Duration now) {
        Duration begin = later(later(since, loadSince), unclearUntil);
        boolean isUpDue = level != OverloadLevel.CLOSED && load >= beginsAt(above(level));
        boolean isDownDue = level != OverloadLevel.NONE && load < beginsAt(level) - FALL;
        Duration due = isDownDue ? later(begin, since.plus(STAY)) : begin;
        require(
                STEPS,
                !(isUpDue || isDownDue) || now.minus(due).compareTo(LATE) <= 0,
                level + " since " + since + ", at a load of " + load + " since " + loadSince);
    }

    private static Duration later(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static OverloadLevel above(OverloadLevel level) {
        return switch (level) {
            case NONE -> OverloadLevel.WITHHOLDING;
            case WITHHOLDING -> OverloadLevel.REFUSING;
            case REFUSING -> OverloadLevel.SHEDDING;
            case SHEDDING, CLOSED -> OverloadLevel.CLOSED;
        };
    }

    private static OverloadLevel below(OverloadLevel level) {
        return switch (level) {
            case NONE, WITHHOLDING -> OverloadLevel.NONE;
            case REFUSING -> OverloadLevel.WITHHOLDING;
            case SHEDDING -> OverloadLevel.REFUSING;
            case CLOSED -> OverloadLevel.SHEDDING;
        };
    }

    private static void require(String invariant, boolean holds, String what) {
        if (!holds) {
            throw new Violation(invariant, what);
        }
    }
}
