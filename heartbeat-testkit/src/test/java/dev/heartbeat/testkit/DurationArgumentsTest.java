package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.testkit.Scene.Held;
import dev.heartbeat.testkit.Scene.Stage;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Durations beyond reason: what is too long is capped, what is negative is refused by its name, and
 * zero waits for nothing. Numbers of options likewise.
 */
final class DurationArgumentsTest {
    private static final List<Duration> NEGATIVE =
            List.of(Duration.ofNanos(-1), Duration.ofSeconds(-1), Duration.ofSeconds(Long.MIN_VALUE));
    private static final List<Duration> ODD = List.of(
            Duration.ZERO, Duration.ofNanos(1), Duration.ofMillis(Long.MAX_VALUE), ChronoUnit.FOREVER.getDuration());

    /** These wait, and nobody would let time pass meanwhile. */
    private static final Set<String> WAITING = Set.of("shutdown", "receive");

    private final ApiCalls calls = new ApiCalls();

    DurationArgumentsTest() {
        calls.add(ChannelOptions.class, ChannelOptions.defaults());
        calls.add(String.class, "n1");
    }

    private static boolean takesDuration(Executable member) {
        return Arrays.asList(member.getParameterTypes()).contains(Duration.class);
    }

    private Object[] arguments(Executable member, Duration duration) {
        Object[] arguments = calls.arguments(member);
        arguments[List.of(member.getParameterTypes()).indexOf(Duration.class)] = duration;
        return arguments;
    }

