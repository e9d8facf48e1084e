package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class GroupStatsTest {
    private final GroupStats stats = new GroupStats();

    @Test
    void countsAreAddedUpAndOfPercentilesTheWorstIsTold() {
        stats.put(1, line(10, 300).with("massGuardEngaged", false));
        stats.put(2, line(30, 200).with("massGuardEngaged", true));
        stats.put(3, line(20, 100).with("massGuardEngaged", false));

        EventLine sum = stats.line(List.of());
        assertThat(sum.integer("processes")).isEqualTo(3);
        assertThat(sum.integer("online")).isEqualTo(60);
        assertThat(sum.integer("onlineLeast")).isEqualTo(10);
        assertThat(sum.integer("onlineMost")).isEqualTo(30);
        assertThat(sum.integer("loopLagP99Micros")).isEqualTo(300);
        assertThat(sum.fields()).containsEntry("massGuardEngaged", true);
    }

    @Test
    void theLatestLineOfEachCountsAsLongAsItLives() {
        stats.put(1, line(10, 1));
        stats.put(1, line(11, 1));
        stats.put(2, line(30, 1));
        assertThat(stats.line(List.of()).integer("online")).isEqualTo(41);

        stats.forget(2);
        assertThat(stats.line(List.of()).integer("online")).isEqualTo(11);
    }

    @Test
    void percentilesOfRoundTripsAreThoseOfAll() {
        stats.put(1, roundTrips(100, 99));
        stats.put(2, roundTrips(5000, 1));

        EventLine sum = stats.line(List.of());
        assertThat(sum.number("rttP50Us")).isEqualTo(100);
        assertThat(sum.number("rttP99Us")).isEqualTo(100);
        assertThat(sum.number("rttMaxUs")).isBetween(5000.0, 5050.0);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theMemoryOfAProcessIsKnown() {
        assertThat(GroupStats.proportionalBytes(ProcessHandle.current().pid()).orElseThrow())
                .isGreaterThan(1 << 20);
        assertThat(GroupStats.proportionalBytes(Long.MAX_VALUE)).isEmpty();
    }

    private static EventLine line(int online, int lag) {
        return EventLine.now("stats").with("online", online).with("loopLagP99Micros", lag);
    }

    private static EventLine roundTrips(int micros, int count) {
        Histogram histogram = ClientTally.histogram();
        histogram.recordValueWithCount(micros, count);
        return EventLine.now("stats").with("online", 1).with("rttHistogram", ClientTally.encode(histogram));
    }
}
