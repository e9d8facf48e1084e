package dev.heartbeat.bench;

import dev.heartbeat.bench.process.Orders;
import dev.heartbeat.bench.wire.Frames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The process of nodes that register, allow the server to send without end, beat, and never read.
 */
final class SlowConsumerFleet {
    static final String PREFIX = "slow-";

    private static final long BEAT_MS = 1000;
    private static final int RECEIVE_BUFFER = 4096;
    private static final long CREDIT = 1L << 40;

    private final List<SocketChannel> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong beats = new AtomicLong();

    private SlowConsumerFleet() {}

    public static void main(String[] args) {
        SlowConsumerFleet fleet = new SlowConsumerFleet();
        Orders.obey(fleet::answer);
    }

    private String answer(String[] words) throws IOException {
        if (!words[0].equals("connect")) {
            throw new IllegalArgumentException(String.join(" ", words));
        }
        Thread beating = new Thread(this::beatForever, "beats");
        beating.setDaemon(true);
        beating.start();
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(words[1]));
        for (int i = 1; i <= Integer.parseInt(words[2]); i++) {
            SocketChannel socket = SocketChannel.open().setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            socket.connect(server);
            socket.write(Frames.register(PREFIX + i, 1, 1, CREDIT));
            socket.configureBlocking(false);
            sockets.add(socket);
        }
        return "connected";
    }

    private void beatForever() {
        int known = 0;
        while (true) {
            // Those that came since the last time may not be registered yet.
            for (SocketChannel socket : sockets.subList(0, known)) {
                beat(socket);
            }
            known = sockets.size();
            try {
                Thread.sleep(BEAT_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void beat(SocketChannel socket) {
        try {
            if (socket.isOpen()) {
                socket.write(Frames.heartbeat(beats.incrementAndGet()));
            }
        } catch (IOException e) {
            close(socket); // The server has closed it, as it should.
        }
    }

    private static void close(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }
}
