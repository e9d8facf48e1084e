package dev.heartbeat.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SweepTest {

    private static final int FULL = 1_024;

    private final Sweep sweep = new Sweep();

    @Test
    void aPollThatWasNotFullCoversAll() {
        sweep.polled(255);
        assertThat(sweep.covers(1_000_000)).isTrue();
        sweep.polled(0);
        assertThat(sweep.covers(1_000_000)).isTrue();
    }

    @Test
    void fullPollsCoverAllWhenTheyAreAsManyAsTheSockets() {
        sweep.polled(FULL);
        assertThat(sweep.covers(2_000)).isFalse();
        sweep.polled(FULL);
        assertThat(sweep.covers(2_000)).isTrue();
        assertThat(sweep.covers(2_049)).isFalse();
    }

    @Test
    void aFullPollMayHaveCoveredTheFewThereAre() {
        sweep.polled(300);
        assertThat(sweep.covers(300)).isTrue();
    }

    @Test
    void theNextSweepBeginsWithNothing() {
        sweep.polled(FULL);
        sweep.restart();
        sweep.polled(FULL);
        assertThat(sweep.covers(FULL + 1)).isFalse();
    }
}
