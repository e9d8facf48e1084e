package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callbacks on threads of the application: a thread for each task, virtual where there are such. */
@Timeout(60)
final class ApplicationThreadsTest {
    private static final int NODES = 40;

    private final ExecutorService perTask = perTask();
    private final Transport transport = TestedTransport.start(
            TransportOptions.builder().eventLoops(1).workerThreads(2).build());
    private final CountDownLatch done = new CountDownLatch(1);
    private final List<HeartbeatClient> clients = new ArrayList<>();

    @AfterEach
    void stop() {
        done.countDown();
        clients.forEach(HeartbeatClient::close);
        transport.close();
        perTask.shutdownNow();
    }

    /** A virtual thread for each task, on JDK 21 and later. */
    private static ExecutorService perTask() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return Executors.newCachedThreadPool();
        }
    }

    private HeartbeatServer start(HeartbeatServer.Builder options) {
        return options.host("127.0.0.1").port(0).transport(transport).start();
    }

    private HeartbeatClient.Builder client(HeartbeatServer server, String id) {
        return HeartbeatClient.builder()
                .server("127.0.0.1", server.localAddress().getPort())
                .nodeId(id)
                .transport(transport);
    }

    private HeartbeatClient connect(HeartbeatClient.Builder options) throws Exception {
        HeartbeatClient client = options.connect();
        clients.add(client);
        client.registered().get(30, TimeUnit.SECONDS);
        return client;
    }

    private static ByteBuffer number(int number) {
        return ByteBuffer.allocate(4).putInt(0, number);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theOrderOfANodeStaysTheBuss() throws Exception {
        int messages = 500;
        Map<String, List<Integer>> heard = new ConcurrentHashMap<>();
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        CountDownLatch all = new CountDownLatch(NODES * messages);
        HeartbeatServer server = start(HeartbeatServer.builder()
                .callbackExecutor(perTask)
                .channelQueueMessages(messages)
                .onMessage((from, message) -> {
                    // Not concurrent: one at a time for a node.
                    heard.computeIfAbsent(from.id(), id -> new ArrayList<>()).add(message.getInt());
                    threads.add(Thread.currentThread().getName());
                    all.countDown();
                }));
        for (int i = 0; i < NODES; i++) {
            connect(client(server, "n" + i).queueMessages(messages));
        }
        for (int i = 0; i < messages; i++) {
            for (HeartbeatClient client : clients) {
                client.trySend(number(i));
            }
        }
        await(all);

        List<Integer> inOrder = IntStream.range(0, messages).boxed().toList();
        assertThat(heard)
                .hasSize(NODES)
                .allSatisfy((id, numbers) -> assertThat(numbers).isEqualTo(inOrder));
        assertThat(threads).noneMatch(name -> name.startsWith("heartbeat-"));
        assertThat(server.stats().callbacks().redirected()).isZero();
        server.close();
    }

    /** The transport has two workers. */
    @Test
    void moreCallbacksBlockThanThereAreWorkers() throws Exception {
        CountDownLatch blocked = new CountDownLatch(2 * NODES);
        HeartbeatServer server =
                start(HeartbeatServer.builder().callbackExecutor(perTask).listener(new NodeListener() {
                    @Override
                    public void onOnline(Node node) {
                        blocked.countDown();
                        ApplicationThreadsTest.await(done);
                    }
                }));
        for (int i = 0; i < NODES; i++) {
            clients.add(client(server, "n" + i)
                    .callbackExecutor(perTask)
                    .listener(new ClientListener() {
                        @Override
                        public void onRegistered(Registered registered) {
                            blocked.countDown();
                            ApplicationThreadsTest.await(done);
                        }
                    })
                    .connect());
        }
        await(blocked);
        done.countDown();
        server.close();
    }

    /**
     * The error in a client's callback that waits for a request of its own, or of another client.
     */
    private Object waited(Executor executor, HeartbeatServer server, @Nullable HeartbeatClient other) throws Exception {
        CompletableFuture<Object> result = new CompletableFuture<>();
        CompletableFuture<HeartbeatClient> self = new CompletableFuture<>();
        HeartbeatClient client = client(server, "waits")
                .callbackExecutor(executor)
                .listener(new ClientListener() {
                    @Override
                    public void onRegistered(Registered registered) {
                        HeartbeatClient asking = other == null ? self.join() : other;
                        try {
                            result.complete(asking.request(number(7), Duration.ofSeconds(1))
                                    .join()
                                    .getInt());
                        } catch (Throwable failure) {
                            result.complete(failure);
                        }
                    }
                })
                .connect();
        clients.add(client);
        self.complete(client);
        return result.get(30, TimeUnit.SECONDS);
    }

    private HeartbeatServer echoing() {
        return start(HeartbeatServer.builder().onRequest((from, request) -> request.reply(request.content())));
    }

    @Test
    void nobodyWaitsForItselfThere() throws Exception {
        HeartbeatServer server = echoing();
        assertThat((Throwable) waited(perTask, server, null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a callback of client waits");
        server.close();
    }

    @Test
    void aCallbackThereMayWaitForAnother() throws Exception {
        HeartbeatServer server = echoing();
        HeartbeatClient other = connect(client(server, "other").callbackExecutor(perTask));
        assertThat(waited(perTask, server, other)).isEqualTo(7);
        server.close();
    }

    @Test
    void theLastThreadOfAPoolDoesNotWait() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        HeartbeatServer server = start(HeartbeatServer.builder().onRequest((from, request) -> {}));
        HeartbeatClient asked = connect(client(server, "asked").callbackExecutor(two));
        CyclicBarrier together = new CyclicBarrier(2);
        BlockingQueue<String> results = new LinkedBlockingQueue<>();
        for (int i = 0; i < 2; i++) {
            clients.add(client(server, "waits" + i)
                    .callbackExecutor(two)
                    .listener(new ClientListener() {
                        @Override
                        public void onRegistered(Registered registered) {
                            try {
                                together.await();
                                asked.request(number(1), Duration.ofSeconds(1)).join();
                            } catch (Exception e) {
                                results.add(e.getClass().getSimpleName());
                            }
                        }
                    })
                    .connect());
        }
        assertThat(List.of(
                        String.valueOf(results.poll(30, TimeUnit.SECONDS)),
                        String.valueOf(results.poll(30, TimeUnit.SECONDS))))
                .containsExactlyInAnyOrder("IllegalStateException", "CompletionException");
        two.shutdown();
        server.close();
    }

    /** It does not say how many threads it has; the bus cannot know that nobody is left. */
    @Test
    void aWaitWithoutAThreadLeftEndsByItsTimeout() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        HeartbeatServer server = echoing();
        HeartbeatClient other = connect(client(server, "other").callbackExecutor(one));
        assertThat((Throwable) waited(one, server, other)).hasRootCauseInstanceOf(TimeoutException.class);
        one.shutdown();
        server.close();
    }

    @Test
    void closingLeavesTheExecutorRunning() throws Exception {
        HeartbeatServer server = start(HeartbeatServer.builder().callbackExecutor(perTask));
        connect(client(server, "n1").callbackExecutor(perTask)).close();
        server.close();

        assertThat(perTask.isShutdown()).isFalse();
        assertThat(perTask.submit(() -> 1).get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void theWorkersMakeTheCallbacksOfAnExecutorThatHasEnded() throws Exception {
        ExecutorService ended = Executors.newCachedThreadPool();
        ended.shutdown();
        BlockingQueue<String> threads = new LinkedBlockingQueue<>();
        HeartbeatServer server =
                start(HeartbeatServer.builder().callbackExecutor(ended).listener(new NodeListener() {
                    @Override
                    public void onOnline(Node node) {
                        threads.add(Thread.currentThread().getName());
                    }
                }));
        connect(client(server, "n1").callbackExecutor(ended));
        assertThat(threads.poll(30, TimeUnit.SECONDS)).startsWith("heartbeat-worker");
        assertThat(server.stats().callbacks().redirected()).isPositive();
        server.close();
    }

    /** One thread that is busy, and room for one task: the policy then wants the caller to run it. */
    @Test
    void aPolicyThatHasTheCallerRunBlocksNoLoop() throws Exception {
        ThreadPoolExecutor callerRuns = new ThreadPoolExecutor(
                1, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), new ThreadPoolExecutor.CallerRunsPolicy());
        callerRuns.execute(() -> await(done));
        Queue<String> onLoop = new ConcurrentLinkedQueue<>();
        CountDownLatch online = new CountDownLatch(NODES - 1); // One waits in the pool.
        HeartbeatServer server =
                start(HeartbeatServer.builder().callbackExecutor(callerRuns).listener(new NodeListener() {
                    @Override
                    public void onOnline(Node node) {
                        if (transport.eventLoops().stream().anyMatch(EventLoop::inEventLoop)) {
                            onLoop.add(node.id());
                        }
                        online.countDown();
                    }
                }));
        for (int i = 0; i < NODES; i++) {
            connect(client(server, "n" + i));
        }
        await(online);
        done.countDown();

        assertThat(onLoop).isEmpty();
        assertThat(server.stats().callbacks().redirected()).isPositive();
        server.close();
        callerRuns.shutdown();
    }
}
