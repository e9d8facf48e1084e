package dev.heartbeat.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** So many requests are handled at a time, so many wait, and the others hear why they are not answered. */
final class LimiterTest {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final int PORT = 9501;

    private final Simulation sim = new Simulation(6);
    private final Host serverHost = sim.newHost("server");
    private final Host host = sim.newHost("client");
    /** The handlers whose threads the test runs. */
    private final Queue<Runnable> threads = new ArrayDeque<>();

    private boolean hasThreads = true;
    private final List<String> handled = new ArrayList<>();
    private final Limiter limiter = Limiter.builder()
            .atOnce(2)
            .waiting(2)
            .patience(Duration.ofSeconds(3))
            .environment(environment(), serverHost::after)
            .build();
    private final HeartbeatServer server = HeartbeatServer.builder()
            .port(PORT)
            .transport(serverHost.transport())
            .onRequest(limiter.server((from, request) -> {
                String text = UTF_8.decode(request.content().duplicate()).toString();
                handled.add(text);
                if (text.startsWith("broken")) {
                    throw new IllegalStateException("a defect");
                }
                request.reply(UTF_8.encode(text + "!"));
            }))
            .start();
    private final HeartbeatClient client = HeartbeatClient.builder()
            .server(serverHost.address(), PORT)
            .nodeId("n")
            .transport(host.transport())
            .connect();

    /** That of the host, whose workers wait for the test. */
    private Environment environment() {
        Environment real = serverHost.transport().environment();
        return (Environment) Proxy.newProxyInstance(
                Environment.class.getClassLoader(),
                new Class<?>[] {Environment.class},
                (self, method, arguments) ->
                        method.getName().equals("workers") ? (Executor) this::start : method.invoke(real, arguments));
    }

    private void start(Runnable thread) {
        if (!hasThreads) {
            throw new OutOfMemoryError("no thread");
        }
        threads.add(thread);
    }

    private CompletableFuture<String> ask(String text, Duration timeout) {
        CompletableFuture<String> answer = client.request(UTF_8.encode(text), timeout)
                .thenApply(UTF_8::decode)
                .thenApply(Object::toString);
        sim.advance(SOON);
        return answer;
    }

    private CompletableFuture<String> ask(String text) {
        return ask(text, Duration.ofSeconds(30));
    }

    private static String failureOf(CompletableFuture<String> answer) {
        assertThat(answer).isCompletedExceptionally();
        return answer.handle((text, failure) -> String.valueOf(failure.getMessage()))
                .join();
    }

    @Test
    void whatIsTooMuchIsFailedAtOnceAndTheRestIsAnsweredInOrder() {
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(ask("r" + i));
        }
        assertThat(failureOf(ask("late"))).contains("2 requests wait already; try again later");
        assertThat(threads).hasSize(2);
        assertThat(limiter.stats()).isEqualTo(new LimiterStats(2, 2, 0, 1, 0, 0, 0));
        threads.remove().run();
        sim.advance(SOON);
        assertThat(handled).containsExactly("r0", "r2", "r3");
        threads.remove().run();
        sim.advance(SOON);
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThat(answers.get(3).join()).isEqualTo("r3!");
        assertThat(limiter.stats()).isEqualTo(new LimiterStats(0, 0, 4, 1, 0, 0, 0));
        assertThat(ask("again")).isNotDone();
        threads.remove().run();
        assertThat(handled).last().isEqualTo("again");
    }

    @Test
    void requestWaitsNoLongerThanItMay() {
        ask("r0");
        ask("r1");
        CompletableFuture<String> waiting = ask("r2");
        CompletableFuture<String> given = ask("r3", Duration.ofSeconds(1));
        sim.advance(Duration.ofSeconds(2));
        assertThat(given).isCompletedExceptionally();
        assertThat(waiting).isNotDone();
        sim.advance(Duration.ofSeconds(1));
        assertThat(failureOf(waiting)).contains("no turn within 3000 ms; try again later");
        threads.remove().run();
        assertThat(handled).containsExactly("r0");
        assertThat(limiter.stats().waiting()).isZero();
        assertThat(limiter.stats().timedOut()).isEqualTo(2);
    }

    @Test
    void requestThatNobodyWaitsForIsNotHandled() {
        ask("r0", Duration.ofSeconds(1));
        sim.advance(Duration.ofSeconds(2));
        threads.remove().run();
        assertThat(handled).isEmpty();
        assertThat(limiter.stats()).isEqualTo(new LimiterStats(0, 0, 0, 0, 0, 1, 0));
    }

    @Test
    void handlerThatThrowsFailsItsRequestAlone() {
        CompletableFuture<String> broken = ask("broken");
        CompletableFuture<String> well = ask("well");
        threads.remove().run();
        threads.remove().run();
        sim.advance(SOON);
        assertThat(failureOf(broken)).contains("the application failed to answer");
        assertThat(well.join()).isEqualTo("well!");
        assertThat(limiter.stats()).isEqualTo(new LimiterStats(0, 0, 2, 0, 0, 0, 1));
    }

    @Test
    void requestThatFindsNoThreadIsFailedAndItsPlaceIsFree() {
        hasThreads = false;
        assertThat(failureOf(ask("r0"))).contains("no thread can handle it");
        assertThat(limiter.stats()).isEqualTo(new LimiterStats(0, 0, 0, 1, 0, 0, 0));
        hasThreads = true;
        CompletableFuture<String> next = ask("r1");
        threads.remove().run();
        sim.advance(SOON);
        assertThat(next.join()).isEqualTo("r1!");
    }

    @Test
    void closeFailsWhatWaits() {
        CompletableFuture<String> runs = ask("r0");
        ask("r1");
        CompletableFuture<String> waits = ask("r2");
        limiter.close();
        sim.advance(SOON);
        assertThat(failureOf(waits)).contains("the handler is closed");
        assertThat(failureOf(ask("late"))).contains("the handler is closed");
        threads.remove().run();
        sim.advance(SOON);
        assertThat(runs.join()).isEqualTo("r0!");
        assertThat(server.nodes().size()).isEqualTo(1);
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertThatThrownBy(() -> Limiter.builder().atOnce(0)).hasMessage("atOnce is 0, allowed is 1 to 10000");
        assertThatThrownBy(() -> Limiter.builder().waiting(-1)).hasMessage("waiting is -1, allowed is 0 and more");
        assertThatThrownBy(() -> Limiter.builder().patience(Duration.ofSeconds(-1)))
                .hasMessage("patience is PT-1S, allowed is 0 and more");
        assertThatThrownBy(() -> limiter.server(null)).isInstanceOf(NullPointerException.class);
    }
}
