package dev.heartbeat.bench.fake;

import dev.heartbeat.fake.FakeEnvironment;
import dev.heartbeat.fake.FakeTransport;

/** A transport of one {@link BenchLoop}, for one server. Callbacks run where they are given. */
public final class BenchTransport extends FakeTransport {
    private final BenchLoop loop;
    /** The connection where nodes write what the server is about to read. */
    final BenchConnection fromNodes = new BenchConnection(new BenchLoop());

    public BenchTransport() {
        this(new BenchLoop());
    }

    private BenchTransport(BenchLoop loop) {
        super(loop, FakeEnvironment.atOnce());
        this.loop = loop;
    }

    @Override
    public BenchLoop loop() {
        return loop;
    }
}
