package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Nodes connect and register as fast as the server takes them.
 *
 * @param nodes how many there are
 * @param atOnce how many of them have begun and are not registered yet
 */
public record Connect(int nodes, int atOnce) implements Scenario {
    /** So many do not have to wait for a listener whose backlog is small. */
    public static final int AT_ONCE = 100;

    @Override
    public String name() {
        return "connect";
    }

    @Override
    public String description() {
        return String.format(Locale.ROOT, "%,d nodes connect and register, %,d at a time", nodes, atOnce);
    }

    @Override
    public String unit() {
        return "registrations";
    }

    @Override
    public int connections() {
        return 0;
    }

    @Override
    public Turn play(Load load, Target target, Duration warmUp, Duration measured) throws IOException {
        return load.connect(target, nodes, atOnce);
    }
}
