package dev.heartbeat.sockets;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names that take their time, and the threads that wait for them. */
final class JvmResolverTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final CountDownLatch slow = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final CompletableFuture<Thread> thread = new CompletableFuture<>();
    private final JvmResolver resolver = new JvmResolver(2, 1, this::addressesOf);

    private InetAddress[] addressesOf(String host) throws IOException {
        asked.incrementAndGet();
        thread.complete(Thread.currentThread());
        if (host.startsWith("slow")) {
            await(slow);
        } else if (host.startsWith("unknown")) {
            throw new UnknownHostException(host);
        } else if (host.startsWith("broken")) {
            throw new NoSuchMethodError("planted");
        }
        return new InetAddress[] {HERE};
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @AfterEach
    void end() {
        slow.countDown();
        resolver.end();
    }

    private CompletableFuture<List<InetAddress>> resolve(String host) {
        return resolver.resolve(host).toCompletableFuture();
    }

    @Test
    void slowNameDelaysNoOther() throws Exception {
        CompletableFuture<List<InetAddress>> waiting = resolve("slow");
        assertThat(resolve("quick").get(30, SECONDS)).containsExactly(HERE);
        assertThat(waiting).isNotDone();
        slow.countDown();
        assertThat(waiting.get(30, SECONDS)).containsExactly(HERE);
    }

    @Test
    void sameNameIsAskedOnceAtATime() throws Exception {
        CompletableFuture<List<InetAddress>> one = resolve("slow");
        CompletableFuture<List<InetAddress>> other = resolve("slow");
        assertThat(one.cancel(false)).as("which is nobody else's business").isTrue();
        slow.countDown();
        assertThat(other.get(30, SECONDS)).containsExactly(HERE);
        assertThat(asked).hasValue(1);
        assertThat(resolve("slow").get(30, SECONDS)).containsExactly(HERE);
        assertThat(asked).hasValue(2);
    }

    @Test
    void lookUpWithoutPlaceFailsAtOnce() throws Exception {
        List<CompletableFuture<List<InetAddress>>> taken =
                List.of(resolve("slow1"), resolve("slow2"), resolve("slow3"));
        assertThatThrownBy(() -> resolve("quick").get(30, SECONDS))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("2 look-ups run and 1 wait already");
        slow.countDown();
        for (CompletableFuture<List<InetAddress>> one : taken) {
            assertThat(one.get(30, SECONDS)).containsExactly(HERE);
        }
        assertThat(resolve("quick").get(30, SECONDS)).containsExactly(HERE);
    }

    @Test
    void failuresAreTheAnswer() {
        assertThatThrownBy(() -> resolve("unknown").get(30, SECONDS)).hasCauseInstanceOf(UnknownHostException.class);
        assertThatThrownBy(() -> resolve("broken").get(30, SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(NoSuchMethodError.class);
    }

    @Test
    void threadsKeepNoProcessAlive() throws Exception {
        resolve("quick").get(30, SECONDS);
        assertThat(thread.get().isDaemon()).isTrue();
        assertThat(thread.get().getName()).isEqualTo("heartbeat-names-0");
    }

    @Test
    void interruptByTheEndIsNotTheReason() throws Exception {
        // The first to fail holds the end up until the other's own thread has failed it.
        CompletableFuture<List<InetAddress>> one = resolve("slow1");
        CompletableFuture<List<InetAddress>> other = resolve("slow2");
        one.whenComplete((addresses, failure) -> awaitEnd(other));
        other.whenComplete((addresses, failure) -> awaitEnd(one));
        resolver.end();
        for (CompletableFuture<List<InetAddress>> each : List.of(one, other)) {
            assertThatThrownBy(() -> each.get(30, SECONDS)).hasMessageContaining("the transport is closed");
        }
    }

    private static void awaitEnd(CompletableFuture<?> future) {
        future.handle((value, failure) -> value).orTimeout(30, SECONDS).join();
    }

    @Test
    void endTellsWhoeverWaits() {
        List<CompletableFuture<List<InetAddress>>> waiting =
                List.of(resolve("slow1"), resolve("slow2"), resolve("slow3"));
        resolver.end();
        assertThat(waiting)
                .allSatisfy(one ->
                        assertThatThrownBy(() -> one.get(30, SECONDS)).hasMessageContaining("the transport is closed"));
        assertThatThrownBy(() -> resolve("quick").get(30, SECONDS)).hasMessageContaining("the transport is closed");
    }
}
