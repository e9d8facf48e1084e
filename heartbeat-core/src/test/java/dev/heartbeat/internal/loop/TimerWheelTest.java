package dev.heartbeat.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimerWheelTest {
    private static final long SECOND = 1_000_000_000L;

    private long now = -5 * SECOND;
    private final TimerWheel wheel = new TimerWheel(now, thrown -> {
        throw new AssertionError(thrown);
    });
    private final List<Integer> ran = new ArrayList<>();

    private final class Numbered extends Timer {
        private final int number;
        private Runnable then = () -> {};

        Numbered(int number) {
            this.number = number;
        }

        @Override
        protected void onDue(long nowNs) {
            ran.add(number);
            then.run();
        }
    }

    @Test
    void isNeverEarlyAndAtMostATickLate() {
        for (long delay :
                new long[] {1, TimerWheel.TICK_NS - 1, TimerWheel.TICK_NS, 3 * SECOND, 70 * SECOND, 3600 * SECOND}) {
            TimerWheel fresh = new TimerWheel(now, thrown -> {
                throw new AssertionError(thrown);
            });
            Numbered timer = new Numbered(1);
            fresh.arm(timer, now + delay);
            fresh.poll(now + delay - 1, 10);
            assertThat(ran).as("before %d ns", delay).isEmpty();
            fresh.poll(now + delay + TimerWheel.TICK_NS, 10);
            assertThat(ran).as("after %d ns", delay).containsExactly(1);
            ran.clear();
        }
    }

    @Test
    void throwingTimerHurtsNoOtherAndIsDueAgain() {
        List<Throwable> failures = new ArrayList<>();
        TimerWheel watched = new TimerWheel(now, failures::add);
        Numbered broken = new Numbered(1);
        broken.then = () -> {
            throw new NoSuchMethodError("planted");
        };
        watched.arm(broken, now);
        watched.arm(new Numbered(2), now);
        watched.poll(now, 10);
        assertThat(ran).containsExactly(1, 2);
        assertThat(failures).hasSize(1);

        broken.then = () -> {};
        watched.poll(now + SECOND - TimerWheel.TICK_NS, 10);
        assertThat(ran).hasSize(2);
        watched.poll(now + SECOND + TimerWheel.TICK_NS, 10);
        assertThat(ran).containsExactly(1, 2, 1);
        assertThat(watched.size()).isZero();
    }

    @Test
    void workIsBoundedAndGoesOn() {
        for (int i = 0; i < 10; i++) {
            wheel.arm(new Numbered(i), now + SECOND);
        }
        now += 2 * SECOND;
        assertThat(wheel.poll(now, 4)).isEqualTo(4);
        assertThat(wheel.nextDeadlineNs()).isLessThanOrEqualTo(now);
        assertThat(wheel.poll(now, 4)).isEqualTo(4);
        assertThat(wheel.poll(now, 4)).isEqualTo(2);
        assertThat(ran).hasSize(10).doesNotHaveDuplicates();
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void cancelledTimerDoesNotRunEvenWhenItIsAlreadyBeingWorkedOff() {
        Numbered first = new Numbered(1);
        Numbered second = new Numbered(2);
        first.then = () -> wheel.cancel(second);
        wheel.arm(first, now);
        wheel.arm(second, now);
        wheel.poll(now + SECOND, 10);

        assertThat(ran).containsExactly(1);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void nobodyWakesUpForACancelledTimer() {
        Numbered early = new Numbered(1);
        wheel.arm(early, now + SECOND);
        wheel.arm(new Numbered(2), now + 3 * SECOND);
        wheel.cancel(early);

        assertThat(wheel.nextDeadlineNs()).isBetween(now + 3 * SECOND, now + 3 * SECOND + TimerWheel.TICK_NS);
    }

    @Test
    void timerThatArmsItselfForNowRunsOncePerPoll() {
        Numbered again = new Numbered(1);
        again.then = () -> wheel.arm(again, now);
        wheel.arm(again, now);
        for (int i = 0; i < 5; i++) {
            now += TimerWheel.TICK_NS;
            wheel.poll(now, 1000);
        }

        assertThat(ran.size()).isBetween(4, 6);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void behavesAsANaiveModel(long seed) {
        Random random = new Random(seed);
        Map<Integer, Numbered> timers = new HashMap<>();
        Map<Integer, Long> deadlines = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            timers.put(i, new Numbered(i));
        }
        for (int step = 0; step < 20_000; step++) {
            int number = random.nextInt(200);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    long range = random.nextInt(10) == 0 ? 400 * SECOND : 3 * SECOND;
                    long deadline = now + (long) (random.nextDouble() * range) - SECOND / 10;
                    wheel.arm(timers.get(number), deadline);
                    deadlines.put(number, Math.max(deadline, now));
                }
                case 2 -> {
                    wheel.cancel(timers.get(number));
                    deadlines.remove(number);
                }
                default -> {
                    assertThat(wheel.size()).isEqualTo(deadlines.size());
                    long before = now;
                    now += random.nextInt(50) == 0 ? 100 * SECOND : random.nextLong(SECOND / 5);
                    if (!deadlines.isEmpty()) {
                        long earliest =
                                deadlines.values().stream().min(Long::compare).orElseThrow();
                        assertThat(wheel.nextDeadlineNs())
                                .isLessThanOrEqualTo(Math.max(earliest, before) + 2 * TimerWheel.TICK_NS);
                    }
                    wheel.poll(now, Integer.MAX_VALUE);
                    for (int due : ran) {
                        assertThat(deadlines.remove(due)).as("timer %d", due).isLessThanOrEqualTo(now);
                    }
                    ran.clear();
                    assertThat(deadlines.values()).allMatch(deadline -> deadline > now - 2 * TimerWheel.TICK_NS);
                }
            }
        }
    }
}
