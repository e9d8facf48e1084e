package dev.heartbeat.bench.fake;

import dev.heartbeat.fake.FakeLoop;
import java.nio.ByteBuffer;

/** A loop that runs its tasks when a benchmark calls it; every thread counts as its own. */
public final class BenchLoop extends FakeLoop {
    /**
     * The memory that its connections write into, as those of a loop of {@code heartbeat-nio} share
     * their memory.
     */
    final ByteBuffer memory = ByteBuffer.allocateDirect(BenchConnection.CAPACITY);

    @Override
    public boolean inEventLoop() {
        return true;
    }
}
