package dev.heartbeat.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Networks;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A refused connection costs the server little more than to accept it and to close it. */
@Tag("long")
@Timeout(300)
final class RefusedConnectionsTest {
    private static final int ROUNDS = 15;
    private static final int CONNECTIONS = 2000;
    private static final int CLIENTS = 4;
    private static final double MOST = 1.3;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @Test
    void refusalCostsLittleMoreThanAcceptAndClose() throws Exception {
        try (HeartbeatServer denying = HeartbeatServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .transport("nio")
                        .transportOptions(options -> options.eventLoops(1))
                        .denyFrom(Networks.of("192.0.2.0/24", "127.0.0.0/8"))
                        .start();
                Bare bare = new Bare()) {
            long loop = thread("heartbeat-nio-0");
            int port = denying.localAddress().getPort();
            for (int warmUp = 0; warmUp < 5; warmUp++) {
                connect(port);
                connect(bare.port());
            }
            double[] ratios = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                long refused = cpu(loop, port);
                long accepted = cpu(bare.thread.getId(), bare.port());
                ratios[round] = (double) refused / accepted;
            }
            Arrays.sort(ratios);
            System.out.printf(
                    "refused / bare accept and close: median %.2f, %.2f to %.2f%n",
                    ratios[ROUNDS / 2], ratios[1], ratios[ROUNDS - 2]);
            assertThat(denying.stats().connections().accepted()).isZero();
            assertThat(ratios[ROUNDS / 2]).isLessThanOrEqualTo(MOST);
        }
    }

    private static long cpu(long thread, int port) throws InterruptedException {
        long before = THREADS.getThreadCpuTime(thread);
        connect(port);
        return THREADS.getThreadCpuTime(thread) - before;
    }

    private static long thread(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findAny()
                .orElseThrow()
                .getId();
    }

    private static void connect(int port) throws InterruptedException {
        Thread[] clients = IntStream.range(0, CLIENTS)
                .mapToObj(i -> new Thread(() -> connectInTurn(port), "client-" + i))
                .toArray(Thread[]::new);
        for (Thread client : clients) {
            client.start();
        }
        for (Thread client : clients) {
            client.join();
        }
    }

    private static void connectInTurn(int port) {
        for (int i = 0; i < CONNECTIONS / CLIENTS; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                    InputStream in = socket.getInputStream()) {
                int unused = in.read();
            } catch (SocketException e) {
                // Reset, as it may be.
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The least that an event loop does. */
    private static final class Bare implements AutoCloseable {
        final Thread thread = new Thread(this::run, "bare");
        private final ServerSocketChannel listener = ServerSocketChannel.open();
        private final Selector selector = Selector.open();

        Bare() throws IOException {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            thread.start();
        }

        int port() {
            return listener.socket().getLocalPort();
        }

        private void run() {
            try {
                while (selector.isOpen() && listener.isOpen()) {
                    selector.select(key -> acceptAll());
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void acceptAll() {
            try {
                for (SocketChannel next = listener.accept(); next != null; next = listener.accept()) {
                    next.close();
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() throws IOException, InterruptedException {
            listener.close();
            selector.close();
            thread.join();
        }
    }
}
