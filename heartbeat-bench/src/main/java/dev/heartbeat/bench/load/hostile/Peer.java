package dev.heartbeat.bench.load.hostile;

import dev.heartbeat.bench.wire.BareTls;
import dev.heartbeat.tls.BenchmarkTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One connection of an attack. When it is lost, another follows after a moment. */
final class Peer {
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    /** So that answers which are not read soon fill it. */
    private static final int RECEIVE_BYTES = 4096;

    private final Attack attack;
    private final int number;
    private final Target target;
    private @Nullable SocketChannel socket;
    private @Nullable BareTls tls;
    private @Nullable ByteBuffer unsent;
    private long againAt;
    private int strikes;
    private int connections;

    /**
     * A server, and what is needed to speak to it.
     *
     * @param clients of TLS; null without
     * @param scratch where answers go that nobody looks at
     */
    record Target(
            InetSocketAddress address,
            BenchmarkTls.@Nullable Clients clients,
            BareTls.Memory memory,
            ByteBuffer scratch) {}

    Peer(Attack attack, int number, Target target, long nowNanos) {
        this.attack = attack;
        this.number = number;
        this.target = target;
        againAt = nowNanos;
    }

    Attack attack() {
        return attack;
    }

    /** The id of its node, which no other peer has. */
    String id() {
        return Attackers.PREFIX + attack.name().toLowerCase(Locale.ROOT) + "-" + number;
    }

    boolean isOverTls() {
        return target.clients != null;
    }

    /** The strikes of this connection before this one. */
    int strikes() {
        return strikes;
    }

    /** The connections so far. */
    int connections() {
        return connections;
    }

    /** Strikes if it is connected, or goes on to connect. */
    void go(long nowNanos) {
        try {
            if (isOpen(nowNanos) && isSent()) {
                if (attack.isFlood()) {
                    read();
                }
                attack.strike(this);
                strikes++;
            }
        } catch (IOException e) {
            leave(); // The server has thrown it out.
        }
        if (socket == null && againAt - nowNanos < 0) {
            againAt = nowNanos + PAUSE_NANOS;
        }
    }

    /** Whether a connection is on its way, which needs to be looked at soon. */
    boolean isOpening() {
        SocketChannel there = socket;
        return there != null && (!there.isConnected() || tls != null && !tls.isOpen());
    }

    private boolean isOpen(long nowNanos) throws IOException {
        SocketChannel there = socket;
        if (there == null) {
            if (nowNanos - againAt >= 0) {
                open();
            }
            return false;
        }
        if (!there.isConnected()) {
            if (!there.finishConnect()) {
                return false;
            }
            if (target.clients != null && attack != Attack.DAWDLE) {
                tls = new BareTls(
                        target.clients.newClient(ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE)),
                        target.memory);
                tls.begin(there);
            }
        }
        if (tls != null && !tls.isOpen()) {
            read();
            return tls.isOpen();
        }
        return true;
    }

    @SuppressWarnings("EnumOrdinal") // As good as any number that no other attack has.
    private void open() throws IOException {
        connections++;
        strikes = 0;
        SocketChannel opened = SocketChannel.open();
        socket = opened;
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.SO_LINGER, 0);
        if (!attack.isFlood()) {
            opened.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
        }
        // Each attack comes from an address of its own, and none from that of honest nodes.
        opened.bind(new InetSocketAddress("127.0.0." + (2 + attack.ordinal()), 0));
        boolean unused = opened.connect(target.address);
    }

    private void read() throws IOException {
        SocketChannel there = socket;
        if (there == null) {
            return;
        }
        target.scratch.clear();
        int bytes = tls == null ? there.read(target.scratch) : tls.read(there, target.scratch);
        if (bytes < 0) {
            throw new IOException("the server has ended the stream");
        }
    }

    /** Says this, encrypted where the server wants it so. */
    void say(ByteBuffer frames) throws IOException {
        SocketChannel there = socket;
        if (tls == null) {
            sayRaw(frames);
        } else if (there != null) {
            tls.write(there, frames);
        }
    }

    /** Says this as it is. The socket may take a part now, and the rest before the next strike. */
    void sayRaw(ByteBuffer bytes) throws IOException {
        SocketChannel there = socket;
        if (there == null || unsent != null) {
            return; // What cannot leave is left out: more would not press the server more.
        }
        there.write(bytes);
        unsent = bytes.hasRemaining() ? bytes : null;
    }

    private boolean isSent() throws IOException {
        ByteBuffer rest = unsent;
        unsent = null;
        if (rest != null) {
            sayRaw(rest);
        }
        return unsent == null;
    }

    /** Resets the connection. */
    void leave() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // It is closed.
        }
        if (tls != null && target.clients != null) {
            target.clients.release(tls.engine());
        }
        socket = null;
        tls = null;
        unsent = null;
    }
}
