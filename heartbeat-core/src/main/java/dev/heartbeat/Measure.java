package dev.heartbeat;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A measurement that a server has made of itself.
 *
 * @param count how many values
 * @param total their sum
 * @param max zero if there is none
 * @param p50 half of them are not longer; null where nobody keeps more than the others, or if there
 *     is none. {@code heartbeat-histograms} on the class path does
 * @param p99 99 of 100 are not longer; null likewise
 * @since 0.1
 */
public record Measure(
        long count,
        Duration total,
        Duration max,
        @Nullable Duration p50,
        @Nullable Duration p99) {
    /** Refuses null. */
    public Measure {
        Objects.requireNonNull(total, "total");
        Objects.requireNonNull(max, "max");
    }

    /** {@return the mean; zero if there is no value} */
    public Duration mean() {
        return count == 0 ? Duration.ZERO : total.dividedBy(count);
    }
}
