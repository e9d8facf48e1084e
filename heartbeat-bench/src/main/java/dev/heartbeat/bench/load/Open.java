package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Heartbeats at a fixed rate, one connection after the other; latency counts from when each was
 * due.
 *
 * @param name on a command line
 * @param connections how many there are
 * @param perSecond how many heartbeats are due in a second, on all together
 * @param garbage for how long the application around the server makes garbage meanwhile, from the
 *     beginning of what is measured on
 */
public record Open(String name, int connections, double perSecond, Duration garbage) implements Scenario {
    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "%,d connections, %,.0f heartbeats per second in all, latency since each was due%s",
                connections,
                perSecond,
                garbage.isZero() ? "" : "; the server's process makes garbage for " + garbage.toSeconds() + " s");
    }

    @Override
    public Turn play(Load load, Target target, Duration warmUp, Duration measured) throws IOException {
        if (!garbage.isZero()) {
            load.open(perSecond, Duration.ZERO, warmUp);
            target.makeGarbage(garbage.compareTo(measured) < 0 ? garbage : measured);
            return load.open(perSecond, Duration.ZERO, measured);
        }
        return load.open(perSecond, warmUp, measured);
    }
}
