package dev.heartbeat.internal.mux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The parts that origins take of a budget of 1,600 bytes. */
final class InboundBudgetTest {
    private final InboundBudget budget = new InboundBudget(1600, 8, 100);

    private int taken(String origin) {
        int taken = 0;
        while (budget.tryReserve(origin, 1)) {
            taken++;
        }
        return taken;
    }

    @Test
    void originTakesThreeTimesWhatItLeaves() {
        assertThat(taken("a")).isEqualTo(1200);
        assertThat(taken("b")).isEqualTo(300);
        assertThat(taken("c")).isEqualTo(75);
        assertThat(taken("d")).isEqualTo(18);
    }

    @Test
    void firstMessageOfAnOriginOnlyHasToFit() {
        assertThat(budget.tryReserve("a", 1000)).isTrue();
        assertThat(budget.tryReserve("b", 601)).isFalse();
        assertThat(budget.tryReserve("b", 600)).isTrue();
        assertThat(budget.tryReserve("c", 1)).isFalse();
    }

    @Test
    void whatGoesWithoutOriginIsBoundedByTheWholeAlone() {
        assertThat(budget.tryReserve(null, 800)).isTrue();
        assertThat(budget.tryReserve(null, 801)).isFalse();
        assertThat(budget.tryReserve(null, 800)).isTrue();
    }

    @Test
    void wideWindowsLeaveHalfOfTheWhole() {
        assertThat(budget.tryReserveSpare("a", 801)).isFalse();
        assertThat(budget.tryReserveSpare("a", 800)).isTrue();
        assertThat(budget.tryReserve("a", 400)).isTrue();
        assertThat(budget.tryReserve("a", 1)).isFalse();
    }

    @Test
    void originIsForgottenWithItsLastByte() {
        assertThat(budget.tryReserve("a", 0)).isTrue();
        assertThat(budget.tryReserve("a", 2000)).isFalse();
        assertThat(budget.origins()).isZero();
        assertThat(budget.tryReserve("a", 500)).isTrue();
        assertThat(budget.tryReserve("a", 700)).isTrue();
        budget.release("a", 500);
        assertThat(budget.origins()).isOne();
        budget.release("a", 700);
        assertThat(budget.origins()).isZero();
        assertThat(budget.tryReserve("b", 1600)).isTrue();
    }
}
