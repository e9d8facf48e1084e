package dev.heartbeat.internal.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.MassGuardStatus.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MassGuardTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long ASK_EVERY = SECOND / 10;
    private static final int ALL = Integer.MAX_VALUE;

    private final List<MassGuardStatus> told = new ArrayList<>();
    private final MassGuard guard = new MassGuard(0.1, 100, 10 * SECOND, 100, SECOND, told::add);
    private long now;

    private List<Phase> phases() {
        return told.stream().map(MassGuardStatus::phase).toList();
    }

    /** So many verdicts are due at once; how many are held. */
    private long due(int verdicts, long suspects, long nodes) {
        long held = 0;
        for (int i = 0; i < verdicts; i++) {
            held += guard.holds(suspects, nodes, now) ? 1 : 0;
        }
        return held;
    }

    /** Asks as a loop does, until all that waits has passed; how many passed with each question. */
    private List<Integer> askUntilAllPassed(long suspects, long nodes) {
        List<Integer> passed = new ArrayList<>();
        while (guard.status(0, 0).held() > 0) {
            now += ASK_EVERY;
            assertThat(now).as("it ends by itself").isLessThan(100 * SECOND);
            passed.add(guard.release((int) guard.status(0, 0).held(), suspects, nodes, now));
        }
        return passed;
    }

    @Test
    void needsBothShareAndNumber() {
        assertThat(guard.holds(100, 200, 0)).isFalse();
        assertThat(guard.holds(101, 1011, 0)).isFalse();
        assertThat(guard.holds(101, 1000, 0)).isTrue();
    }

    @Test
    void lastOnesOfManyThatComeBackAreGivenTimeToo() {
        due(50, 500, 1000);
        now = SECOND;
        assertThat(guard.release(50, 500, 1000, now)).isZero();
        for (; now < 2 * SECOND; now += ASK_EVERY) {
            assertThat(guard.release(50, 50, 1000, now))
                    .as("few since one second")
                    .isZero();
        }
        assertThat(askUntilAllPassed(50, 1000)).as("100 a second").hasSizeBetween(5, 7);
        guard.release(0, 0, 950, now);
        assertThat(phases()).containsExactly(Phase.HOLDING, Phase.RELEASING, Phase.PASSING);
        assertThat(guard.holds(500, 950, 3 * SECOND)).as("a new wave").isTrue();
        assertThat(guard.engagements()).isEqualTo(2);
    }

    @Test
    void calmThatDoesNotLastIsNone() {
        due(50, 500, 1000);
        for (; now < 4 * SECOND; now += ASK_EVERY) {
            boolean calm = now / ASK_EVERY % 9 != 0;
            assertThat(guard.release(50, calm ? 50 : 500, 1000, now)).isZero();
        }
        assertThat(phases()).containsExactly(Phase.HOLDING);
    }

    @Test
    void endsWhenNobodyWaitsAndFewAreSuspected() {
        assertThat(guard.holds(500, 1000, 0)).isTrue();
        guard.withdraw();
        guard.release(0, 101, 1000, ASK_EVERY);
        assertThat(guard.isEngaged()).as("still many").isTrue();
        assertThat(guard.isAtRest()).isFalse();
        guard.release(0, 0, 1000, 2 * ASK_EVERY);
        assertThat(guard.isEngaged()).isFalse();
        assertThat(guard.isAtRest()).isTrue();
        assertThat(phases()).containsExactly(Phase.HOLDING, Phase.PASSING);
    }

    @Test
    void fewVerdictsAreHeldNearlyToTheEndAndReleasedAtTheRate() {
        due(200, 500, 1000);
        List<Integer> passed = askUntilAllPassed(500, 1000);

        assertThat(phases()).containsExactly(Phase.HOLDING, Phase.RELEASING, Phase.PASSING);
        assertThat(passed).allMatch(count -> count <= 11, "a tenth of a second's worth, and what rounding leaves");
        assertThat(passed.indexOf(
                        passed.stream().filter(count -> count > 0).findFirst().orElseThrow()))
                .as("two seconds are needed of ten")
                .isBetween(79, 82);
        assertThat(now).isLessThanOrEqualTo(10 * SECOND + ASK_EVERY);
        assertThat(passed.stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
    }

    @Test
    void rateIsRaisedAsFarAsTheMaximumAsksForAndTheHoldKeepsHalf() {
        due(100_000, 500_000, 1_000_000);
        List<Integer> passed = askUntilAllPassed(500_000, 1_000_000);

        assertThat(passed.subList(0, 49)).allMatch(count -> count == 0);
        assertThat(passed).allMatch(count -> count <= 2100, "a fiftieth, and what rounding leaves");
        assertThat(now).isLessThanOrEqualTo(10 * SECOND + ASK_EVERY);
    }

    @Test
    void newVerdictsJoinTheReleaseAndTheMaximumStands() {
        due(1000, 5000, 10_000);
        boolean held = true;
        for (int i = 0; held; i++) {
            assertThat(i).isLessThan(110);
            now += ASK_EVERY;
            guard.release(ALL, 5000, 10_000, now);
            held = due(10, 5000, 10_000) > 0;
        }
        assertThat(now).isEqualTo(10 * SECOND);
        assertThat(guard.release(ALL, 5000, 10_000, now)).as("whatever waits").isEqualTo(ALL);
        assertThat(phases()).containsExactly(Phase.HOLDING, Phase.RELEASING, Phase.PASSING);
        assertThat(told.get(2).engagedFor()).isEqualTo(Duration.ofSeconds(10));
        assertThat(told.get(2).released()).isBetween(1000L, 2000L);
    }

    @Test
    void loopsShareOneRate() {
        due(400, 500, 1000);
        long passed = 0;
        for (now = 0; now < 8 * SECOND; now += ASK_EVERY) {
            passed += guard.release(200, 500, 1000, now) + guard.release(200, 500, 1000, now + 1);
        }
        assertThat(guard.status(0, 0).phase()).isEqualTo(Phase.RELEASING);
        assertThat(passed).as("two of four seconds").isBetween(180L, 210L);
    }

    @Test
    void isOpenAfterTheMaximumUntilTheSuspectsAreFew() {
        due(1, 500, 1000);
        for (; guard.isEngaged(); now += ASK_EVERY) {
            guard.release(1, 500, 1000, now);
        }
        assertThat(guard.isAtRest()).isFalse();
        assertThat(guard.holds(499, 999, now)).isFalse();
        assertThat(guard.holds(101, 601, now)).isFalse();
        assertThat(guard.holds(50, 550, now)).isFalse();
        assertThat(guard.isAtRest()).isTrue();
        assertThat(guard.holds(500, 1000, now)).as("a new wave").isTrue();
    }

    @Test
    void holdsTheNextWaveThoughNoVerdictWasDueSinceTheLast() {
        due(1, 500, 1000);
        for (; guard.isEngaged(); now += ASK_EVERY) {
            guard.release(1, 500, 1000, now);
        }
        assertThat(guard.holds(500, 1000, now)).isFalse();
        guard.release(0, 0, 1000, now);
        assertThat(guard.holds(500, 1000, 100 * SECOND)).isTrue();
    }

    @Test
    void timeInWhichNobodyAskedDoesNotCount() {
        assertThat(guard.holds(500, 1000, 0)).isTrue();
        assertThat(guard.release(1, 500, 1000, 60 * SECOND)).isZero();
        assertThat(guard.status(500, 1000).engagedFor()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void maximumOfZeroIsNoGuard() {
        MassGuard off = new MassGuard(0.1, 100, 0, 100, SECOND, told::add);
        assertThat(off.holds(500, 1000, 0)).isFalse();
        assertThat(off.holds(500, 1000, 1)).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void countsWhatItDid() {
        due(3, 500, 1000);
        guard.withdraw();
        askUntilAllPassed(500, 1000);
        assertThat(guard.everHeld()).isEqualTo(3);
        assertThat(guard.status(500, 1000).released()).isEqualTo(2);
        assertThat(guard.everEngagedNs()).isEqualTo(now);
    }
}
