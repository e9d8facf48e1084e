package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callbacks on an executor of the application's own, whatever that does; on virtual time. */
final class CallbackExecutorTest {
    private static final Duration SOON = Duration.ofMillis(200);

    private final List<String> heard = new ArrayList<>();

    /** The ways an executor may run a task, which all come to the same. */
    enum Doing {
        TAKES,
        RUNS_HERE,
        REFUSES,
        HAS_NO_MEMORY,
        REFUSES_EACH_OTHER,
        TAKES_AND_REFUSES,
        RUNS_HERE_AND_REFUSES,
        RUNS_TWICE,
        RUNS_ON_A_LOOP;

        Executor of(Transport transport) {
            Executor workers = transport.environment().workers();
            EventLoop loop = transport.eventLoops().get(0);
            int[] tasks = {0};
            return task -> {
                switch (this) {
                    case TAKES -> workers.execute(task);
                    case RUNS_HERE -> task.run();
                    case REFUSES -> throw new RejectedExecutionException("full");
                    case HAS_NO_MEMORY -> throw new OutOfMemoryError("a test's");
                    case REFUSES_EACH_OTHER -> {
                        if (++tasks[0] % 2 == 0) {
                            throw new RejectedExecutionException("full");
                        }
                        workers.execute(task);
                    }
                    case TAKES_AND_REFUSES -> {
                        workers.execute(task);
                        throw new IllegalStateException("a test's");
                    }
                    case RUNS_HERE_AND_REFUSES -> {
                        task.run();
                        throw new IllegalStateException("a test's");
                    }
                    case RUNS_TWICE -> {
                        workers.execute(task);
                        workers.execute(task);
                    }
                    case RUNS_ON_A_LOOP -> loop.execute(task);
                }
            };
        }

        boolean redirects() {
            return this != TAKES && this != RUNS_TWICE;
        }
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer message) {
        return StandardCharsets.UTF_8.decode(message).toString();
    }

    /** A callback of this transport's user has come. */
    private void hear(Transport of, String what) {
        assertThat(of.eventLoops()).as("%s on a loop", what).noneMatch(EventLoop::inEventLoop);
        heard.add(what);
    }

    @ParameterizedTest
    @EnumSource
    void eachCallbackComesOnceInOrderAndNeverOnALoop(Doing doing) {
        Simulation world = new Simulation(7);
        Host serverHost = world.newHost("server");
        Host clientHost = world.newHost("client");
        Transport atServer = serverHost.transport();
        Transport atClient = clientHost.transport();
        Recorder told = new Recorder(world);
        HeartbeatServer server = HeartbeatServer.builder()
                .transport(atServer)
                .port(0)
                .callbackExecutor(doing.of(atServer))
                .listener(told)
                .onMessage((from, message) -> hear(atServer, text(message)))
                .onRequest((from, request) -> {
                    hear(atServer, "asked");
                    request.reply(request.content());
                })
                .channel("c", offered -> new ChannelListener() {
                    @Override
                    public void onMessage(Channel channel, ByteBuffer message) {
                        hear(atServer, "on c: " + text(message));
                    }
                })
                .start();
        HeartbeatClient client = HeartbeatClient.builder()
                .transport(atClient)
                .server(serverHost.address(), server.localAddress().getPort())
                .nodeId("n1")
                .callbackExecutor(doing.of(atClient))
                .listener(new ClientListener() {
                    @Override
                    public void onRegistered(Registered registered) {
                        hear(atClient, "registered");
                    }

                    @Override
                    public void onClosed(CloseReason reason) {
                        hear(atClient, "closed");
                    }
                })
                .onMessage(message -> hear(atClient, text(message)))
                .connect();
        client.attach("n2", Map.of(), new AttachedNodeListener() {
            @Override
            public void onRegistered(long epoch) {
                hear(atClient, "attached");
            }
        });
        world.advance(SOON);
        Channel channel = client.openChannel("c", ChannelOptions.defaults(), new ChannelListener() {});
        for (int i = 0; i < 5; i++) {
            client.trySend(text("up " + i));
            server.trySend("n1", text("down " + i));
            channel.trySend(text("" + i));
            world.advance(Duration.ofMillis(20));
        }
        CompletableFuture<ByteBuffer> reply = client.request(text("?"), Duration.ofSeconds(1));
        world.advance(SOON);

        assertThat(reply).isCompleted();
        assertThat(heard).containsOnlyOnce("registered", "attached", "asked");
        for (String kind : List.of("up ", "down ", "on c: ")) {
            assertThat(heard.stream().filter(line -> line.startsWith(kind)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 5).mapToObj(i -> kind + i).toList());
        }
        assertThat(told.of("n1")).containsExactly("ONLINE");

        heard.clear();
        CompletableFuture<Void> clientClosed = client.closeAsync();
        world.advance(SOON);
        CompletableFuture<Void> serverClosed = server.closeAsync();
        world.advance(SOON);
        assertThat(clientClosed).isCompleted();
        assertThat(serverClosed).isCompleted();
        assertThat(heard).containsExactly("closed");
        assertThat(told.of("n1")).containsExactly("ONLINE", "OFFLINE(UNREGISTERED)");
        assertThat(server.stats().callbacks().failures()).isZero();
        assertThat(client.stats().callbacks().failures()).isZero();
        assertThat(server.stats().callbacks().redirected() > 0).isEqualTo(doing.redirects());
        assertThat(client.stats().callbacks().redirected() > 0).isEqualTo(doing.redirects());
    }