    private static String durationOf(Executable member) {
        return ApiCalls.nameOf(member, List.of(member.getParameterTypes()).indexOf(Duration.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"REGISTERED", "CLOSED"})
    void aNegativeOneIsRefusedByItsNameAndNothingChanges(Stage stage) {
        Scene untouched = new Scene(stage);
        Scene tried = new Scene(stage);
        List<String> wrong = new ArrayList<>();
        for (Held held : tried.held()) {
            for (Executable method : ApiCalls.members(held.type()).toList()) {
                for (Duration negative : takesDuration(method) ? NEGATIVE : List.<Duration>of()) {
                    Throwable thrown = ApiCalls.thrownBy(method, held.it(), arguments(method, negative));
                    if (!isRefusalOf(durationOf(method), thrown)) {
                        wrong.add(held.what() + ": " + ApiCalls.textOf(method) + " of " + negative + ": " + thrown);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(tried.restOfItsLife()).isEqualTo(untouched.restOfItsLife());
    }

    private static boolean isRefusalOf(String name, @Nullable Throwable thrown) {
        return thrown instanceof IllegalArgumentException
                && String.valueOf(thrown.getMessage()).startsWith(name + " is ")
                && String.valueOf(thrown.getMessage()).contains("allowed is");
    }

    @Test
    void anOddOneIsTakenAsFarAsItGoes() throws InvocationTargetException {
        List<String> wrong = new ArrayList<>();
        int tried = 0;
        for (int i = 0; i < new Scene(Stage.REGISTERED).held().size(); i++) {
            for (Executable method : ApiCalls.members(
                            new Scene(Stage.REGISTERED).held().get(i).type())
                    .toList()) {
                if (!takesDuration(method) || WAITING.contains(method.getName())) {
                    continue;
                }
                for (Duration odd : ODD) {
                    Scene scene = new Scene(Stage.REGISTERED);
                    Held held = scene.held().get(i);
                    String call = held.what() + ": " + ApiCalls.textOf(method) + " of " + odd;
                    if (held.type() == Channel.class && isRefusedByDelivery((Channel) held.it(), method)) {
                        continue;
                    }
                    tried++;
                    CompletableFuture<?> result =
                            (CompletableFuture<?>) ApiCalls.resultOf(method, held.it(), arguments(method, odd));
                    boolean isTimeout = !method.getName().equals("shutdownAsync");
                    if (odd.isZero() && isTimeout && !(failureOf(result) instanceof TimeoutException)) {
                        wrong.add(call + ": " + failureOf(result));
                    }
                    scene.world.advance(Duration.ofSeconds(3));
                    if (failureOf(result) instanceof ArithmeticException
                            || !scene.world.escaped().isEmpty()) {
                        wrong.add(call + ": " + failureOf(result) + scene.world.escaped());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(70);
    }

    /** A pull of a channel that pushes. */
    private static boolean isRefusedByDelivery(Channel channel, Executable method) {
        return method.getName().startsWith("receive") && channel.name().equals("push");
    }

    private static @Nullable Throwable failureOf(@Nullable CompletableFuture<?> future) {
        return Objects.requireNonNull(future).isCompletedExceptionally()
                ? future.handle((result, failure) -> failure).getNow(null)
                : null;
    }

    @Test
    void aRequestThatMayTakeNoTimeIsNotSent() {
        Scene scene = new Scene(Stage.REGISTERED);
        Scene untouched = new Scene(Stage.REGISTERED);
        for (int i = 0; i < 100; i++) {
            scene.client.request(java.nio.ByteBuffer.allocate(8), Duration.ZERO);
            scene.server.request("n1", java.nio.ByteBuffer.allocate(8), Duration.ZERO);
            scene.server.request("n2", java.nio.ByteBuffer.allocate(8), Duration.ZERO);
        }
        assertThat(scene.restOfItsLife()).isEqualTo(untouched.restOfItsLife());
    }

    @Test
    void aReceiveThatMayTakeNoTimeReturns() throws InterruptedException {
        Scene scene = new Scene(Stage.REGISTERED);
        for (Held held : scene.held()) {
            if (held.it() instanceof Channel channel && channel.name().equals("pull")) {
                assertThat(channel.receive(Duration.ZERO)).isNull();
            }
        }
    }

    // ---- options

    /** Each option alone, at its worst. */
    @Test
    void anOptionIsTakenOrRefusedByItsName() {
        List<String> wrong = new ArrayList<>();
        wrong.addAll(wrongOptions(
                HeartbeatServer.Builder.class,
                () -> HeartbeatServer.builder()
                        .transport(new Simulation(1).newHost("host").transport())));
        wrong.addAll(wrongOptions(
                HeartbeatClient.Builder.class,
                () -> HeartbeatClient.builder()
                        .nodeId("n1")
                        .transport(new Simulation(1).newHost("host").transport())));
        wrong.addAll(wrongOptions(ChannelOptions.Builder.class, ChannelOptions::builder));
        wrong.addAll(wrongOptions(TransportOptions.Builder.class, TransportOptions::builder));
        assertThat(wrong).isEmpty();
    }

    private List<String> wrongOptions(Class<?> type, Supplier<Object> fresh) {
        List<String> wrong = new ArrayList<>();
        ApiCalls.members(type).filter(ApiCalls::isOfObject).forEach(setter -> {
            for (int i = 0; i < setter.getParameterCount(); i++) {
                for (Object worst : worst(setter.getParameterTypes()[i])) {
                    Object builder = fresh.get();
                    Object[] arguments = calls.arguments(setter);
                    arguments[i] = worst;
                    Throwable thrown = ApiCalls.thrownBy(setter, builder, arguments);
                    if (thrown == null) {
                        thrown = thrownByMaking(builder);
                    }
                    boolean mustFail = worst instanceof Duration given && given.isNegative();
                    if (thrown == null ? mustFail : !(thrown instanceof IllegalArgumentException)) {
                        wrong.add(ApiCalls.textOf(setter) + " of " + worst + ": " + thrown);
                    }
                }
            }
        });
        return wrong;
    }

    private static List<Object> worst(Class<?> type) {
        List<Object> worst = new ArrayList<>();
        if (type == Duration.class) {
            worst.addAll(NEGATIVE);
            worst.addAll(ODD);
        } else if (type == int.class) {
            worst.addAll(List.of(Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE));
        } else if (type == long.class) {
            worst.addAll(List.of(Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE));
        } else if (type == double.class) {
            worst.addAll(List.of(Double.NaN, -1.0, 0.0, Double.POSITIVE_INFINITY));
        } else if (type == String.class) {
            worst.addAll(List.of("", "a b", "\uD800", "x".repeat(5000)));
        }
        return worst;
    }

    private static @Nullable Throwable thrownByMaking(Object builder) {
        try {
            if (builder instanceof HeartbeatServer.Builder server) {
                CompletableFuture<?> unused =
                        // A name is looked up, for which time would have to pass.
                        server.startAsync();
            } else if (builder instanceof HeartbeatClient.Builder client) {
                CompletableFuture<Void> unused = client.connect().closeAsync();
            } else if (builder instanceof ChannelOptions.Builder channel) {
                ChannelOptions unused = channel.build();
            } else if (builder instanceof TransportOptions.Builder transport) {
                TransportOptions unused = transport.build();
            }
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Test
    void timesThatDoNotGoTogetherAreNamedAsTheyWereSet() {
        HeartbeatServer.Builder slow = HeartbeatServer.builder().heartbeatInterval(Duration.ofSeconds(60));
        assertThatThrownBy(slow::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heartbeatInterval is 60 s, allowed is 10 ms to 12.5 s,"
                        + " since heartbeatTimeout is 30 s (default)");
        assertThatThrownBy(() -> HeartbeatServer.builder()
                        .suspectAfter(Duration.ofSeconds(5))
                        .start())
                .hasMessage(
                        "suspectAfter is 5 s, allowed is 20 s to 604800 s, since heartbeatInterval is 10 s (default)");
        assertThatThrownBy(() -> HeartbeatServer.builder()
                        .suspectAfter(Duration.ofSeconds(40))
                        .start())
                .hasMessage(
                        "heartbeatTimeout is 30 s (default), allowed is 40.001 s to 604800 s, since suspectAfter is 40 s");
        assertThatThrownBy(() -> HeartbeatServer.builder()
                        .heartbeatTimeout(Duration.ofSeconds(5))
                        .start())
                .hasMessage("heartbeatTimeout is 5 s, allowed is 24 s to 604800 s,"
                        + " since heartbeatInterval is 10 s (default)");
    }
}
