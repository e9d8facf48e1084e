package dev.heartbeat.internal.server;

import dev.heartbeat.OverloadCause;
import dev.heartbeat.OverloadLevel;
import dev.heartbeat.internal.log.LogEvent;
import dev.heartbeat.internal.mux.InboundBudget;
import dev.heartbeat.internal.node.Capacity;
import dev.heartbeat.spi.MemoryGauge;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Judges how loaded a server is, and has it do less in steps. The loops ask it to look, a few times
 * a second; what each step does is decided where it was decided before: by the budget that credit
 * comes from, by the capacity for nodes, by each loop for its connections, and by the port. Any
 * thread.
 */
final class Overload {
    private static final LogEvent BEGINS = LogEvent.warn(
            Overload.class,
            "heartbeat.overload.begins",
            "overload: {level} begins, since {cause} is at {percent} %; {effect}");
    private static final LogEvent ENDS = LogEvent.info(
            Overload.class,
            "heartbeat.overload.ends",
            "overload: {level} ends after {millis} ms, since no load is above {percent} % ({cause}); {effect}");

    private static final List<OverloadCause> CAUSES = List.of(OverloadCause.values());

    /**
     * So much memory for messages is never too much. A server may have next to no budget, and its
     * nodes still have their first windows.
     */
    private static final long LEAST_MEMORY = 16 << 20;

    /** What is due may be so late without that being a load: ticks of timers and short turns. */
    private static final double FREE_LAG_NS = TimeUnit.MILLISECONDS.toNanos(150);

    /** The loops ask more often than that, each by itself. */
    private static final long LOOK_EVERY_NS = Pulse.EVERY_NS / 2;

    private final Server server;
    private final @Nullable MemoryGauge memory;
    private final boolean byHeap;
    private final double messageBound;
    private final InboundBudget budget;
    private final Capacity capacity;
    private final ServerPort port;
    private final RandomGenerator random;
    private final long intervalMillis;
    private final long graceNs;
    private final long maxExtraGraceNs;

    private final OverloadSteps steps = new OverloadSteps();
    private long lookedNs;
    private boolean looked;

    /** What made the server go to the level that it is at. */
    private volatile @Nullable OverloadCause cause;

    private volatile OverloadLevel level = OverloadLevel.NONE;

    /** While nothing is accepted: since when, or earlier after other such times shortly before. */
    private volatile long closedNs;

    private volatile long reopenedNs;
    /** The time for which nothing was accepted last; 0 if there was no such time. */
    private volatile long closureNs;

    /**
     * @param memory null where nobody knows, and the server judges nothing
     */
    Overload(
            Server server,
            @Nullable MemoryGauge memory,
            RandomGenerator random,
            InboundBudget budget,
            Capacity capacity,
            ServerPort port) {
        this.server = server;
        this.memory = memory;
        this.random = random;
        this.budget = budget;
        this.capacity = capacity;
        this.port = port;
        byHeap = server.options.overloadByHeap();
        messageBound = Math.max(LEAST_MEMORY, server.options.inboundBudgetBytes());
        intervalMillis = server.options.heartbeatInterval().toMillis();
        graceNs = server.options.grace().toNanos();
        maxExtraGraceNs = server.options.massGuardMaxHold().toNanos();
    }

    /** Whether the loops are to ask it to look. */
    boolean isJudged() {
        return memory != null;
    }

    // ---- judging

    /** Goes a step up or down if it is time for one. */
    synchronized void look(long nowNs) {
        if (looked && nowNs - lookedNs < LOOK_EVERY_NS) {
            return;
        }
        looked = true;
        lookedNs = nowNs;
        OverloadCause greatest = OverloadCause.MESSAGES;
        double load = 0;
        for (OverloadCause each : CAUSES) {
            double ofEach = load(each);
            if (ofEach > load) {
                greatest = each;
                load = ofEach;
            }
        }
        OverloadLevel before = level;
        long sinceNs = steps.sinceNs();
        OverloadLevel after = steps.judge(load, nowNs);
        if (after != before) {
            change(before, after, nowNs);
            log(before, after, greatest, load, nowNs - sinceNs);
        }
        if (after.compareTo(before) > 0) {
            cause = greatest;
        } else if (after == OverloadLevel.NONE) {
            cause = null;
        }
    }

