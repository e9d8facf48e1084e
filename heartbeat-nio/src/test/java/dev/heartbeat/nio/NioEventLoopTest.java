package dev.heartbeat.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.sockets.SocketUser;
import dev.heartbeat.sockets.TcpSettings;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Properties of these loops, beyond those of every transport's. */
final class NioEventLoopTest {

    private static final int CONNECTIONS = 2_000;
    private static final int TASKS = 10_000;

    private final NioTransport transport =
            NioTransport.start(TransportOptions.builder().eventLoops(2).build());

    @AfterEach
    void close() {
        transport.close();
    }

    @Test
    void nothingIsLeftOfConnectionsThatCameAndWent() throws Exception {
        Listener listener = transport
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new Guests())
                .get();
        CountDownLatch ended = new CountDownLatch(CONNECTIONS);
        for (int i = 0; i < CONNECTIONS; i++) {
            transport.connect(listener.localAddress(), loop(i % 2), new Guest(ended));
        }
        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        listener.close().get();
        // The server's side may hear of the last ends a little later.
        CompletableFuture<Void> empty = new CompletableFuture<>();
        completeWhenEmpty(empty);
        empty.get(30, TimeUnit.SECONDS);
    }

    @Test
    void connectionsFasterThanThePaceAreStillAccepted() throws Exception {
        int guests = 60;
        try (NioTransport paced = NioTransport.start(
                TransportOptions.builder().acceptsPerSecond(100).build())) {
            Listener listener = paced.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new Guests())
                    .get();
            CountDownLatch ended = new CountDownLatch(guests);
            for (int i = 0; i < guests; i++) {
                transport.connect(listener.localAddress(), loop(i % 2), new Guest(ended));
            }
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void completeWhenEmpty(CompletableFuture<Void> empty) {
        loop(0).execute(() -> {
            if (loop(0).sockets() + loop(1).sockets() == 0) {
                empty.complete(null);
            } else {
                completeWhenEmpty(empty);
            }
        });
    }

    @Test
    void aTurnThatFailsIsNotTheLast() throws Exception {
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        Bomb bomb = new Bomb(pipe.source());
        loop(0).execute(() -> bomb.plant(loop(0)));
        try (Pipe.SinkChannel sink = pipe.sink()) {
            sink.write(ByteBuffer.allocate(1));
            assertThat(bomb.failures.await(30, TimeUnit.SECONDS)).isTrue();
        }
        CompletableFuture<Void> next = new CompletableFuture<>();
        loop(0).execute(() -> next.complete(null));
        next.get(30, TimeUnit.SECONDS);
    }

    @Test
    void manyTasksHoldUpNeitherTimersNorSockets() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        CompletableFuture<Integer> ranBeforeTimer = new CompletableFuture<>();
        loop(0).agent(owner -> now -> ranBeforeTimer.complete(ran.get()));
        CountDownLatch allAdded = new CountDownLatch(1);
        loop(0).execute(() -> awaitUninterrupted(allAdded));
        loop(0).execute(() -> loop(0).wakeAt(loop(0).nowNs()));
        addTasks(loop(0), ran);
        allAdded.countDown();
        assertThat(ranBeforeTimer.get(30, TimeUnit.SECONDS)).isLessThan(TASKS);
    }

    @Test
    void noTaskIsLostWhenItEnds() throws Exception {
        TransportOptions options = TransportOptions.defaults();
        NioEventLoop loop = NioEventLoop.start(0, options, new TcpSettings(options));
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch allAdded = new CountDownLatch(1);
        loop.execute(() -> awaitUninterrupted(allAdded));
        CompletableFuture<Void> ended = loop.end();
        addTasks(loop, ran);
        allAdded.countDown();
        ended.get(30, TimeUnit.SECONDS);
        assertThat(ran).hasValue(TASKS);
    }

    private static void addTasks(NioEventLoop loop, AtomicInteger ran) {
        for (int i = 0; i < TASKS; i++) {
            loop.execute(ran::incrementAndGet);
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void loopsKeepTheProcessAliveAndWorkersDoNot() throws Exception {
        CompletableFuture<Thread> onLoop = new CompletableFuture<>();
        loop(1).execute(() -> onLoop.complete(Thread.currentThread()));
        assertThat(onLoop.get().isDaemon()).isFalse();
        assertThat(onLoop.get().getName()).isEqualTo("heartbeat-nio-1");

        CompletableFuture<Thread> onWorker = new CompletableFuture<>();
        transport.environment().workers().execute(() -> onWorker.complete(Thread.currentThread()));
        assertThat(onWorker.get().isDaemon()).isTrue();
        assertThat(onWorker.get().getName()).isEqualTo("heartbeat-worker-0");
    }

    @Test
    void aLoopOfAnotherTransportIsRefused() {
        try (NioTransport other =
                NioTransport.start(TransportOptions.builder().eventLoops(1).build())) {
            EventLoop foreign = other.eventLoops().get(0);
            InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
            assertThatThrownBy(() -> transport.connect(anywhere, foreign, new Guest(new CountDownLatch(1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("event loop 0");
        }
    }

    private NioEventLoop loop(int index) {
        return (NioEventLoop) transport.eventLoops().get(index);
    }

    /** Every other one is aborted by the server, the rest close by themselves. */
    private static final class Guests implements Acceptor {

        private int count;

        @Override
        public boolean onAccept(InetSocketAddress remote) {
            return true;
        }

        @Override
        public synchronized ConnectionHandler onOpen(Connection connection) {
            if (count++ % 2 == 0) {
                connection.abort();
            } else {
                connection.reserve(1).put((byte) 1);
                connection.flush();
            }
            return new Guest(new CountDownLatch(1));
        }
    }

    /** Fails whenever it is ready, which no socket of the transport does. */
    private static final class Bomb implements SocketUser {

        private final CountDownLatch failures = new CountDownLatch(3);
        private final Pipe.SourceChannel source;

        Bomb(Pipe.SourceChannel source) {
            this.source = source;
        }

        void plant(NioEventLoop loop) {
            try {
                loop.poll(
                        new NioSocket() {
                            @Override
                            SelectableChannel channel() {
                                return source;
                            }
                        },
                        this,
                        SelectionKey.OP_READ);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void onReady(int operations) {
            failures.countDown();
            if (failures.getCount() == 0) {
                onTransportClosing();
            }
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void onTransportClosing() {
            TcpSettings.close(source);
        }
    }

    private static final class Guest implements Connector, ConnectionHandler {

        private final CountDownLatch ended;
        private @Nullable Connection connection;

        Guest(CountDownLatch ended) {
            this.ended = ended;
        }

        @Override
        public ConnectionHandler onOpen(Connection opened) {
            connection = opened;
            return this;
        }

        @Override
        public void onConnectFailed(IOException cause) {
            ended.countDown();
        }

        @Override
        public void onRead(ByteBuffer bytes) {
            connection.close();
        }

        @Override
        public void onWritable() {}

        @Override
        public void onFlushed(long total) {}

        @Override
        public void onClosed(@Nullable Throwable cause) {
            ended.countDown();
        }
    }
}
