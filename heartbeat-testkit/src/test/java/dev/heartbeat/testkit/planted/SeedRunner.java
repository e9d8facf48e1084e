package dev.heartbeat.testkit.planted;

import dev.heartbeat.testkit.fleet.FleetRun;
import java.util.function.LongFunction;

/**
 * Runs one seed of a fleet, and returns the violation's message, or an empty text. Loaded by
 * {@code BuggyClasses}, it runs the fleet on what is planted there.
 */
public final class SeedRunner implements LongFunction<String> {
    @Override
    public String apply(long seed) {
        Throwable violation = FleetRun.run(seed).violation();
        return violation == null ? "" : String.valueOf(violation.getMessage());
    }
}
