package dev.heartbeat.testkit.fleet;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.SendResult;
import dev.heartbeat.testkit.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The faults of the server's application, by seed. Its callbacks block every worker, throw what
 * cannot be printed, wait for the bus and call back into it; it passes null and huge arguments, and
 * moves buffers that it has handed over. None of it may harm anybody else.
 */
final class ApplicationFaults {
    /** Beside that a request may be late by the loop's own delays. */
    private static final Duration LATE = Duration.ofMillis(300);

    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(5);

    private final Fleet fleet;
    private final Simulation simulation;
    /**
     * A random source of its own, so that what else befalls the fleet of a seed is the same with it
     * and without.
     */
    private final Random random;

    private final Set<Kind> kinds;
    private long asked;
    private boolean over;

    /** The faults that may happen. */
    enum Kind {
        BLOCKS_WORKERS,
        THROWS_ODDLY,
        WAITS_FOR_THE_BUS,
        CALLS_BACK,
        PASSES_NONSENSE,
        MOVES_BUFFERS
    }

    ApplicationFaults(Fleet fleet, long seed) {
        this.fleet = fleet;
        this.simulation = fleet.simulation();
        this.random = new Random(seed * 31 + 7);
        kinds = EnumSet.noneOf(Kind.class);
        if (random.nextInt(3) == 0) {
            for (Kind kind : Kind.values()) {
                if (random.nextBoolean()) {
                    kinds.add(kind);
                }
            }
        }
    }

    Set<Kind> kinds() {
        return kinds;
    }

    void begin() {
        fleet.misconduct(this);
        scheduleNext();
    }

    void end() {
        over = true;
        fleet.serverHost().blockCallbacks(false);
    }

    private void scheduleNext() {
        if (kinds.isEmpty()) {
            return;
        }
        simulation.after(Duration.ofMillis(random.nextInt(3000)), () -> {
            if (!over) {
                fleet.observe(this::misbehave);
                scheduleNext();
            }
        });
    }

    private void misbehave() {
        if (kinds.contains(Kind.BLOCKS_WORKERS) && random.nextInt(4) == 0) {
            blockWorkers();
        }
        if (kinds.contains(Kind.PASSES_NONSENSE) && fleet.isServerAwake()) {
            passNonsense();
        }
        if (fleet.isServerAwake()) {
            askInVain();
        }
    }

    private CompletableFuture<ByteBuffer> ask(String id, Duration timeout) {
        asked++;
        return fleet.server().request(id, ByteBuffer.allocate(1), timeout);
    }

    /** The number of requests that may have come back. */
    long asked() {
        return asked;
    }

    private String anyId() {
        return fleet.members().get(random.nextInt(fleet.members().size())).id();
    }

    // ---- in callbacks

    /** Runs in a callback of the server for this node. */
    void inCallback(String id) {
        if (over) {
            return;
        }
        if (kinds.contains(Kind.WAITS_FOR_THE_BUS)) {
            waitFor(() -> ask(id, Duration.ofSeconds(1)));
            waitFor(() -> ask(id, Duration.ofSeconds(1)).thenApply(reply -> reply));
        }
        if (kinds.contains(Kind.CALLS_BACK)) {
            fleet.server().nodes().find(id);
            fleet.server().groups().join("called-back", id);
            var unused = ask(anyId(), Duration.ofMillis(10));
        }
    }

    /** Whether the callback throws what cannot be printed. */
    boolean throwsNow() {
        return !over && kinds.contains(Kind.THROWS_ODDLY) && random.nextInt(3) == 0;
    }

    private static void waitFor(Supplier<CompletableFuture<?>> ask) {
        CompletableFuture<?> result = ask.get();
        if (result.isDone()) {
            return;
        }
        try {
            result.join();
        } catch (IllegalStateException refused) {
            if (!String.valueOf(refused.getMessage()).contains("a callback of")) {
                throw violation("waiting in a callback is refused as that: " + refused.getMessage());
            }
            result.cancel(true);
            return;
        }
        throw violation("waiting in a callback returned");
    }

