package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * All nodes lose their connection in the same moment, and come back at once.
 *
 * @param nodes how many there are
 * @param atOnce how many of them have begun and are not registered yet
 */
public record Storm(int nodes, int atOnce) implements Scenario {
    @Override
    public String name() {
        return "storm";
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT, "%,d nodes lose their connections at once and come back, %,d at a time", nodes, atOnce);
    }

    @Override
    public String unit() {
        return "registrations";
    }

    @Override
    public int connections() {
        return nodes;
    }

    @Override
    public Turn play(Load load, Target target, Duration warmUp, Duration measured) throws IOException {
        return load.connect(target, nodes, atOnce);
    }
}
