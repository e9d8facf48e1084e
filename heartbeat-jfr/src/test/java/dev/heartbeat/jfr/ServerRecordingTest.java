package dev.heartbeat.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.OverloadCause;
import dev.heartbeat.OverloadLevel;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recording of the JDK has what happens to a server. */
@Timeout(30)
@Tag("once")
final class ServerRecordingTest {
    private static final String LOOPBACK = "127.0.0.1";
    /** More than a tick and the 500 ms that are no stall. */
    private static final Duration LONG = Duration.ofMillis(800);

    private static final List<Class<? extends Event>> EVENTS = List.of(
            LoopStallEvent.class,
            WriteStallEvent.class,
            OverloadEvent.class,
            MassGuardEvent.class,
            TakeoverEvent.class,
            DuplicateIdentityEvent.class,
            SlowCallbackEvent.class);

    @TempDir
    private Path folder;

    private final Recording recording = new Recording();

    @BeforeEach
    void begin() {
        EVENTS.forEach(recording::enable);
        // Counts are read at the end, and so have all that a test did.
        List.of(LoopStallEvent.class, WriteStallEvent.class, OverloadEvent.class)
                .forEach(event -> recording.enable(event).with("period", "endChunk"));
        recording.start();
    }

    @AfterEach
    void end() {
        recording.close();
    }

    private List<RecordedEvent> recorded(String... names) throws IOException {
        recording.stop();
        Path file = folder.resolve("test.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> Stream.of(names)
                        .anyMatch(name -> event.getEventType().getName().equals("dev.heartbeat." + name)))
                .toList();
    }

    private static HeartbeatServer.Builder server() {
        return HeartbeatServer.builder()
                .host(LOOPBACK)
                .port(0)
                .transport("nio")
                .transportOptions(options -> options.eventLoops(1))
                .heartbeatInterval(Duration.ofMillis(50));
    }

    private static HeartbeatClient client(HeartbeatServer server, String id) {
        return HeartbeatClient.builder()
                .host(LOOPBACK)
                .port(server.localAddress().getPort())
                .nodeId(id)
                .transport("nio")
                .connect();
    }

    @Test
    void aChangeOfTheMassGuardIsAnEvent() throws IOException {
        NodeListener listener = ServerRecording.listener();

        listener.onMassGuard(new MassGuardStatus(MassGuardStatus.Phase.RELEASING, 7, 10, 5, 2, Duration.ofSeconds(3)));

        assertThat(recorded("MassGuard")).singleElement().satisfies(event -> {
            assertThat(event.getString("phase")).isEqualTo("RELEASING");
            assertThat(event.getLong("suspects")).isEqualTo(7);
            assertThat(event.getLong("nodes")).isEqualTo(10);
            assertThat(event.getLong("held")).isEqualTo(5);
            assertThat(event.getLong("released")).isEqualTo(2);
            assertThat(event.getDuration("engagedFor")).isEqualTo(Duration.ofSeconds(3));
            assertThat(event.getStackTrace()).isNull();
        });
    }

    @Test
    void aTakeoverIsAnEventOfTheReplacedNode() throws Exception {
        CompletableFuture<Long> replaced = new CompletableFuture<>();
        try (HeartbeatServer server = server().listener(ServerRecording.listener())
                        .listener(new NodeListener() {
                            @Override
                            public void onOffline(Node node, OfflineReason reason) {
                                replaced.complete(node.epoch());
                            }
                        })
                        .start();
                HeartbeatClient first = client(server, "node")) {
            first.registered().get(10, TimeUnit.SECONDS);
            try (HeartbeatClient second = client(server, "node")) {
                second.registered().get(10, TimeUnit.SECONDS);
                long epoch = replaced.get(10, TimeUnit.SECONDS);

                assertThat(recorded("Takeover")).singleElement().satisfies(event -> {
                    assertThat(event.getString("nodeId")).isEqualTo("node");
                    assertThat(event.getLong("epoch")).isEqualTo(epoch);
                    assertThat(event.getString("remoteAddress")).contains(LOOPBACK);
                });
            }
        }
    }

    @Test
    void aLoopThatWasStoppedIsAnEventOfItsTime() throws Exception {
        boolean[] stop = new boolean[1];
        try (HeartbeatServer server = server().heartbeatTimeout(Duration.ofMillis(150))
                        .layer((below, above) -> {
                            if (stop[0]) {
                                spin(LONG);
                            }
                            return above.onOpen(below);
                        })
                        .start();
                HeartbeatClient node = client(server, "node")) {
            node.registered().get(10, TimeUnit.SECONDS);
            int port = server.localAddress().getPort();
            try (ServerRecording watched = ServerRecording.of(server)) {
                stop[0] = true;
                try (HeartbeatClient second = client(server, "second")) {
                    second.registered().get(10, TimeUnit.SECONDS);
                }
                await(() -> server.stats().loops().stalls() > 0);

                assertThat(recorded("LoopStall")).singleElement().satisfies(event -> {
                    assertThat(event.getInt("port")).isEqualTo(port);
                    assertThat(event.getLong("stalls")).isPositive();
                    assertThat(event.getDuration("stalledTime")).isPositive();
                });
            }
        }
    }

    @Test
    void connectionsThatTookNothingAreAnEventOfThePeriod() throws IOException {
        AtomicLong count = new AtomicLong(5);
        WriteStallEvent.Reader reader = new WriteStallEvent.Reader(9501, count::get);

        reader.run();
        count.set(7);
        reader.run();
        reader.run();

        assertThat(recorded("WriteStall")).singleElement().satisfies(event -> {
            assertThat(event.getInt("port")).isEqualTo(9501);
            assertThat(event.getLong("connections")).isEqualTo(2);
        });
    }

