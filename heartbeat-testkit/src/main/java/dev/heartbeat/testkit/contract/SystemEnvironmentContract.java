package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The duties that only a transport in the real world has: real sockets, reported by peers that are
 * plain ones, and threads, which may be blocked.
 *
 * @since 0.1
 */
public abstract class SystemEnvironmentContract extends TransportContract {

    private static final int WORKERS = 3;

    private final List<Socket> peers = new ArrayList<>();

    /** For a nested class of the transport's own test. */
    protected SystemEnvironmentContract() {}

    @AfterEach
    void closePeers() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
    }

    @Override
    TransportOptions options() {
        return TransportOptions.builder()
                .eventLoops(1)
                .workerThreads(WORKERS)
                .connectTimeout(Duration.ofMillis(200))
                .build();
    }

    @Test
    void aPeerThatClosesEndsTheConnectionWithoutAnError() throws Exception {
        Service service = serve(End::new);
        peer(service).close();
        assertThat(await(await(service.next()).closed())).isEmpty();
    }

    @Test
    void aPeerThatClosesHalfEndsAllOfIt() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        peer.shutdownOutput();
        assertThat(await(await(service.next()).closed())).isEmpty();
        assertThat(peer.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aPeerThatResetsIsAnError() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        End end = await(service.next());
        reset(peer);
        assertThat(await(end.closed())).containsInstanceOf(IOException.class);
    }

    @Test
    void aPeerThatResetsWhileOutputWaitsIsAnErrorToo() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        End end = await(service.next());
        on(end, connection -> {
            connection.pauseReading();
            connection.write(ByteBuffer.allocate(32 << 20), 0, 32 << 20);
            connection.flush();
        });
        reset(peer);
        assertThat(await(end.closed())).containsInstanceOf(IOException.class);
    }

    @Test
    void anAbortIsAResetToThePeer() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        on(await(service.next()), connection -> connection.abort());
        assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void afterShuttingOutputDownItReadsOn() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        End end = await(service.next());
        on(end, connection -> {
            connection.reserve(4).putInt(7);
            connection.shutdownOutput();
        });
        assertThat(peer.getInputStream().readAllBytes()).containsExactly(0, 0, 0, 7);
        peer.getOutputStream().write(new byte[] {1, 2, 3});
        await(end.received(3));
        assertThat(end.closed()).isNotDone();
        peer.close();
        assertThat(await(end.closed())).isEmpty();
    }

    @Test
    void aResetAfterShuttingOutputDownEndsIt() throws Exception {
        Service service = serve(End::new);
        Socket peer = peer(service);
        End end = await(service.next());
        on(end, connection -> connection.shutdownOutput());
        assertThat(peer.getInputStream().read()).isEqualTo(-1);
        reset(peer);
        assertThat(await(end.closed())).containsInstanceOf(IOException.class);
    }

    @Test
    void aConnectThatNobodyAnswersTimesOut() throws Exception {
        // A full queue makes the kernel drop whoever knocks; it may hold a few more than it was
        // asked to.
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = (InetSocketAddress) deaf.getLocalSocketAddress();
            IOException failure = firstFailure(address, 10);
            assertThat(failure)
                    .hasCauseInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining(address.toString())
                    .hasMessageContaining("200 ms");
        }
    }

    private IOException firstFailure(InetSocketAddress address, int attempts) throws Exception {
        CompletableFuture<IOException> failed = new CompletableFuture<>();
        for (int i = 0; i < attempts; i++) {
            transport().connect(address, loop(0), new End() {
                @Override
                public void onConnectFailed(IOException cause) {
                    failed.complete(cause);
                }
            });
        }
        return await(failed);
    }

    @Test
    void endlessSenderDoesNotStarveTheOthers() throws Exception {
        Service service = serve(Sluggish::new);
        Socket firehose = peer(service);
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(
                () -> sendUntilClosed(firehose), task -> new Thread(task, "firehose").start());
        await(await(service.next()).received(10));
        Pair<End, End> other = pair(new End(), new End());
        for (int i = 0; i < 10; i++) {
            exchange(other);
        }
        firehose.close();
        await(stopped);
    }

    private static void sendUntilClosed(Socket socket) {
        byte[] bytes = new byte[1 << 18];
        try {
            while (true) {
                socket.getOutputStream().write(bytes);
            }
        } catch (IOException e) {
            assertThat(socket.isClosed()).isTrue();
        }
    }

    @Test
    void afterAStallAllThatWaitedIsHeardBeforeTheAgent() throws Exception {
        // More than a selector reports at once.
        int count = 1_200;
        Service service = serve(End::new);
        List<Socket> senders = new ArrayList<>();
        List<End> ends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            senders.add(peer(service));
            ends.add(await(service.next()));
        }
        CompletableFuture<Long> heardByTheAgent = new CompletableFuture<>();
        loop(0).agent(loop -> now -> heardByTheAgent.complete(
                ends.stream().filter(end -> end.received().length > 0).count()));
        CountDownLatch stall = new CountDownLatch(1);
        loop(0).execute(() -> {
            loop(0).wakeAt(loop(0).nowNs() + 1);
            waitFor(stall);
        });
        for (Socket sender : senders) {
            sender.getOutputStream().write(1);
        }
        stall.countDown();
        assertThat(await(heardByTheAgent)).isEqualTo(count);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void severalMayListenOnAPortThatIsShared() throws Exception {
        TransportOptions sharing = options().toBuilder().reusePort(true).build();
        Transport one = start(sharing);
        Transport other = start(sharing);
        Service service = serve(End::new);
        Listener first = await(one.listen(ANY_PORT, service));
        Listener second = await(other.listen(first.localAddress(), service));
        assertThat(second.localAddress()).isEqualTo(first.localAddress());
        assertThatThrownBy(() -> await(transport().listen(first.localAddress(), service)))
                .hasCauseInstanceOf(IOException.class);
        await(one.closeAsync());
        await(other.closeAsync());
    }

    @Test
    void anInterruptMeansNothingToALoop() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(loop(0), () -> Thread.currentThread().interrupt());
        exchange(pair);
        on(loop(0), () -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
    }

    @Test
    void workersAreAsManyAsTheyWereToldAndNoMore() throws Exception {
        Executor workers = transport().environment().workers();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CompletableFuture<Void> allBusy = new CompletableFuture<>();
        List<CompletableFuture<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            tasks.add(CompletableFuture.runAsync(
                    () -> {
                        if (most.accumulateAndGet(running.incrementAndGet(), Math::max) == WORKERS) {
                            allBusy.complete(null);
                        }
                        allBusy.join();
                        running.decrementAndGet();
                    },
                    workers));
        }
        for (CompletableFuture<Void> task : tasks) {
            await(task);
        }
        assertThat(most).hasValue(WORKERS);
    }

    @Test
    void tasksForOtherThreadsAreHandedOverOnceAndInOrder() throws Exception {
        BlockingQueue<Runnable> handed = new LinkedBlockingQueue<>();
        Executor others = transport().environment().withTurns(handed::add);
        Runnable inTurn = new CompletableFuture<Void>()::join;
        Runnable behind = new CompletableFuture<Void>()::join;
        on(loop(0), () -> {
            others.execute(inTurn);
            others.execute(behind);
        });
        assertThat(handed.poll(10, TimeUnit.SECONDS)).isSameAs(inTurn);
        assertThat(handed.poll(10, TimeUnit.SECONDS)).isSameAs(behind);
        others.execute(inTurn);
        assertThat(handed).containsExactly(inTurn);
    }

    @Test
    void aTaskThatIsRunHoldsTheEndUp() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        CompletableFuture<Void> task =
                CompletableFuture.runAsync(gate::join, transport().environment().workers());
        CompletableFuture<Void> closed = transport().closeAsync();
        assertThat(closed).isNotDone();
        gate.complete(null);
        await(closed);
        assertThat(task).isCompleted();
    }

    @Test
    void aTaskThatHangsDoesNotHoldTheEndUp() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        CompletableFuture<Void> task =
                CompletableFuture.runAsync(gate::join, transport().environment().workers());
        await(transport().closeAsync());
        assertThat(task).isNotDone();
        gate.complete(null);
        await(task);
    }

    @Test
    void aFlagThatATaskLeavesInterruptsNoOther() throws Exception {
        Executor workers = transport().environment().workers();
        AtomicInteger interrupted = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            await(CompletableFuture.allOf(
                    CompletableFuture.runAsync(() -> Thread.currentThread().interrupt(), workers),
                    CompletableFuture.runAsync(
                            () -> interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0), workers)));
        }
        assertThat(interrupted).hasValue(0);
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

    /** Slower than who sends to it, so that there is always more to read; keeps little of it. */
    private static final class Sluggish extends End {

        @Override
        public void onRead(ByteBuffer bytes) {
            super.onRead(bytes.limit(bytes.position() + 1));
            long until = System.nanoTime() + 1_000_000;
            while (System.nanoTime() - until < 0) {
                Thread.onSpinWait();
            }
        }
    }
}
