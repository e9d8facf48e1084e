package dev.heartbeat.bench.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RatioTest {
    @Test
    void ofTenPairsTheSecondAndTheNinthAreTheInterval() {
        Ratio ratio = Ratio.of(new double[] {10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
        assertThat(ratio.median()).isEqualTo(5.5);
        assertThat(ratio.low()).isEqualTo(2);
        assertThat(ratio.high()).isEqualTo(9);
        assertThat(ratio.confidence()).isEqualTo(1 - 2 * 11 / 1024.0, within(1e-12));
    }

    @Test
    void ofTwentyPairsTheSixthAndTheFifteenthAre() {
        double[] ratios = new double[20];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = i + 1;
        }
        assertThat(Ratio.of(ratios).low()).isEqualTo(6);
        assertThat(Ratio.of(ratios).high()).isEqualTo(15);
        assertThat(Ratio.of(ratios).confidence()).isEqualTo(0.9586, within(1e-4));
    }

    @Test
    void fewSayLessAndSayIt() {
        assertThat(Ratio.of(new double[] {1, 2, 3, 4, 5}).confidence()).isEqualTo(0.9375);
        assertThat(Ratio.of(new double[] {3}).confidence()).isZero();
        assertThat(Ratio.of(new double[] {3}).median()).isEqualTo(3);
    }

    @Test
    void isOfPairs() {
        assertThat(Ratio.of(List.of(2.0, 30.0, 4.0), List.of(1.0, 10.0, 2.0)).median())
                .isEqualTo(2);
    }
}