    /** Whatever logs it finds that out. */
    static final class Unprintable extends Error {
        private static final long serialVersionUID = 1L;

        Unprintable() {
            super("planted", null, false, false);
        }

        @Override
        public String getMessage() {
            throw new IllegalStateException("cannot be read");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("cannot be printed");
        }
    }

    // ---- what its threads do

    private void blockWorkers() {
        Duration time = Duration.ofMillis(random.nextLong(LONGEST_BLOCK.toMillis()));
        fleet.census().callbacksBlocked(time.toNanos());
        fleet.serverHost().blockCallbacks(true);
        simulation.after(time, () -> fleet.serverHost().blockCallbacks(false));
    }

    /** A request that nobody answers ends in time, though no callback is made meanwhile. */
    private void askInVain() {
        Duration timeout = Duration.ofMillis(1 + random.nextInt(500));
        CompletableFuture<ByteBuffer> reply = ask(anyId(), timeout);
        long askedNs = simulation.now().toNanos();
        int run = fleet.serverRuns();
        simulation.after(timeout.plus(LATE), () -> fleet.observe(() -> checkEnded(reply, timeout, askedNs, run)));
    }

    /**
     * The timeout runs on a loop, which can end nothing while it is stopped. So the check is put
     * off by the time that a loop was stopped since the request was made, and by no more: the stop
     * may come before the loop sets the timeout, which then runs from the end of the stop. The loop
     * of a request is not known from outside, so that of the longest stops counts.
     */
    private void checkEnded(CompletableFuture<ByteBuffer> reply, Duration timeout, long askedNs, int run) {
        if (reply.isDone() || fleet.serverRuns() != run || !fleet.serverHost().isRunning()) {
            return;
        }
        long ranNs = simulation.now().toNanos() - askedNs - fleet.census().stoppedNs(askedNs);
        Duration missing = timeout.plus(LATE).minusNanos(ranNs);
        if (missing.isNegative() || missing.isZero()) {
            throw violation("a request of " + timeout + " did not end in time");
        }
        simulation.after(missing, () -> fleet.observe(() -> checkEnded(reply, timeout, askedNs, run)));
    }

    @SuppressWarnings({"NullAway", "FutureReturnValueIgnored"}) // It passes null, and gets nothing.
    private void passNonsense() {
        HeartbeatServer server = fleet.server();
        String id = anyId();
        ByteBuffer message = ByteBuffer.allocate(1);
        for (int i = 0; i < 20; i++) {
            isRefused(NullPointerException.class, () -> server.trySend(id, null));
            isRefused(NullPointerException.class, () -> server.request(id, null, Duration.ofSeconds(1)));
            isRefused(NullPointerException.class, () -> server.request(id, message, null));
        }
        isRefused(NullPointerException.class, () -> server.kick(id, null));
        isRefused(NullPointerException.class, () -> server.trySend(null, message));
        isRefused(IllegalArgumentException.class, () -> server.request(id, message, Duration.ofNanos(-1)));
        boolean unused = ask(id, ChronoUnit.FOREVER.getDuration()).cancel(true);
        if (!ask(id, Duration.ZERO).isCompletedExceptionally()) {
            throw violation("a request without any time is sent");
        }
    }

    private static void isRefused(Class<? extends Throwable> expected, Supplier<?> call) {
        Object result;
        try {
            result = call.get();
        } catch (Throwable thrown) {
            if (!expected.isInstance(thrown)) {
                throw violation("nonsense is refused by " + expected.getSimpleName() + ", not by " + thrown);
            }
            return;
        }
        throw violation("nonsense is refused, not answered with " + result);
    }

    /** A message was offered: the application goes on to use its buffer. */
    void offered(ByteBuffer message, SendResult result) {
        if (!over && result == SendResult.ACCEPTED && kinds.contains(Kind.MOVES_BUFFERS)) {
            if (random.nextBoolean()) {
                message.position(message.limit());
            } else {
                message.limit(message.limit() / 2);
            }
        }
    }

    private static Violation violation(String what) {
        return new Violation("I35 an application harms itself alone", what);
    }
}
