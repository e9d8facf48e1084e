package dev.heartbeat.tls;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One end of a connection in memory: what is flushed is read at the other end within the call. */
final class MemoryWire implements Connection {
    private static final InetSocketAddress ADDRESS = InetSocketAddress.createUnresolved("memory", 1);

    private final ByteBuffer memory = ByteBuffer.allocateDirect(128 * 1024);
    private final ByteBuffer view = memory.duplicate();
    private final TaskLoop loop;
    private @Nullable MemoryWire peer;
    private @Nullable ConnectionHandler handler;
    private long flushed;

    private MemoryWire(TaskLoop loop) {
        this.loop = loop;
    }

    static MemoryWire[] pair() {
        TaskLoop loop = new TaskLoop();
        MemoryWire[] ends = {new MemoryWire(loop), new MemoryWire(loop)};
        ends[0].peer = ends[1];
        ends[1].peer = ends[0];
        return ends;
    }

    void open(Function<Connection, ConnectionHandler> onOpen) {
        handler = onOpen.apply(this);
    }

    /** Runs tasks until none is left. */
    void runTasks() {
        loop.run();
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return ADDRESS;
    }

    @Override
    public ByteBuffer reserve(int bytes) {
        return memory.limit(memory.position() + bytes).order(ByteOrder.BIG_ENDIAN);
    }

    @Override
    public void write(ByteBuffer content, int index, int length) {
        reserve(length).put(content.slice(index, length));
    }

    @Override
    public void flush() {
        int bytes = memory.position();
        if (bytes > 0) {
            view.limit(bytes).position(0);
            flushed += bytes;
            memory.clear();
            Objects.requireNonNull(Objects.requireNonNull(peer).handler).onRead(view);
        }
    }

    @Override
    public long queuedBytes() {
        return flushed + memory.position();
    }

    @Override
    public long flushedBytes() {
        return flushed;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {}

    @Override
    public void abort() {}

    /** A loop that runs its tasks when it is asked to. */
    private static final class TaskLoop implements EventLoop {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private final LoopFailures failures = new LoopFailures();

        void run() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }

        @Override
        public int index() {
            return 0;
        }

        @Override
        public boolean inEventLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public long nowNs() {
            return 0;
        }

        @Override
        public void wakeAt(long deadlineNs) {}

        @Override
        public LoopFailures failures() {
            return failures;
        }

        @Override
        public void cancelWake() {}

        @Override
        public LoopAgent agent(Function<EventLoop, LoopAgent> factory) {
            return factory.apply(this);
        }
    }
}
