package dev.heartbeat.world;

import dev.heartbeat.spi.Environment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A network of hosts in one thread, on virtual time: whatever is to happen is an event in one queue, ordered by time and then by when it was
 * asked for. Time passes only in {@link #advance}. Everything random comes from one seed.
 */
public final class World {
    private static final long START_MILLIS = 1_700_000_000_000L;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<Integer, VirtualListener> listeners = new HashMap<>();
    private final List<VirtualTransport> hosts = new ArrayList<>();
    private final RandomGenerator random;
    private long nowNs;
    private long eventCount;
    private long wallClockOffsetMillis;
    private int nextPort = 40_000;
    private long latencyNs = 1_000_000;

    private record Event(long atNs, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    public World(long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** A machine with its own event loops. */
    public VirtualTransport newHost(int loops) {
        VirtualTransport host = new VirtualTransport(this, loops);
        hosts.add(host);
        return host;
    }

    /** Lets time pass, and everything happen that belongs to it. */
    public void advance(Duration duration) {
        long untilNs = nowNs + duration.toNanos();
        while (!events.isEmpty() && events.peek().atNs <= untilNs) {
            step();
        }
        nowNs = untilNs;
    }

    /** Lets time pass until the condition holds; fails after {@code limit}. */
    public Duration advanceUntil(BooleanSupplier condition, Duration limit) {
        long beganNs = nowNs;
        long untilNs = nowNs + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (events.isEmpty() || events.peek().atNs > untilNs) {
                throw new AssertionError("it did not happen within " + limit);
            }
            step();
        }
        return Duration.ofNanos(nowNs - beganNs);
    }

    private void step() {
        Event next = events.poll();
        nowNs = next.atNs;
        next.action.run();
    }

    public long nowNs() {
        return nowNs;
    }

    /** Lets every following connection take so long for each way. */
    public void latency(Duration oneWay) {
        latencyNs = oneWay.toNanos();
    }

    /** Sets the wall clock of all hosts forward or back. */
    public void stepWallClock(Duration by) {
        wallClockOffsetMillis += by.toMillis();
    }

    RandomGenerator random() {
        return random;
    }

    long latencyNs() {
        return latencyNs;
    }

    void at(long timeNs, Runnable action) {
        events.add(new Event(Math.max(timeNs, nowNs), eventCount++, action));
    }

    void after(long delayNs, Runnable action) {
        at(nowNs + delayNs, action);
    }

    InetSocketAddress newAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), nextPort++);
    }

    Map<Integer, VirtualListener> listeners() {
        return listeners;
    }

    Environment environment() {
        return new Environment() {
            @Override
            public Executor workers() {
                return task -> after(0, task);
            }

            @Override
            public RandomGenerator random() {
                return random;
            }

            @Override
            public long nextSecret() {
                return random.nextLong();
            }

            @Override
            public long wallClockMillis() {
                return START_MILLIS + wallClockOffsetMillis + nowNs / 1_000_000;
            }
        };
    }
}
