package dev.heartbeat.bench.load.hostile;

import dev.heartbeat.bench.process.Orders;
import dev.heartbeat.bench.wire.BareTls;
import dev.heartbeat.tls.BenchmarkTls;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The process that attacks come from: one thread, which has each peer strike in turn. */
public final class Attackers {
    /** Begins the id of each of its nodes. */
    public static final String PREFIX = "hostile-";

    private static final long TICK_NANOS = Duration.ofMillis(10).toNanos();

    /** Leaves the core to honest nodes for at least so long in each tick. */
    private static final long REST_NANOS = Duration.ofMillis(3).toNanos();

    /** Peers that strike once a second take their turns within this number of ticks. */
    private static final int SLICES = 100;

    private static final int SCRATCH_BYTES = 64 * 1024;

    private final List<Peer> peers = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "attack");
    private volatile boolean over;

    private Attackers(Peer.Target target, int dawdlers, int deaf, int eachFlood) {
        long now = System.nanoTime();
        for (Attack attack : Attack.values()) {
            int count = attack == Attack.DAWDLE ? dawdlers : attack == Attack.DEAF ? deaf : eachFlood;
            for (int i = 1; i <= count; i++) {
                peers.add(new Peer(attack, i, target, now));
            }
        }
        thread.setDaemon(true);
    }

    /** Obeys its orders: begin an attack, and end it. */
    public static void main(String[] args) {
        Order order = new Order();
        Orders.obey(order::answer);
    }

    private static final class Order {
        private @Nullable Attackers attackers;

        String answer(String[] words) throws InterruptedException {
            Attackers there = attackers;
            switch (words[0]) {
                case "begin" -> {
                    boolean overTls = Boolean.parseBoolean(words[3]);
                    Peer.Target target = new Peer.Target(
                            new InetSocketAddress(words[1], Integer.parseInt(words[2])),
                            overTls ? new BenchmarkTls.Clients(BenchmarkTls.best()) : null,
                            new BareTls.Memory(),
                            ByteBuffer.allocateDirect(SCRATCH_BYTES));
                    Attackers next = new Attackers(
                            target, Integer.parseInt(words[4]), Integer.parseInt(words[5]), Integer.parseInt(words[6]));
                    next.thread.start();
                    attackers = next;
                    return "begun";
                }
                case "end" -> {
                    if (there == null) {
                        throw new IllegalStateException("there is no attack");
                    }
                    there.over = true;
                    there.thread.join();
                    return String.valueOf(
                            there.peers.stream().mapToLong(Peer::connections).sum());
                }
                default -> throw new IllegalArgumentException(String.join(" ", words));
            }
        }
    }

    private void run() {
        for (int tick = 0; !over; tick++) {
            long now = System.nanoTime();
            for (int i = 0; i < peers.size(); i++) {
                Peer peer = peers.get(i);
                if (peer.attack().isFlood() || i % SLICES == tick % SLICES || peer.isOpening()) {
                    peer.go(System.nanoTime());
                }
            }
            LockSupport.parkNanos(Math.max(REST_NANOS, now + TICK_NANOS - System.nanoTime()));
        }
        peers.forEach(Peer::leave);
    }
}
