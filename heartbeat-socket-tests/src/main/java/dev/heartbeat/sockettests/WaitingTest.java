package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads that wait for the bus: where that would wait for itself it is refused, and all else ends.
 */
@Timeout(60)
final class WaitingTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean answers;
    private final LocalBus bus = new LocalBus(options -> options.onRequest((from, request) -> {
                if (answers) {
                    request.reply(message());
                }
            })
            .channel("c", offered -> new ChannelListener() {}));

    @AfterEach
    void stop() {
        done.countDown();
        bus.close();
    }

    private static ByteBuffer message() {
        return ByteBuffer.allocate(1);
    }

    private HeartbeatClient connect(String id, ClientListener listener) {
        return HeartbeatClient.builder()
                .server("127.0.0.1", bus.port())
                .nodeId(id)
                .listener(listener)
                .transport(TestedTransport.name())
                .connect();
    }

    /** The result of what a client's callback does. */
    private Object inCallback(Function<HeartbeatClient, Object> what) throws InterruptedException {
        BlockingQueue<Object> results = new LinkedBlockingQueue<>();
        CompletableFuture<HeartbeatClient> self = new CompletableFuture<>();
        HeartbeatClient client = connect("n1", new ClientListener() {
            @Override
            public void onRegistered(Registered registered) {
                try {
                    results.add(what.apply(self.join()));
                } catch (Throwable failure) {
                    results.add(failure);
                }
            }
        });
        self.complete(client);
        Object result = results.poll(30, TimeUnit.SECONDS);
        client.close();
        return result == null ? "nothing" : result;
    }

    private static void isRefused(Object result) {
        assertThat(result).isInstanceOf(IllegalStateException.class);
        assertThat(((Throwable) result).getMessage())
                .contains("waiting here would never end", "a callback of client n1", "thenAccept");
    }

    @Test
    void requestIsNotWaitedForInACallbackOfItsLine() throws InterruptedException {
        isRefused(inCallback(client -> client.request(message(), LONG).join()));
        isRefused(inCallback(client -> get(client.request(message(), LONG)::get)));
        isRefused(inCallback(client -> get(() -> client.request(message(), LONG).get(1, TimeUnit.MINUTES))));
    }

    private static Object get(Callable<Object> waiting) {
        try {
            return waiting.call();
        } catch (Exception e) {
            return e;
        }
    }

    @Test
    void dependentStageOfARequestIsNotWaitedFor() throws InterruptedException {
        isRefused(inCallback(client ->
                client.request(message(), LONG).thenApply(reply -> reply).join()));
        isRefused(inCallback(client -> client.request(message(), LONG).copy().join()));
    }

    @Test
    void sendIsNotWaitedForInACallbackOfItsLine() throws InterruptedException {
        isRefused(inCallback(client -> client.send(message()).join()));
    }

    /** The reply would come to the same node, behind the callback that waits for it. */
    @Test
    void serversFuturesAreNotWaitedForInACallbackOfTheirNode() throws InterruptedException {
        BlockingQueue<Object> results = new LinkedBlockingQueue<>();
        CompletableFuture<HeartbeatServer> self = new CompletableFuture<>();
        try (LocalBus asking = new LocalBus(options -> options.listener(new NodeListener() {
            @Override
            public void onOnline(Node node) {
                HeartbeatServer server = self.join();
                results.add(get(() -> server.request(node.id(), message(), LONG).join()));
                results.add(get(() -> server.send(node.id(), message()).join()));
                results.add(get(() -> server.shutdownAsync(LONG).join()));
                results.add(get(() -> server.closeAsync().get(1, TimeUnit.MINUTES)));
            }
        }))) {
            self.complete(asking.server);
            asking.connect("n1");
            for (int i = 0; i < 4; i++) {
                assertThat(results.poll(30, TimeUnit.SECONDS))
                        .isInstanceOf(IllegalStateException.class)
                        .extracting(thrown -> ((Throwable) thrown).getMessage())
                        .asString()
                        .contains("waiting here would never end", "n1");
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nothingIsWaitedForOnALoop() throws Exception {
        try (Transport transport = TestedTransport.start(1)) {
            BlockingQueue<Object> results = new LinkedBlockingQueue<>();
            transport.eventLoops().get(0).execute(() -> {
                // Nothing can complete before the loop goes on.
                HeartbeatClient client = HeartbeatClient.builder()
                        .server("127.0.0.1", bus.port())
                        .nodeId("n1")
                        .transport(transport)
                        .connect();
                results.add(get(() -> client.request(message(), LONG).join()));
                results.add(get(() -> client.send(message()).get(1, TimeUnit.MINUTES)));
                results.add(get(() -> client.registered().join()));
                results.add(get(() -> client.closeAsync().join()));
            });
            for (int i = 0; i < 4; i++) {
                assertThat(results.poll(30, TimeUnit.SECONDS))
                        .isInstanceOf(IllegalStateException.class)
                        .extracting(thrown -> ((Throwable) thrown).getMessage())
                        .asString()
                        .contains("waiting here would never end", "event loop 0");
            }
        }
    }

    @Test
    void closingIsNotWaitedForInACallback() throws InterruptedException {
        isRefused(inCallback(client -> client.closeAsync().join()));
    }

    /**
     * A future of the JDK's knows nothing of the bus; it ends by the timeout of the request in it.
     */
    @Test
    void allOfRequestsEndsByTheirTimeouts() throws InterruptedException {
        Object result = inCallback(
                client -> CompletableFuture.allOf(client.request(message(), SHORT), client.request(message(), SHORT))
                        .join());
        assertThat((Throwable) result).hasRootCauseInstanceOf(TimeoutException.class);
    }

    /** The reply is in line behind the callback that waits for it. */
    @Test
    void allOfRequestsEndsThoughTheyAreAnswered() throws InterruptedException {
        answers = true;
        Object result = inCallback(client ->
                CompletableFuture.allOf(client.request(message(), SHORT)).join());
        assertThat((Throwable) result).hasRootCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void allOfRequestsEndsWhenTheClientIsClosed() throws Exception {
        CompletableFuture<Object> result = new CompletableFuture<>();
        CompletableFuture<HeartbeatClient> self = new CompletableFuture<>();
        CountDownLatch waiting = new CountDownLatch(1);
        HeartbeatClient client = HeartbeatClient.builder()
                .server("127.0.0.1", bus.port())
                .nodeId("n1")
                .drainTimeout(Duration.ofMillis(100))
                .listener(new ClientListener() {
                    @Override
                    public void onRegistered(Registered registered) {
                        CompletableFuture<?> all =
                                CompletableFuture.allOf(self.join().request(message(), LONG));
                        waiting.countDown();
                        result.complete(all.handle((reply, failure) -> failure).join());
                    }
                })
                .transport(TestedTransport.name())
                .connect();
        self.complete(client);
        waiting.await();
        client.closeAsync().get(30, TimeUnit.SECONDS);
        assertThat(result.get(1, TimeUnit.SECONDS)).isInstanceOf(Throwable.class);
    }

    /** The loop has its deadline, and reports it on a thread that no callback has. */
    @Test
    void timeoutComesInTimeThoughTheListenerIsBusy() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        HeartbeatClient client = connect("n1", new ClientListener() {
            @Override
            public void onRegistered(Registered registered) {
                busy.countDown();
                awaitUninterruptibly(done);
            }
        });
        busy.await();
        CompletableFuture<ByteBuffer> reply = client.request(message(), SHORT);
        assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
        done.countDown();
        client.close();
    }

    @Test
    void serversTimeoutComesInTimeThoughItsListenerIsBusy() throws Exception {
        HeartbeatClient client = HeartbeatClient.builder()
                .server("127.0.0.1", bus.port())
                .nodeId("n1")
                .onRequest(request -> {})
                .transport(TestedTransport.name())
                .connect();
        bus.told.await("n1 ONLINE");
        bus.application.block("n1");
        client.trySend(message());
        CompletableFuture<ByteBuffer> reply = bus.server.request("n1", message(), SHORT);
        assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
        bus.application.unblockAll();
        client.close();
    }

    /** One worker must be left to serve those that wait. */
    @Test
    void notEveryWorkerMayWait() throws Exception {
        int workers = 2;
        try (Transport transport = TestedTransport.start(
                TransportOptions.builder().eventLoops(1).workerThreads(workers).build())) {
            HeartbeatClient asked = HeartbeatClient.builder()
                    .server("127.0.0.1", bus.port())
                    .nodeId("asked")
                    .transport(transport)
                    .connect();
            asked.registered().get(30, TimeUnit.SECONDS);
            CyclicBarrier together = new CyclicBarrier(workers);
            BlockingQueue<String> results = new LinkedBlockingQueue<>();
            List<HeartbeatClient> clients = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                clients.add(HeartbeatClient.builder()
                        .server("127.0.0.1", bus.port())
                        .nodeId("waits" + i)
                        .listener(new ClientListener() {
                            @Override
                            public void onRegistered(Registered registered) {
                                try {
                                    together.await();
                                    asked.request(message(), Duration.ofSeconds(2))
                                            .join();
                                } catch (Exception e) {
                                    results.add(e.getClass().getSimpleName());
                                }
                            }
                        })
                        .transport(transport)
                        .connect());
            }
            assertThat(List.of(poll(results), poll(results)))
                    .containsExactlyInAnyOrder("IllegalStateException", "CompletionException");
            clients.forEach(HeartbeatClient::close);
            asked.close();
        }
    }

    private static String poll(BlockingQueue<String> results) throws InterruptedException {
        return String.valueOf(results.poll(30, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void futuresOfAChannelCompleteOnAWorkerAndNeverOnALoop(Delivery delivery) throws Exception {
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        HeartbeatClient client = connect("n1", new ClientListener() {});
        Channel channel = client.openChannel(
                "c", ChannelOptions.builder().delivery(delivery).build(), new ChannelListener() {});
        CountDownLatch completed = new CountDownLatch(4);
        BiConsumer<Object, Throwable> note = (result, failure) -> {
            threads.add(Thread.currentThread().getName());
            completed.countDown();
        };
        CompletableFuture<?> opened = channel.opened().whenComplete(note);
        CompletableFuture<?> sent = channel.send(message()).whenComplete(note);
        CompletableFuture<?> asked = channel.request(message(), SHORT).whenComplete(note);
        opened.get(10, TimeUnit.SECONDS);
        sent.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> asked.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(HeartbeatException.class);
        CompletableFuture<?> closed = channel.closed().whenComplete(note);
        channel.reset("over");
        closed.get(10, TimeUnit.SECONDS);
        completed.await();
        // This thread, where the future was complete before it was asked.
        assertThat(threads)
                .allMatch(name -> name.startsWith("heartbeat-worker")
                        || name.startsWith("heartbeat-completion")
                        || name.equals(Thread.currentThread().getName()));
        client.close();
    }

    @Test
    void interruptOfOneCallbackMeetsNoOther() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (LocalBus interrupted = new LocalBus(options -> options.listener(new NodeListener() {
            @Override
            public void onOnline(Node node) {
                told.add(Thread.currentThread().isInterrupted() ? "interrupted" : "not");
                Thread.currentThread().interrupt();
            }
        }))) {
            for (int i = 0; i < 40; i++) {
                interrupted.connect("n" + i).close();
            }
            for (int i = 0; i < 40; i++) {
                assertThat(poll(told)).isEqualTo("not");
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
