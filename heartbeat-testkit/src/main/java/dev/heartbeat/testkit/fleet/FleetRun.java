package dev.heartbeat.testkit.fleet;

import dev.heartbeat.testkit.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run of a whole fleet, chosen by a seed: how large it is, its options, which faults befall it,
 * and when. Two phases: in the first anything may happen, and nothing that is forbidden may; in the
 * second everything is healed, and everybody has to come back and every message to be settled
 * within a bound. The server is closed in the end and nothing may be left.
 *
 * <p>The production server and clients run in it unmodified. An oracle decides what is right. It
 * knows the bus from outside only: the frames that were really read, and the events that were
 * reported.
 *
 * @since 0.1
 */
public final class FleetRun {
    private static final Duration CHECK_EVERY = Duration.ofMillis(100);

    /**
     * Backoff, connecting and registering may each take their longest once, and a server may have
     * to notice first.
     */
    private static final Duration RECOVERY = Duration.ofSeconds(45);

    /** The time that a server may take to send everybody away. */
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private final long seed;
    private final Simulation simulation;
    private final RandomGenerator random;
    private final Set<Fault> faults;
    private final Fleet fleet;
    private final FaultSchedule ordeal;
    private final ApplicationFaults misconduct;

    private FleetRun(long seed, FleetLayers layers) {
        this.seed = seed;
        simulation = new Simulation(seed);
        random = simulation.random();
        faults = FaultSchedule.choose(random);
        fleet = new Fleet(simulation, options(random), 3 + random.nextInt(25), layers, seed);
        ordeal = new FaultSchedule(fleet, faults);
        misconduct = new ApplicationFaults(fleet, seed);
    }

    /** Small windows, small queues and small messages in some, and the defaults in others. */
    private static Fleet.Options options(RandomGenerator random) {
        Duration interval = Duration.ofMillis(List.of(500, 1000, 2000).get(random.nextInt(3)));
        Duration timeout = interval.multipliedBy(3);
        Duration grace = random.nextInt(4) == 0 ? Duration.ZERO : timeout.multipliedBy(1 + random.nextInt(3));
        Duration hold = Duration.ofSeconds(random.nextInt(3) == 0 ? 0 : 3);
        boolean tight = random.nextInt(3) == 0;
        int window = random.nextInt(3) == 0 ? 16_396 : 65_536;
        return new Fleet.Options(
                interval,
                interval.multipliedBy(5).dividedBy(2),
                timeout,
                grace,
                hold,
                random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1,
                Duration.ofSeconds(List.of(0, 20, 600).get(random.nextInt(3))),
                random.nextBoolean() ? 3 : 1000,
                window,
                tight ? 8 : 1000,
                tight ? 64 << 10 : 1 << 20,
                tight ? 64 << 10 : 2 << 20,
                // The memory that a fleet of the largest size may hold at once, and no more.
                tight ? (60 + 2 * ChannelWorkload.AT_ONCE) * (2 << 16) : 256 << 20);
    }

    /**
     * The outcome of a run.
     *
     * @param faults those the seed switched on
     * @param violation what was broken; null if nothing was
     * @param lastFrames the frames read last before it ended, as lines
     */
    public record Result(
            long seed,
            Set<Fault> faults,
            Duration simulated,
            long events,
            long heartbeats,
            long messages,
            long channels,
            long channelMessages,
            long requests,
            long traceHash,
            @Nullable Throwable violation,
            List<String> lastFrames) {

        /** Everything that is needed to understand a failure, and to see it again. */
        public String explanation() {
            return String.format(
                    Locale.ROOT,
                    "seed %d, after %.3f s%n  %s%n  faults: %s%n  again: ./heartbeat simulate --from %d --seeds 1%n  last frames:%n    %s%n",
                    seed,
                    simulated.toNanos() / 1e9,
                    violation,
                    faults,
                    seed,
                    String.join("\n    ", lastFrames));
        }
    }

    /** Runs the seed to its end, or to the first violation. */
    public static Result run(long seed) {
        return run(seed, FleetLayers.NONE);
    }

    /** Runs the seed with a layer over every connection. */
    public static Result run(long seed, FleetLayers layers) {
        return new FleetRun(seed, Objects.requireNonNull(layers, "layers")).run();
    }

    private Result run() {
        Throwable violation = null;
        try {
            suffer();
            recover();
            end();
        } catch (Violation broken) {
            violation = broken;
        } catch (RuntimeException | Error unexpected) {
            violation = new Violation("I22 nothing escapes", unexpected.toString(), unexpected);
        }
        return new Result(
                seed,
                faults,
                simulation.now(),
                simulation.eventsRun(),
                fleet.heartbeats(),
                fleet.toServer().deliveredCount() + fleet.toNodes().deliveredCount(),
                fleet.talks().openedCount(),
                fleet.talks().messageCount(),
                fleet.talks().requestCount(),
                simulation.traceHash(),
                violation,
                violation == null ? List.of() : fleet.lastFrames());
    }