    @Test
    void eachOtherLevelOfOverloadIsAnEvent() throws IOException {
        AtomicReference<OverloadLevel> level = new AtomicReference<>(OverloadLevel.NONE);
        OverloadEvent.Reader reader = new OverloadEvent.Reader(
                9501, level::get, () -> level.get() == OverloadLevel.NONE ? null : OverloadCause.HEAP);

        reader.run();
        for (OverloadLevel next : List.of(OverloadLevel.REFUSING, OverloadLevel.REFUSING, OverloadLevel.NONE)) {
            level.set(next);
            reader.run();
        }

        assertThat(recorded("Overload"))
                .extracting(event -> event.getString("level") + " by " + event.getString("cause"))
                .containsExactly("REFUSING by HEAP", "NONE by null");
    }

    @Test
    void aCalmServerMakesNoEvents() throws IOException {
        try (HeartbeatServer server = server().start();
                ServerRecording watched = ServerRecording.of(server)) {
            assertThat(recorded("Overload", "WriteStall", "MassGuard")).isEmpty();
        }
    }

    @Test
    void aSlowCallIsAnEventAlsoIfItThrows() throws IOException {
        NodeListener timed = ServerRecording.timedListener(new NodeListener() {
            @Override
            public void onMassGuard(MassGuardStatus status) {
                if (status.isEngaged()) {
                    spin(Duration.ofMillis(30));
                    throw new IllegalStateException("slow");
                }
            }
        });

        timed.onMassGuard(status(MassGuardStatus.Phase.PASSING));
        assertThatThrownBy(() -> timed.onMassGuard(status(MassGuardStatus.Phase.HOLDING)))
                .isInstanceOf(IllegalStateException.class);

        assertThat(recorded("SlowCallback")).singleElement().satisfies(event -> {
            assertThat(event.getString("callback")).isEqualTo("onMassGuard");
            assertThat(event.getString("nodeId")).isNull();
            assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(30));
        });
    }

    private static MassGuardStatus status(MassGuardStatus.Phase phase) {
        return new MassGuardStatus(phase, 0, 0, 0, 0, Duration.ZERO);
    }

    @Test
    void aTimedListenerPassesEachCallOn() throws ReflectiveOperationException {
        List<String> calls = new ArrayList<>();
        NodeListener all = (NodeListener) Proxy.newProxyInstance(
                NodeListener.class.getClassLoader(), new Class<?>[] {NodeListener.class}, (proxy, call, arguments) -> {
                    calls.add(call.getName());
                    return null;
                });
        NodeListener timed = ServerRecording.timedListener(all);
        List<String> names = new ArrayList<>();
        for (Method call : NodeListener.class.getMethods()) {
            names.add(call.getName());
            call.invoke(timed, new Object[call.getParameterCount()]);
        }

        assertThat(calls).hasSizeGreaterThan(5).isEqualTo(names);
    }

    @Test
    void aTimedHandlerOfMessagesAndOneOfRequestsAreTimedByTheirNode() throws Exception {
        CountDownLatch handled = new CountDownLatch(2);
        try (HeartbeatServer server = server().onMessage(ServerRecording.timedMessages((from, message) -> {
                            spin(Duration.ofMillis(30));
                            handled.countDown();
                        }))
                        .onRequest(ServerRecording.timedRequests((from, request) -> {
                            spin(Duration.ofMillis(30));
                            request.fail("no");
                            handled.countDown();
                        }))
                        .start();
                HeartbeatClient node = client(server, "node")) {
            node.registered().get(10, TimeUnit.SECONDS);
            node.trySend(ByteBuffer.allocate(1));
            node.request(ByteBuffer.allocate(1), Duration.ofSeconds(5));
            assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(recorded("SlowCallback"))
                .extracting(event -> event.getString("callback") + " of " + event.getString("nodeId"))
                .containsExactlyInAnyOrder("onMessage of node", "onRequest of node");
    }

    @Test
    void theEndOfAServerMayComeBeforeThatOfItsRecording() throws IOException {
        HeartbeatServer server = server().start();
        ServerRecording watched = ServerRecording.of(server);
        server.close();
        recorded("Overload");

        watched.close();
        watched.close();
    }

    /** The page lists each event with its fields. */
    @Test
    void thePageHasEachEventWithItsFields() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "MONITORING.md"));
        Matcher row = Pattern.compile("(?m)^\\| `(dev\\.heartbeat\\.\\w+)` \\| [^|]+ \\| ([^|]+) \\|$")
                .matcher(page);
        Set<String> onThePage = new TreeSet<>();
        while (row.find()) {
            String fields = Pattern.compile("`(\\w+)`")
                    .matcher(row.group(2))
                    .results()
                    .map(field -> field.group(1))
                    .sorted()
                    .collect(Collectors.joining(" "));
            onThePage.add(row.group(1) + ": " + fields);
        }
        EVENTS.forEach(FlightRecorder::register);
        Set<String> known = FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .filter(type -> type.getName().startsWith("dev.heartbeat."))
                .map(ServerRecordingTest::described)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(onThePage).isEqualTo(known).hasSameSizeAs(EVENTS);
    }

    private static String described(EventType type) {
        Set<String> ofEach = Set.of("startTime", "duration", "eventThread", "stackTrace");
        return type.getName() + ": "
                + type.getFields().stream()
                        .map(ValueDescriptor::getName)
                        .filter(name -> !ofEach.contains(name))
                        .sorted()
                        .collect(Collectors.joining(" "));
    }

    private static void spin(Duration time) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            Thread.onSpinWait();
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("the time is over").isFalse();
            Thread.onSpinWait();
        }
    }
}
