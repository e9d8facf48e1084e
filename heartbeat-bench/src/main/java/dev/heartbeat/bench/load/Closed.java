package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * A closed loop: each connection sends a heartbeat for each answer.
 *
 * @param name on a command line
 * @param connections how many there are
 * @param inFlight how many heartbeats each has sent and no answer to
 * @param perWrite how many are sent in one write, at least
 */
public record Closed(String name, int connections, int inFlight, int perWrite) implements Scenario {
    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "%,d connections with %d %s in flight each, at least %d per write",
                connections,
                inFlight,
                inFlight == 1 ? "heartbeat" : "heartbeats",
                perWrite);
    }

    @Override
    public Turn play(Load load, Target target, Duration warmUp, Duration measured) throws IOException {
        return load.closed(inFlight, perWrite, warmUp, measured);
    }
}
