package dev.heartbeat.internal.mux;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever two honest sides do, channels deliver what was accepted, in order and once; and nothing
 * is left in the end.
 */
@Tag("M39")
@Tag("M40")
@Tag("M43")
@Tag("M44")
final class MultiplexerPropertyTest {

    @Test
    void twoSidesAgreeWithListsOfWhatWasSent() {
        play(1, 150);
    }

    @Test
    @Tag("long")
    void twoSidesAgreeForLonger() {
        play(151, 20_000);
    }

    private static void play(long firstSeed, long lastSeed) {
        for (long seed = firstSeed; seed <= lastSeed; seed++) {
            try {
                new TwoSides(seed).play();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