    /** From 0 for none to 1 for all that is bearable. */
    private double load(OverloadCause of) {
        if (memory == null) {
            return 0;
        }
        return switch (of) {
            case MESSAGES -> server.heldBytes() / messageBound;
            case DIRECT_MEMORY -> memory.direct();
            case HEAP -> byHeap ? memory.heapAfterCollection() : 0;
            case LOOP_LAG -> loadOf(server.loopLagNs());
        };
    }

    /** The part of the lag that is too much. */
    private static double loadOf(long lagNs) {
        return Math.max(0, 1 - FREE_LAG_NS / Math.max(1, lagNs));
    }

    // ---- what is done

    private void change(OverloadLevel before, OverloadLevel after, long nowNs) {
        budget.withhold(after.compareTo(OverloadLevel.WITHHOLDING) >= 0);
        capacity.close(after.compareTo(OverloadLevel.REFUSING) >= 0);
        if (after == OverloadLevel.CLOSED) {
            closedNs = nowNs - extraGraceNs(nowNs);
            port.pauseAccepting();
        } else if (before == OverloadLevel.CLOSED) {
            closureNs = nowNs - closedNs;
            reopenedNs = nowNs;
            port.resumeAccepting();
        }
        level = after;
        if (after == OverloadLevel.NONE) {
            server.onEveryLoop(loop -> loop.withheld.give());
        }
    }

    /**
     * The time by which the grace of lost nodes is longer, since they could not come back: that for
     * which nothing was accepted, until as long as a grace after it. Like any verdict that the
     * server's own state holds up, it waits no longer than the mass guard's maximum.
     */
    long extraGraceNs(long nowNs) {
        long extraNs = 0;
        if (level == OverloadLevel.CLOSED) {
            extraNs = nowNs - closedNs;
        } else if (closureNs > 0 && nowNs - reopenedNs < graceNs) {
            extraNs = closureNs;
        }
        return Math.min(extraNs, maxExtraGraceNs);
    }

    /** Whether the server is at this level, or at a higher one. */
    boolean isAt(OverloadLevel least) {
        return level.compareTo(least) >= 0;
    }

    /** When those who are refused may ask again: each at a time of its own. */
    long retryAfterMillis() {
        return intervalMillis + random.nextLong(2 * intervalMillis + 1);
    }

    // ---- what is said of it

    private void log(OverloadLevel before, OverloadLevel after, OverloadCause of, double load, long stayNs) {
        if (after.compareTo(before) > 0) {
            BEGINS.log(after, of, percent(load), whatBegins(after));
        } else {
            ENDS.log(before, TimeUnit.NANOSECONDS.toMillis(stayNs), percent(load), of, whatEnds(before));
        }
    }

    private static long percent(double load) {
        return Math.round(100 * load);
    }

    private static String whatBegins(OverloadLevel level) {
        return switch (level) {
            case NONE -> "";
            case WITHHOLDING -> "nodes get credit for further messages later";
            case REFUSING -> "new nodes are told to come back later";
            case SHEDDING -> "connections that have not registered are closed";
            case CLOSED -> "no connection is accepted";
        };
    }

    private static String whatEnds(OverloadLevel level) {
        return switch (level) {
            case NONE -> "";
            case WITHHOLDING -> "nodes get the credit that was withheld";
            case REFUSING -> "new nodes may register";
            case SHEDDING -> "connections have their time to register";
            case CLOSED -> "connections are accepted";
        };
    }

    // ---- numbers

    OverloadLevel level() {
        return level;
    }

    @Nullable
    OverloadCause cause() {
        return cause;
    }

    Map<OverloadCause, Double> loads() {
        Map<OverloadCause, Double> loads = new EnumMap<>(OverloadCause.class);
        for (OverloadCause each : CAUSES) {
            loads.put(each, load(each));
        }
        return Collections.unmodifiableMap(loads);
    }

    synchronized Map<OverloadLevel, Long> entries() {
        return steps.entries();
    }
}