    private void suffer() {
        pass(Duration.ofSeconds(3));
        ordeal.begin();
        misconduct.begin();
        Doorkeeper doorkeeper = fleet.doorkeeper();
        if (doorkeeper != null) {
            doorkeeper.begin();
        }
        OverloadChecks overload = fleet.overload();
        if (overload != null) {
            overload.begin();
        }
        talk();
        fleet.talks().begin();
        pass(Duration.ofSeconds(20 + random.nextInt(60)));
    }

    private void recover() {
        ordeal.end();
        fleet.layers().recover();
        Doorkeeper doorkeeper = fleet.doorkeeper();
        if (doorkeeper != null) {
            doorkeeper.recover(FaultSchedule.longestFault().plus(RECOVERY.dividedBy(2)));
        }
        OverloadChecks overload = fleet.overload();
        if (overload != null) {
            overload.recover();
        }
        misconduct.end();
        fleet.talks().windDown();
        pass(FaultSchedule.longestFault());
        simulation.healAll();
        fleet.members().stream().filter(Member::isClosed).forEach(this::beginAnew);
        pass(RECOVERY);
        fleet.checkRecovered();
        fleet.checkSettled();
        fleet.talks().checkAtRest();
        new ChannelChecks(fleet).sit(this::pass);
        new SettledChecks(fleet).sit(this::pass);
        if (overload != null) {
            overload.sit(this::pass);
        }
    }

    /** One process of each id that was sent away or replaced. */
    private void beginAnew(Member member) {
        boolean claimed =
                fleet.members().stream().anyMatch(other -> other.id().equals(member.id()) && !other.isClosed());
        if (!claimed && member.host().isRunning()) {
            member.start();
        }
    }

    private void end() {
        boolean drains = random.nextBoolean();
        fleet.sendToAll();
        // Beside the fleet, whose end takes as long.
        CallerChecks callers = new CallerChecks(simulation);
        callers.begin();
        AddressChecks addresses = LimitChecks.isAt(seed) ? new AddressChecks(simulation) : null;
        GrantChecks grants = LimitChecks.isAt(seed) ? new GrantChecks(simulation) : null;
        DrainChecks drain = DrainChecks.isAt(seed) ? new DrainChecks(simulation) : null;
        if (drain != null) {
            drain.begin();
        }
        if (addresses != null && grants != null) {
            addresses.begin();
            grants.begin();
        }
        CompletableFuture<Void> closed =
                drains ? fleet.server().shutdownAsync(DRAIN) : fleet.server().closeAsync();
        // Everybody is well, so nobody has to be waited for until the time is over.
        pass(DRAIN.minusSeconds(2));
        if (!closed.isDone()) {
            throw new Violation(
                    "I24 closing ends",
                    "the server is not closed " + DRAIN.minusSeconds(2) + " after it was "
                            + (drains ? "shut down" : "closed"));
        }
        fleet.checkAllSettled("the server's end");
        fleet.checkEmpty();
        callers.judge();
        if (drain != null) {
            drain.judge();
        }
        if (addresses != null && grants != null) {
            addresses.judge();
            grants.judge();
        }
    }

    private void pass(Duration time) {
        Duration until = simulation.now().plus(time);
        while (simulation.now().compareTo(until) < 0) {
            simulation.advance(CHECK_EVERY);
            fleet.check();
        }
    }

    private int padding() {
        int most = fleet.options().maxMessageBytes() - 100;
        return switch (random.nextInt(40)) {
            case 0 -> random.nextInt(Math.min(most, 1 << 20));
            case 1, 2, 3 -> random.nextInt(Math.min(most, 150_000));
            default -> random.nextInt(200);
        };
    }

    /** Messages in both directions, small ones mostly, while the first phase lasts. */
    private void talk() {
        simulation.after(Duration.ofMillis(random.nextInt(400)), () -> {
            Member member = fleet.members().get(random.nextInt(fleet.members().size()));
            int which = random.nextInt(1 + member.dependants().size());
            GatewayNode dependant = which == 0 ? null : member.dependants().get(which - 1);
            int padding = padding();
            if (random.nextBoolean()) {
                var unused = dependant == null ? member.send(padding) : dependant.send(padding);
            } else if (fleet.isServerAwake()) {
                fleet.send(dependant == null ? member.id() : dependant.id(), padding);
            }
            if (!ordeal.isOver()) {
                talk();
            }
        });
    }
}
