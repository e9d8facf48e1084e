package dev.heartbeat.internal.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes of a frame that is under way put the verdict off, within bounds. */
@Tag("M29")
final class PartialFrameTest {
    private static final long SPAN = 500_000_000L;
    private static final long HEARD = 7 * SPAN;

    private final PartialFrame frame = new PartialFrame(HEARD);

    private void arrived(int bytes, long afterNs) {
        frame.arrived(bytes, HEARD + afterNs, SPAN);
    }

    private long silentNs(long afterNs) {
        return frame.silentNs(HEARD + afterNs);
    }

    @Test
    void eachGainBeginsTheSilenceAnew() {
        for (int i = 1; i <= 10; i++) {
            arrived(1024 * i, i * SPAN);
            assertThat(silentNs(i * SPAN + 3)).isEqualTo(3);
        }
    }

    @Test
    void smallerGainsDoNot() {
        arrived(1023, SPAN);
        assertThat(silentNs(SPAN)).isEqualTo(SPAN);
        arrived(1024, SPAN + 1);
        assertThat(silentNs(SPAN + 1)).isEqualTo(SPAN + 1);
        arrived(100_000, SPAN + 2);
        assertThat(silentNs(SPAN + 2)).as("too late once").isEqualTo(SPAN + 2);
    }

    @Test
    void itPutsTheVerdictOffForSixteenSpansOnly() {
        for (int i = 1; i <= 16; i++) {
            arrived(2000 * i, i * SPAN);
            assertThat(silentNs(i * SPAN)).isZero();
        }
        arrived(2000 * 17, 16 * SPAN + SPAN / 2);
        assertThat(silentNs(16 * SPAN + SPAN / 2)).isEqualTo(SPAN / 2);
        arrived(2000 * 18, 17 * SPAN);
        assertThat(silentNs(17 * SPAN)).isEqualTo(SPAN);
    }
}
