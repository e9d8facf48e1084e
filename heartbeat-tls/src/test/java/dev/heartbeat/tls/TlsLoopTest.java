package dev.heartbeat.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.fake.FakeLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TlsLoopTest {
    private static final long STEP_NS = 400_000;

    private long nowNs;
    private final FakeLoop eventLoop = FakeLoop.still();
    private final TlsLoop loop = new TlsLoop(eventLoop, false, () -> nowNs);
    private final List<Boolean> ran = new ArrayList<>();

    /** Three steps take longer than a millisecond; the fourth would begin after it. */
    @Test
    void handshakesTakeAShareOfATurn() {
        eventLoop.handle(() -> steps(5));
        assertThat(ran).containsExactly(true, true, true, false, false);
        ran.clear();
        eventLoop.handle(() -> steps(4));
        assertThat(ran).as("the next turn").containsExactly(true, true, true, false);
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            ran.add(loop.hasRun(() -> nowNs += STEP_NS));
        }
    }
}
