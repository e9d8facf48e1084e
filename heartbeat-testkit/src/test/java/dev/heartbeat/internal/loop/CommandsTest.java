package dev.heartbeat.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.fake.FakeLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Another thread sends a loop more commands than it may run before it looks at its sockets again.
 */
final class CommandsTest {
    private static final int COMMANDS = 100_000;
    private static final int PER_TURN = 1024;

    private final FakeLoop loop = new FakeLoop();
    private final Shard shard = Shard.of(loop);
    private final List<Integer> run = new ArrayList<>();

    @Test
    void socketsAreLookedAtInBetween() {
        IntStream.range(0, COMMANDS).forEach(i -> shard.execute(() -> run.add(i)));
        int turns = 0;
        while (run.size() < COMMANDS) {
            int before = run.size();
            loop.turn(0, () -> {});
            turns++;
            assertThat(run.size() - before).isBetween(1, PER_TURN);
        }
        assertThat(turns).isEqualTo(COMMANDS / PER_TURN + 1);
        assertThat(run).isSorted();
    }

    @Test
    void commandsBehindAThrowingOneRun() {
        shard.execute(() -> {
            throw new IllegalStateException("planted");
        });
        IntStream.range(0, PER_TURN).forEach(i -> shard.execute(() -> run.add(i)));
        loop.turn(0, () -> {});
        loop.turn(0, () -> {});
        assertThat(run).hasSize(PER_TURN);
    }

    @Test
    void errorIsNotTheEndOfCommands() {
        for (int round = 1; round <= 3; round++) {
            shard.execute(() -> {
                throw new NoSuchMethodError("planted");
            });
            shard.execute(() -> run.add(0));
            loop.turn(0, () -> {});
            assertThat(run).hasSize(round);
            assertThat(loop.failures().count()).isEqualTo(round);
        }
    }

    @Test
    void loopWithoutMemoryForATaskIsAskedAgain() {
        loop.refuseTasks(new OutOfMemoryError("planted"));
        assertThatThrownBy(() -> shard.execute(() -> run.add(1))).isInstanceOf(OutOfMemoryError.class);
        loop.refuseTasks(null);
        shard.execute(() -> run.add(2));
        loop.turn(0, () -> {});
        assertThat(run).containsExactly(1, 2);
    }

    @Test
    void throwingStallCounterDoesNotStopTheClock() {
        Error planted = new NoSuchMethodError("planted");
        shard.observe(new Shard.Observer() {
            @Override
            public void onStall(long stalledNs) {
                throw planted;
            }

            @Override
            public void onWake(long lateNs) {
                throw planted;
            }
        });
        Deadline due = new Deadline(() -> run.add(1));
        shard.arm(due, 1_000_000);
        loop.stopFor(2_000_000_000);
        loop.turn(0, () -> {});
        loop.turn(0, () -> {});
        assertThat(shard.stalls()).isOne();
        assertThat(run).containsExactly(1);
    }

    @Test
    void commandsThatComeInBetweenFollow() {
        IntStream.range(0, PER_TURN + 1).forEach(i -> shard.execute(() -> run.add(i)));
        loop.turn(0, () -> {});
        shard.execute(() -> run.add(PER_TURN + 1));
        loop.turn(0, () -> {});
        loop.turn(0, () -> {});
        assertThat(run).hasSize(PER_TURN + 2).isSorted();
    }

    @Test
    void loopThatEndsRunsAllOfThem() {
        IntStream.range(0, COMMANDS).forEach(i -> shard.execute(() -> run.add(i)));
        loop.end();
        assertThat(run).hasSize(COMMANDS).isSorted();
    }

    @Test
    void taskBehindCommandsRunsInTheirTurn() {
        shard.execute(() -> shard.executeBehind(() -> run.add(3)));
        shard.execute(() -> run.add(1));
        shard.execute(() -> run.add(2));
        loop.turn(0, () -> {});
        assertThat(run).containsExactly(1, 2, 3);
    }

    @Test
    void taskBehindDoesNotWaitForEndlessCommands() {
        Runnable endless = new Runnable() {
            @Override
            public void run() {
                shard.execute(this);
            }
        };
        shard.execute(() -> shard.executeBehind(() -> run.add(1)));
        shard.execute(endless);
        loop.turn(0, () -> {});
        assertThat(run).containsExactly(1);
    }

    @Test
    void taskBehindNoCommandRunsAllTheSame() {
        shard.executeBehind(() -> run.add(1));
        loop.turn(0, () -> {});
        assertThat(run).containsExactly(1);
    }
}