    /** That thread may hold a lock of the bus, or one of the application. */
    @Test
    void aDirectExecutorMakesNoCallbackWithinACallOfTheBus() {
        Bus bus = new Bus(3, 1, options -> options.callbackExecutor(Runnable::run));
        bus.newNode("n1");
        assertThat(bus.server.kick("n1", "a test's")).isTrue();
        assertThat(bus.told.of("n1")).containsExactly("ONLINE");
        bus.advance(SOON);

        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(KICKED)");
    }

    private record Named(String name, Executor executor) implements Executor {
        @Override
        public void execute(Runnable task) {
            executor.execute(task);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @Test
    void aDirectExecutorIsLoggedOnceWithTheRemedy() throws IOException {
        Bus bus = new Bus(3, 1, options -> options.callbackExecutor(new Named("direct-log-1", Runnable::run)));
        for (int i = 0; i < 10; i++) {
            bus.newNode("n" + i);
        }

        assertThat(LogFile.entries("direct-log-1"))
                .singleElement()
                .asString()
                .contains("WARN", "worker threads", "threads of its own", "caller-runs");
    }

    @Test
    void refusalsAreLoggedMoreAndMoreRarely() throws IOException {
        Bus bus = new Bus(
                3,
                1,
                options -> options.callbackExecutor(new Named("refusing-log-1", task -> {
                    throw new RejectedExecutionException("full");
                })));
        for (int i = 0; i < 10; i++) {
            bus.newNode("n" + i);
        }

        assertThat(bus.server.stats().callbacks().redirected()).isEqualTo(10);
        assertThat(LogFile.entries("refusing-log-1"))
                .hasSize(4)
                .allMatch(line -> line.contains("WARN") && line.contains("RejectedExecutionException"));
    }

    /** An executor that drops a task in silence cannot be noticed; nothing else suffers. */
    @Test
    void aTaskThatIsDroppedHoldsItsOwnNodeUpAndNoOther() {
        List<Runnable> dropped = new ArrayList<>();
        Bus[] made = new Bus[1];
        Bus bus = new Bus(
                3,
                1,
                options -> options.callbackExecutor(task -> {
                    if (dropped.isEmpty()) {
                        dropped.add(task);
                    } else {
                        made[0].serverHost.transport().environment().workers().execute(task);
                    }
                }));
        made[0] = bus;
        bus.newNode("n1");
        bus.newNode("n2");
        bus.advance(SOON);
        assertThat(bus.told.of("n1")).isEmpty();
        assertThat(bus.told.of("n2")).containsExactly("ONLINE");

        CompletableFuture<Void> closed = bus.server.closeAsync();
        bus.advance(Duration.ofSeconds(12));
        assertThat(closed).isCompleted();
    }

    /** An application that has ended its executor too soon still hears of the end. */
    @Test
    void closingNeedsNoExecutorThatRuns() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        boolean[] ended = {false};
        Executor executor = task -> {
            if (ended[0]) {
                throw new RejectedExecutionException("shut down");
            }
            tasks.add(task);
        };
        Bus bus = new Bus(3, 1, options -> options.callbackExecutor(executor));
        Host host = bus.world.newHost("client");
        ClientRecorder told = new ClientRecorder();
        HeartbeatClient client =
                bus.client(host, "n1").callbackExecutor(executor).listener(told).connect();
        bus.advance(SOON);
        assertThat(told.events()).isEmpty();
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        ended[0] = true;
        CompletableFuture<Void> clientClosed = client.closeAsync();
        bus.advance(SOON);
        CompletableFuture<Void> serverClosed = bus.server.closeAsync();
        bus.advance(SOON);

        assertThat(clientClosed).isCompleted();
        assertThat(serverClosed).isCompleted();
        assertThat(told.events())
                .containsExactly("connected", "registered", "disconnected UNREGISTERED", "closed UNREGISTERED");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(UNREGISTERED)");
    }

    @Test
    void callsThatWaitRefuseInACallbackThere() {
        List<Throwable> refusals = new ArrayList<>();
        CompletableFuture<HeartbeatClient> self = new CompletableFuture<>();
        Bus bus = new Bus(3, 1, options -> options);
        Host host = bus.world.newHost("client");
        Executor workers = host.transport().environment().workers();
        self.complete(bus.client(host, "n1")
                .callbackExecutor(task -> workers.execute(task))
                .listener(new ClientListener() {
                    @Override
                    public void onRegistered(Registered registered) {
                        for (Runnable waiting : List.<Runnable>of(
                                self.join()::close,
                                bus.server::close,
                                () -> self.join()
                                        .request(text("?"), Duration.ofSeconds(1))
                                        .join())) {
                            try {
                                waiting.run();
                            } catch (IllegalStateException refusal) {
                                refusals.add(refusal);
                            }
                        }
                    }
                })
                .connect());
        bus.advance(SOON);

        assertThat(refusals).hasSize(3);
        assertThat(refusals.get(2)).hasMessageContaining("a callback of client n1");
    }

    @Test
    void nullIsRefused() {
        assertThatThrownBy(() -> HeartbeatClient.builder().callbackExecutor(none()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("callbackExecutor");
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // As a careless caller gives it.
    private static <T> T none() {
        return null;
    }
}
