package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.HeartbeatServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A client or server that cannot be started leaves neither a thread nor a descriptor. */
final class RefusedStartTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private static HeartbeatClient.Builder client() {
        return HeartbeatClient.builder().nodeId("n1").transport(TestedTransport.name());
    }

    private static HeartbeatServer.Builder server() {
        return HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .transportOptions(options -> options.eventLoops(2))
                .transport(TestedTransport.name());
    }

    @Test
    void argumentsAreJudgedBeforeATransportIsStarted() {
        leavesNothing(
                100,
                IllegalArgumentException.class,
                () -> client().nodeId("a b").connect());
        leavesNothing(
                100,
                IllegalArgumentException.class,
                () -> client().metadata("a b", "").connect());
        leavesNothing(
                100,
                IllegalArgumentException.class,
                () -> client().server("", 1).connect());
        leavesNothing(
                100, NullPointerException.class, () -> client().listener(none()).connect());
        leavesNothing(
                100, IllegalArgumentException.class, () -> server().host("").start());
        leavesNothing(
                100,
                IllegalArgumentException.class,
                () -> server().heartbeatInterval(Duration.ofMinutes(1)).start());
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T none() {
        return null;
    }

    @Test
    void failureAfterATransportStartedClosesIt() {
        leavesNothing(
                20,
                HeartbeatException.class,
                () -> server().host("a.name")
                        .transportOptions(options -> options.resolver(host -> {
                            throw new NoClassDefFoundError("a/missing/Resolver");
                        }))
                        .start());
    }

    @Test
    void aServerWhosePortIsTakenClosesItsTransportBeforeItSaysSo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            leavesNothing(
                    20,
                    HeartbeatException.class,
                    () -> server().port(taken.getLocalPort()).start());
        }
    }

    private static void leavesNothing(int times, Class<? extends Throwable> refusal, ThrowingCallable start) {
        // The first loads classes, for which files stay open.
        assertThatThrownBy(start).isInstanceOf(refusal);
        long descriptors = descriptors();
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(start).isInstanceOf(refusal);
        }
        // A thread that has said that it ends is there for a moment longer.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while ((!threads().isEmpty() || descriptors() > descriptors) && System.nanoTime() - deadline < 0) {
            Thread.onSpinWait();
        }
        assertThat(threads()).isEmpty();
        assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("heartbeat-"))
                .toList();
    }

    /** The number of open ones; empty if the system does not say. */
    private static long descriptors() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
