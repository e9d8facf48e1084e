package dev.heartbeat.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimersTest {

    private final List<Throwable> failures = new ArrayList<>();
    private final Timers timers = new Timers(failures::add);
    private final List<Integer> ran = new ArrayList<>();

    /** Wherever the clock stands, at its wrap too. */
    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 5, 1_000_000})
    void runsWhatIsDueInTheOrderOfDeadlines(long start) {
        at(start + 20, 2);
        at(start + 10, 1);
        at(start + 30, 3);
        assertThat(timers.untilNextNs(start)).isEqualTo(10);

        timers.runDue(start + 9);
        assertThat(ran).isEmpty();
        timers.runDue(start + 20);
        assertThat(ran).containsExactly(1, 2);
        assertThat(timers.untilNextNs(start + 20)).isEqualTo(10);
        assertThat(timers.untilNextNs(start + 31)).isEqualTo(-1);
    }

    @Test
    void withoutAnyThereIsNoDeadline() {
        assertThat(timers.untilNextNs(0)).isEqualTo(Timers.NEVER);
    }

    @Test
    void aCancelledOneNeitherRunsNorWakesAnybody() {
        Timers.Timer first = at(10, 1);
        at(20, 2);
        first.cancel();
        assertThat(timers.untilNextNs(0)).isEqualTo(20);
        timers.runDue(20);
        assertThat(ran).containsExactly(2);
    }

    @Test
    void oneMaySetAnother() {
        timers.at(10, () -> at(10, 1));
        timers.runDue(10);
        assertThat(ran).containsExactly(1);
    }

    @Test
    void throwingTaskHurtsNoOther() {
        Error planted = new NoSuchMethodError("planted");
        timers.at(5, () -> {
            throw planted;
        });
        at(5, 1);
        at(6, 2);
        timers.runDue(6);
        assertThat(ran).containsExactly(1, 2);
        assertThat(failures).containsExactly(planted);
    }

    private Timers.Timer at(long deadlineNs, int number) {
        return timers.at(deadlineNs, () -> ran.add(number));
    }
}
