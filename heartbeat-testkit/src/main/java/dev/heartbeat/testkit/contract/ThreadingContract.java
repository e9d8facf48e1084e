package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The threading of a transport: what runs where, when, and in which order.
 *
 * @since 0.1
 */
public abstract class ThreadingContract extends TransportContract {

    /** For a nested class of the transport's own test. */
    protected ThreadingContract() {}

    @Test
    void tasksRunInTheirOrderAndNeverWithinTheCall() throws Exception {
        List<Integer> ran = new ArrayList<>();
        on(loop(0), () -> {
            loop(0).execute(() -> {
                loop(0).execute(() -> ran.add(3));
                ran.add(1);
            });
            loop(0).execute(() -> ran.add(2));
            assertThat(ran).isEmpty();
        });
        turns(loop(0), 2);
        assertThat(ran).containsExactly(1, 2, 3);
    }

    @Test
    void tasksOfOtherThreadsRunOnTheLoopInTheOrderOfEach() throws Exception {
        List<int[]> ran = new ArrayList<>();
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        int each = 2_000;
        for (int sender = 0; sender < 3; sender++) {
            int id = sender;
            senders.add(CompletableFuture.runAsync(
                    () -> IntStream.range(0, each).forEach(i -> loop(0).execute(() -> ran.add(new int[] {id, i}))),
                    transport().environment().workers()));
        }
        for (CompletableFuture<Void> sender : senders) {
            await(sender);
        }
        turns(loop(0), 1);
        for (int sender = 0; sender < 3; sender++) {
            int id = sender;
            assertThat(ran.stream().filter(task -> task[0] == id).mapToInt(task -> task[1]))
                    .containsExactlyElementsOf(IntStream.range(0, each).boxed().toList());
        }
    }

    @Test
    void aTaskThatAddsItselfAgainDoesNotStarveTheSockets() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        boolean[] stop = {false};
        EventLoop loop = pair.server().connection().eventLoop();
        on(loop, () -> {
            Runnable[] again = new Runnable[1];
            again[0] = () -> {
                if (!stop[0]) {
                    loop.execute(again[0]);
                }
            };
            loop.execute(again[0]);
        });
        exchange(pair);
        on(loop, () -> stop[0] = true);
    }

    @Test
    void onlyTheLoopIsInTheLoop() throws Exception {
        assertThat(loop(0).inEventLoop()).isFalse();
        on(loop(0), () -> {
            assertThat(loop(0).inEventLoop()).isTrue();
            assertThat(loop(1).inEventLoop()).isFalse();
        });
    }

    // The agent

    @Test
    void aLoopHasOneAgent() {
        AtomicInteger made = new AtomicInteger();
        LoopAgent agent = loop(0).agent(loop -> {
            made.incrementAndGet();
            return now -> {};
        });
        assertThat(loop(0).agent(loop -> now -> {})).isSameAs(agent);
        assertThat(made).hasValue(1);
    }

    @Test
    void theAgentRunsOnceForADeadlineAndNotBeforeIt() throws Exception {
        Watch watch = new Watch(loop(0));
        long[] deadline = {0};
        on(loop(0), () -> {
            deadline[0] = loop(0).nowNs() + 2_000_000;
            loop(0).wakeAt(deadline[0]);
        });
        assertThat(await(watch.next()) - deadline[0]).isNotNegative();
        turns(loop(0), 5);
        assertThat(watch.runs()).isEqualTo(1);
    }

    @Test
    void aLaterDeadlineReplacesTheOneBefore() throws Exception {
        Watch watch = new Watch(loop(0));
        on(loop(0), () -> {
            loop(0).wakeAt(loop(0).nowNs());
            loop(0).wakeAt(loop(0).nowNs() + Long.MAX_VALUE / 2);
        });
        turns(loop(0), 5);
        assertThat(watch.runs()).isZero();

        on(loop(0), () -> {
            loop(0).wakeAt(loop(0).nowNs());
            loop(0).cancelWake();
        });
        turns(loop(0), 5);
        assertThat(watch.runs()).isZero();

        on(loop(0), () -> {
            loop(0).wakeAt(loop(0).nowNs() + Long.MAX_VALUE / 2);
            loop(0).wakeAt(loop(0).nowNs());
        });
        await(watch.next());
    }

    @Test
    void theAgentRunsAfterTheTasksWithTheSameNow() throws Exception {
        Watch watch = new Watch(loop(0));
        CompletableFuture<Long> nowOfTask = new CompletableFuture<>();
        on(loop(0), () -> {
            loop(0).wakeAt(loop(0).nowNs());
            nowOfTask.complete(loop(0).nowNs());
        });
        assertThat(await(watch.next())).isEqualTo(await(nowOfTask));
    }

    @Test
    void anAgentThatIsAlwaysDueDoesNotStarveTheSockets() throws Exception {
        boolean[] stop = {false};
        loop(0).agent(loop -> now -> {
            if (!stop[0]) {
                loop.wakeAt(now);
            }
        });
        on(loop(0), () -> loop(0).wakeAt(loop(0).nowNs()));
        exchange(pair(new End(), new End()));
        on(loop(0), () -> stop[0] = true);
    }

    // The environment

    @Test
    void theEnvironmentHasDiceAndACalendar() {
        Environment environment = transport().environment();
        assertThat(IntStream.range(0, 100).mapToLong(i -> environment.nextSecret()))
                .doesNotHaveDuplicates();
        assertThat(IntStream.range(0, 100).map(i -> environment.random().nextInt(10)))
                .allMatch(number -> number >= 0 && number < 10);
        assertThat(environment.wallClockMillis()).isPositive();
    }

    @Test
    void theEnvironmentReadsTheClockOfTheLoops() throws Exception {
        Environment environment = transport().environment();
        long before = environment.monotonicNanos();
        CompletableFuture<Long> nowOfTask = new CompletableFuture<>();
        on(loop(0), () -> nowOfTask.complete(loop(0).nowNs()));
        long now = await(nowOfTask);
        assertThat(environment.monotonicNanos() - now).isNotNegative();
        assertThat(now - before)
                .isBetween(
                        -Duration.ofSeconds(1).toNanos(), Duration.ofMinutes(1).toNanos());
    }

    /** Counts the runs of a loop's agent. */
    private static final class Watch implements LoopAgent {

        private final AtomicInteger runs = new AtomicInteger();
        private final CompletableFuture<Long> next = new CompletableFuture<>();

        Watch(EventLoop loop) {
            assertThat(loop.agent(owner -> this)).isSameAs(this);
        }

        @Override
        public void onWake(long nowNs) {
            runs.incrementAndGet();
            next.complete(nowNs);
        }

        int runs() {
            return runs.get();
        }

        CompletableFuture<Long> next() {
            return next;
        }
    }
}
