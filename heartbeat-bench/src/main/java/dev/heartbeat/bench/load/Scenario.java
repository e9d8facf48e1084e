package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Turn;
import java.io.IOException;
import java.time.Duration;

/** The load that is put on each server in turn. */
public interface Scenario {
    /** Its name on a command line. */
    String name();

    /** Describes what it does, in a sentence for the report. */
    String description();

    /** The unit that is counted: heartbeats, for example. */
    default String unit() {
        return "heartbeats";
    }

    /** The number of nodes that are registered before it begins. */
    int connections();

    /** Does it once; what happens during the time to warm up is not measured. */
    Turn play(Load load, Target target, Duration warmUp, Duration measured) throws IOException;
}
