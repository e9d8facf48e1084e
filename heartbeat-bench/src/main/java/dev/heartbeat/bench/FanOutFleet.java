package dev.heartbeat.bench;

import dev.heartbeat.bench.process.Orders;
import dev.heartbeat.nio.NioTransport;
import dev.heartbeat.spi.TransportOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The process of the nodes that a message for all is for. */
final class FanOutFleet {
    private final AtomicLong round = new AtomicLong();
    private final AtomicInteger had = new AtomicInteger();
    private final AtomicLong lastAt = new AtomicLong();

    private FanOutFleet() {}

    public static void main(String[] args) {
        FanOutFleet fleet = new FanOutFleet();
        Orders.obey(fleet::answer);
    }

    private String answer(String[] words) throws Exception {
        switch (words[0]) {
            case "connect" -> {
                Fleet.connect(
                        NioTransport.start(TransportOptions.defaults()),
                        Integer.parseInt(words[1]),
                        "node-",
                        Integer.parseInt(words[2]),
                        new RoundTrips(),
                        this::onMessage);
                return "connected";
            }
            case "expect" -> {
                had.set(0);
                lastAt.set(Long.MIN_VALUE);
                round.set(Long.parseLong(words[1]));
                return "expected";
            }
            case "had" -> {
                return had.get() + " " + lastAt.get();
            }
            default -> throw new IllegalArgumentException(String.join(" ", words));
        }
    }

    private void onMessage(ByteBuffer message) {
        if (message.getLong(message.position()) == round.get()) {
            lastAt.accumulateAndGet(System.nanoTime(), Math::max);
            had.incrementAndGet();
        }
    }
}
