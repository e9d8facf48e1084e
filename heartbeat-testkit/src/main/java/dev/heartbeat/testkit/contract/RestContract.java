package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A loop whose sockets have nothing for it to do takes no CPU time, whatever has become of their
 * peers. For transports whose loops are threads.
 *
 * @since 0.1
 */
public abstract class RestContract extends TransportContract {

    private static final Duration WHILE = Duration.ofMillis(200);

    /** A loop that spins takes all of it. */
    private static final Duration MOST = WHILE.dividedBy(2);

    private final List<Socket> peers = new ArrayList<>();

    /** For a nested class of the transport's own test. */
    protected RestContract() {}

    @Override
    TransportOptions options() {
        return TransportOptions.builder().eventLoops(1).build();
    }

    @AfterEach
    void closePeers() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
    }

    @Test
    void withAnIdleConnection() throws Exception {
        pair(new End(), new End());
        assertRests();
    }

    @Test
    void onceAllOutputWasTaken() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            End end = connect((InetSocketAddress) server.getLocalSocketAddress(), new End());
            try (Socket peer = server.accept()) {
                int bytes = 8 << 20;
                on(end, connection -> {
                    connection.write(ByteBuffer.allocate(bytes), 0, bytes);
                    connection.flush();
                });
                peer.getInputStream().readNBytes(bytes);
                assertRests();
            }
        }
    }

    @Test
    void whileThePeerTakesNothing() throws Exception {
        Service service = serve(End::new);
        peer(service);
        int bytes = 32 << 20;
        on(await(service.next()), connection -> {
            connection.write(ByteBuffer.allocate(bytes), 0, bytes);
            connection.flush();
        });
        assertRests();
    }

    @Test
    void whileReadingIsPausedAndBytesWait() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        on(await(service.next()), Connection::pauseReading);
        peer.getOutputStream().write(new byte[1000]);
        assertRests();
    }

    @Test
    void afterThePeersEndWhileReadingIsPaused() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        End end = await(service.next());
        on(end, Connection::pauseReading);
        peer.close();
        assertRests();
        on(end, Connection::resumeReading);
        assertThat(await(end.closed())).isEmpty();
    }

    @Test
    void afterAResetWhileReadingIsPaused() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        End end = await(service.next());
        on(end, Connection::pauseReading);
        reset(peer);
        assertRests();
        on(end, Connection::resumeReading);
        assertThat(await(end.closed())).containsInstanceOf(IOException.class);
    }

    @Test
    void afterAResetOfWhatWasHalfClosed() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        End end = await(service.next());
        on(end, connection -> {
            connection.pauseReading();
            connection.shutdownOutput();
        });
        assertThat(peer.getInputStream().read()).isEqualTo(-1);
        reset(peer);
        assertRests();
        on(end, Connection::resumeReading);
        assertThat(await(end.closed())).containsInstanceOf(IOException.class);
        assertRests();
    }

    @Test
    void afterAPeerVanishedBeforeItWasAccepted() throws Exception {
        Service service = serve(End::new);
        on(loop(0), () -> {
            // While the loop is busy here, it cannot accept.
            for (int i = 0; i < 10; i++) {
                reset(peer(service));
            }
        });
        assertRests();
        exchange(pair(new End(), new End()));
    }

    private void assertRests() throws Exception {
        assertThat(cpuTimeOfAWhile(loop(0))).isLessThan(MOST);
    }

    private Duration cpuTimeOfAWhile(EventLoop loop) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] before = {0};
        CompletableFuture<Long> after = new CompletableFuture<>();
        Alarm alarm = (Alarm) loop.agent(owner -> new Alarm());
        alarm.onRing = () -> after.complete(threads.getCurrentThreadCpuTime());
        on(loop, () -> {
            before[0] = threads.getCurrentThreadCpuTime();
            loop.wakeAt(loop.nowNs() + WHILE.toNanos());
        });
        return Duration.ofNanos(await(after) - before[0]);
    }

    private Socket peer(Service service) throws IOException {
        Socket peer = new Socket();
        peers.add(peer);
        peer.connect(service.address());
        return peer;
    }

    private static void reset(Socket peer) throws IOException {
        peer.setSoLinger(true, 0);
        peer.close();
    }

    private static final class Alarm implements LoopAgent {

        private volatile Runnable onRing = () -> {};

        @Override
        public void onWake(long nowNs) {
            onRing.run();
        }
    }
}
