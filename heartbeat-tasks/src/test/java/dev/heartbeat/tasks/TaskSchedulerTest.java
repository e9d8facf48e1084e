package dev.heartbeat.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks run when they are planned, never overlap themselves, and end in order. */
final class TaskSchedulerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Simulation sim = new Simulation(5);
    private final Host host = sim.newHost("host");
    private final TaskScheduler scheduler = TaskScheduler.builder()
            .environment(host.transport().environment(), host::after)
            .build();
    private final List<String> ran = new ArrayList<>();

    private void note(String what) {
        ran.add(what + " at " + sim.now().toMillis());
    }

    @Test
    void taskRunsAtEachInterval() {
        ScheduledTask task = scheduler.schedule("report", Duration.ofSeconds(10), () -> note("report"));
        sim.advance(Duration.ofSeconds(35));
        assertThat(ran).containsExactly("report at 10000", "report at 20000", "report at 30000");
        TaskStats stats = task.stats();
        assertThat(stats.runs()).isEqualTo(3);
        assertThat(stats.failures()).isZero();
        assertThat(stats.isRunning()).isFalse();
        assertThat(stats.lateness()).isZero();
        assertThat(stats.next()).isEqualTo(stats.lastRun().plusSeconds(10));
        assertThat(scheduler.tasks()).hasSize(1);
    }

    @Test
    void firstRunMayComeAtAnotherTime() {
        scheduler.schedule("a", Schedule.withDelay(SECOND).firstAfter(Duration.ZERO), () -> note("a"));
        scheduler.schedule("b", Schedule.atRate(SECOND).firstAfter(Duration.ofMillis(300)), () -> note("b"));
        sim.advance(Duration.ofMillis(1500));
        assertThat(ran).containsExactlyInAnyOrder("a at 0", "b at 300", "a at 1000", "b at 1300");
    }

    /** On threads: a simulated run takes no time. */
    @Test
    @Timeout(20)
    void runThatIsTooLongIsNeverOverlappedAndWhatItMissesIsSkipped() throws Exception {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch runs = new CountDownLatch(3);
        try (TaskScheduler real = TaskScheduler.create()) {
            ScheduledTask task = real.schedule("long", Schedule.atRate(Duration.ofMillis(10)), () -> {
                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                Thread.sleep(35);
                atOnce.decrementAndGet();
                runs.countDown();
            });
            runs.await();
            assertThat(most).hasValue(1);
            assertThat(task.stats().skipped()).isGreaterThanOrEqualTo(4);
            assertThat(task.stats().longest()).isGreaterThanOrEqualTo(Duration.ofMillis(35));
        }
    }

    @Test
    void taskThatThrowsAffectsNobodyAndRunsAgain() {
        ScheduledTask broken = scheduler.schedule("broken", SECOND, () -> {
            throw new StackOverflowError("broken");
        });
        scheduler.schedule("well", SECOND, () -> note("well"));
        sim.advance(Duration.ofMillis(5500));
        assertThat(ran).hasSize(5);
        assertThat(broken.stats().runs()).isEqualTo(5);
        assertThat(broken.stats().failures()).isEqualTo(5);
        assertThat(broken.stats().lastFailure()).hasMessage("broken");
    }

    /** A condition that throws is a failure of the run, which took no time. */
    @Test
    void conditionThatThrowsIsCountedAndTheTaskGoesOn() {
        TaskScheduler odd = TaskScheduler.builder()
                .environment(host.transport().environment(), host::after)
                .runsWhile(() -> {
                    throw new IllegalStateException("a condition");
                })
                .build();
        ScheduledTask task = odd.schedule("a", SECOND, () -> note("a"));
        sim.advance(Duration.ofMillis(2500));
        assertThat(ran).isEmpty();
        assertThat(task.stats().failures()).isEqualTo(2);
        assertThat(task.stats().longest()).isZero();
        assertThat(task.stats().lastFailure()).hasMessage("a condition");
    }

    @Test
    void cancelledTaskRunsNoMoreAndItsNameIsFree() {
        ScheduledTask task = scheduler.schedule("a", SECOND, () -> note("a"));
        assertThatThrownBy(() -> scheduler.schedule("a", SECOND, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a task a is scheduled already; cancel it first");
        task.cancel();
        task.cancel();
        assertThat(task.runNow()).isFalse();
        scheduler.schedule("a", SECOND, () -> note("b"));
        sim.advance(SECOND);
        assertThat(ran).containsExactly("b at 1000");
    }

    @Test
    void taskMayScheduleItsSuccessorAndCancelItself() {
        scheduleGeneration(0);
        sim.advance(Duration.ofMillis(3500));
        assertThat(ran).containsExactly("generation 0 at 1000", "generation 1 at 2000", "generation 2 at 3000");
        assertThat(scheduler.tasks()).extracting(TaskStats::name).containsExactly("generation 3");
    }

    private void scheduleGeneration(int number) {
        ScheduledTask[] self = new ScheduledTask[1];
        self[0] = scheduler.schedule("generation " + number, SECOND, () -> {
            note("generation " + number);
            scheduleGeneration(number + 1);
            assertThat(self[0].runNow()).as("it runs").isFalse();
            self[0].cancel();
        });
    }

    @Test
    void runNowMovesThePlan() {
        ScheduledTask task = scheduler.schedule("a", Duration.ofSeconds(10), () -> note("a"));
        sim.advance(Duration.ofSeconds(4));
        assertThat(task.runNow()).isTrue();
        sim.advance(Duration.ofSeconds(20));
        assertThat(ran).containsExactly("a at 4000", "a at 14000", "a at 24000");
    }

    @Test
    void tasksRunOnlyWhileTheyMay() {
        AtomicBoolean leads = new AtomicBoolean();
        TaskScheduler member = TaskScheduler.builder()
                .environment(host.transport().environment(), host::after)
                .runsWhile(leads::get)
                .build();
        ScheduledTask task = member.schedule("once in a cluster", SECOND, () -> note("it"));
        sim.advance(Duration.ofMillis(3500));
        assertThat(task.stats().notHere()).isEqualTo(3);
        assertThat(task.stats().runs()).isZero();
        leads.set(true);
        sim.advance(SECOND);
        assertThat(ran).containsExactly("it at 4000");
    }

    @Test
    @Timeout(20)
    void closeWaitsForWhatRunsInReverseOrder() throws Exception {
        TaskScheduler real = TaskScheduler.create();
        CountDownLatch began = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        List<String> ends = Collections.synchronizedList(new ArrayList<>());
        for (String name : List.of("first", "second")) {
            boolean isFirst = name.equals("first");
            real.schedule(name, Schedule.withDelay(Duration.ofMillis(1)).firstAfter(Duration.ZERO), () -> {
                began.countDown();
                if (!isFirst) {
                    release.await();
                }
                ends.add(name);
            });
        }
        began.await();
        CompletableFuture<Void> closed = real.closeAsync(Duration.ofSeconds(10));
        assertThatThrownBy(() -> real.schedule("late", SECOND, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        int runs = Collections.frequency(ends, "first");
        while (Collections.frequency(ends, "first") < runs + 3) {
            Thread.sleep(1); // It goes on while the one behind it still runs.
        }
        assertThat(closed).isNotDone();
        release.countDown();
        closed.join();
        assertThat(ends).containsOnlyOnce("second");
        assertThat(ends.lastIndexOf("first")).isGreaterThan(ends.indexOf("first"));
        assertThat(real.tasks()).isEmpty();
    }

    @Test
    @Timeout(20)
    void taskThatNeverEndsIsInterruptedWhenPatienceIsOver() throws Exception {
        TaskScheduler real = TaskScheduler.create();
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        real.schedule("stuck", Schedule.withDelay(SECOND).firstAfter(Duration.ZERO), () -> {
            began.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        began.await();
        real.close(Duration.ofMillis(50));
        interrupted.await();
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertThatThrownBy(() -> scheduler.schedule("a", Duration.ZERO, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("delay is PT0S, allowed is 1 ms and more");
        assertThatThrownBy(() -> Schedule.atRate(Duration.ofSeconds(-1)))
                .hasMessage("interval is PT-1S, allowed is 1 ms and more");
        assertThatThrownBy(() -> scheduler.schedule(" ", SECOND, () -> {})).hasMessage("name is empty");
        assertThatThrownBy(() -> TaskScheduler.builder().threads(0)).hasMessage("threads is 0, allowed is 1 to 10000");
        assertThatThrownBy(() -> scheduler.closeAsync(Duration.ofNanos(-1))).hasMessageStartingWith("patience is PT-0");
        TaskScheduler small = TaskScheduler.builder()
                .environment(host.transport().environment(), host::after)
                .maxTasks(1)
                .build();
        small.schedule("a", SECOND, () -> {});
        assertThatThrownBy(() -> small.schedule("b", SECOND, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("there are 1 tasks already (maxTasks)");
        assertThat(ran).isEmpty();
    }
}
