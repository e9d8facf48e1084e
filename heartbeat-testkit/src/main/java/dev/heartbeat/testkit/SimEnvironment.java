package dev.heartbeat.testkit;

import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.MemoryGauge;
import dev.heartbeat.spi.Resolver;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Threads, dice and clocks of one simulated process. */
record SimEnvironment(Simulation simulation, Host host, SimTransport transport) implements Environment {

    @Override
    public Executor workers() {
        return transport::work;
    }

    @Override
    public Resolver resolver() {
        Resolver given = transport.options().resolver();
        return given == null ? name -> host.lookUp(transport, name) : given;
    }

    @Override
    public Executor completions() {
        return transport::complete;
    }

    @Override
    public void beginWait() {
        throw new IllegalStateException(
                "waiting here would never end, because simulated time stands still; use Simulation.await()");
    }

    @Override
    public void endWait() {
        // Nobody waits in a simulation.
    }

    @Override
    public @Nullable MemoryGauge memory() {
        return host.memory();
    }

    @Override
    public RandomGenerator random() {
        return simulation.random();
    }

    @Override
    public long nextSecret() {
        return simulation.random().nextLong();
    }

    @Override
    public long wallClockMillis() {
        return host.wallClockMillis();
    }

    @Override
    public long monotonicNanos() {
        return host.monotonicNs();
    }
}
