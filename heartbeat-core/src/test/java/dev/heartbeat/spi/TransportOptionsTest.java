package dev.heartbeat.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TransportOptionsTest {
    @Test
    void theLowWaterIsNotAboveTheHigh() {
        assertThat(TransportOptions.builder().highWaterBytes(4096).build().lowWaterBytes())
                .isEqualTo(4096);
        refused(
                "lowWaterBytes is 4097, allowed is 0 to 4096",
                TransportOptions.builder().highWaterBytes(4096).lowWaterBytes(4097));
        refused(
                "lowWaterBytes is 65537, allowed is 0 to 65536",
                TransportOptions.builder().lowWaterBytes(65_537));
    }

    @Test
    void zeroLeavesItToTheSystem() {
        TransportOptions options = TransportOptions.builder()
                .receiveBufferBytes(0)
                .unsentLowWaterBytes(0)
                .userTimeout(Duration.ZERO)
                .build();
        assertThat(options).isEqualTo(TransportOptions.defaults());
        refused(
                "unsentLowWaterBytes is 1, allowed is 1024 to 67108864, or 0 for the system's",
                TransportOptions.builder().unsentLowWaterBytes(1));
        refused(
                "userTimeout is PT0.0001S, allowed is 1 ms to 86400 s, or 0 ms for the system's",
                TransportOptions.builder().userTimeout(Duration.ofNanos(100_000)));
    }

    private static void refused(String message, TransportOptions.Builder builder) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
