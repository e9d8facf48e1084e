package dev.heartbeat.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.liveness.FailureDetector;
import dev.heartbeat.internal.liveness.PeerMonitor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A hundred thousand nodes of one loop are due in the same tick. */
final class ExpiryTest {
    private static final int NODES = 100_000;
    private static final int PER_TURN = 1024;
    private static final long SECOND = 1_000_000_000L;

    private final FakeLoop loop = new FakeLoop();
    private final Shard shard = Shard.of(loop);
    private final Limits limits = new Limits();
    private final List<Peer> peers = new ArrayList<>();
    private int suspected;
    private int givenUp;

    private final class Peer extends PeerMonitor {
        boolean isSuspect;

        @Override
        protected Watch watch() {
            return limits;
        }

        @Override
        protected void onSuspect() {
            isSuspect = true;
            suspected++;
        }

        @Override
        protected void onRecovered() {
            isSuspect = false;
        }

        @Override
        protected boolean onGivenUp(boolean lost) {
            givenUp++;
            return true;
        }
    }

    private final class Limits implements PeerMonitor.Watch {
        @Override
        public LogicalClock clock() {
            return shard.clock();
        }

        @Override
        public FailureDetector detector() {
            return new FailureDetector(25 * SECOND, 30 * SECOND);
        }

        @Override
        public long graceNs() {
            return 30 * SECOND;
        }

        @Override
        public void arm(Timer timer, long delayNs) {
            shard.arm(timer, delayNs);
        }

        @Override
        public void cancel(Timer timer) {
            shard.cancel(timer);
        }
    }

    private void begin() {
        loop.turn(0, () -> {
            for (int i = 0; i < NODES; i++) {
                Peer peer = new Peer();
                peers.add(peer);
                peer.start();
            }
        });
    }

    /** Sleeps until somebody is judged. */
    private void sleepUntilDue() {
        for (int i = 0; suspected == 0; i++) {
            assertThat(i).isLessThan(10);
            loop.turn(40 * SECOND, () -> {});
        }
    }

    @Test
    void socketsAreReadBetweenAnyTwoBatches() {
        begin();
        sleepUntilDue();
        Peer last = peers.get(NODES - 1);
        int turns = 1;
        for (; suspected < NODES - 1; turns++) {
            int before = suspected;
            assertThat(loop.isToWakeAtOnce())
                    .as("the rest is not left to chance")
                    .isTrue();
            // A read in the last moment still counts: the last of them has been due for a hundred
            // turns.
            loop.turn(0, suspected == 90 * PER_TURN ? last::heard : () -> {});
            assertThat(suspected - before).isLessThanOrEqualTo(PER_TURN);
        }
        assertThat(turns).isEqualTo((NODES + PER_TURN - 1) / PER_TURN);
        assertThat(last.isSuspect).isFalse();
        assertThat(peers.subList(0, NODES - 1)).allMatch(peer -> peer.isSuspect);
    }

    @Test
    void afterAStopTheSocketsAreReadOnceMoreBeforeAnybodyIsJudged() {
        begin();
        for (long rest = 249 * SECOND / 10; rest > 0; rest -= SECOND / 10) {
            loop.turn(SECOND / 10, peers.get(0)::heard); // So the loop has seen the time pass.
        }
        // A quarter of a second of it counts, which is enough for all of them.
        loop.stopFor(60 * SECOND);
        loop.turn(0, () -> peers.subList(0, NODES / 2).forEach(Peer::heard));
        assertThat(suspected).isZero();
        loop.turn(0, () -> peers.subList(NODES / 2, NODES - 1).forEach(Peer::heard));
        while (loop.isToWakeAtOnce()) {
            loop.turn(0, () -> {});
        }
        assertThat(suspected).as("the one who was not heard").isEqualTo(1);
        assertThat(shard.stalls()).isEqualTo(1);
    }

    @Test
    void thoseOfALaterRoundAreBatchedToo() {
        List<Integer> ran = new ArrayList<>();
        loop.turn(0, () -> {
            for (int i = 0; i < NODES; i++) {
                shard.arm(new Deadline(() -> ran.add(1)), 3600 * SECOND);
            }
        });
        // In each round they are passed over; between two batches the loop has its turn.
        int turns = 0;
        for (long until = loop.nowNs() + 70 * SECOND; loop.nowNs() < until; turns++) {
            loop.turn(SECOND, () -> {});
        }
        assertThat(turns).isGreaterThanOrEqualTo(NODES / PER_TURN);
        assertThat(ran).isEmpty();
    }

    @Test
    void allAreGivenUpInTheEnd() {
        begin();
        for (long until = loop.nowNs() + 40 * SECOND; loop.nowNs() < until; ) {
            loop.turn(SECOND / 100, () -> {});
        }
        assertThat(suspected).isEqualTo(NODES);
        assertThat(givenUp).isEqualTo(NODES);
    }
}
