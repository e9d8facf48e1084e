package dev.heartbeat.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class TransportOptionsTest {

    @Test
    void oneIsChangedAndAllOthersStay() {
        TransportOptions options = TransportOptions.defaults()
                .withEventLoops(1)
                .withWorkerThreads(2)
                .withSendBufferBytes(5000)
                .withReceiveBufferBytes(6000)
                .withBacklog(3)
                .withReusePort(true)
                .withWaterMarks(8000, 7000)
                .withConnectTimeout(Duration.ofMillis(9))
                .withAcceptsPerSecond(10)
                .withUserTimeout(Duration.ofMillis(11))
                .withUnsentLowWaterBytes(12_000);
        assertThat(options.eventLoops()).isEqualTo(1);
        assertThat(options.workerThreads()).isEqualTo(2);
        assertThat(options.sendBufferBytes()).isEqualTo(5000);
        assertThat(options.receiveBufferBytes()).isEqualTo(6000);
        assertThat(options.backlog()).isEqualTo(3);
        assertThat(options.reusePort()).isTrue();
        assertThat(options.highWaterBytes()).isEqualTo(8000);
        assertThat(options.lowWaterBytes()).isEqualTo(7000);
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofMillis(9));
        assertThat(options.acceptsPerSecond()).isEqualTo(10);
        assertThat(options.userTimeout()).isEqualTo(Duration.ofMillis(11));
        assertThat(options.unsentLowWaterBytes()).isEqualTo(12_000);
    }

    @Test
    void theOptionsItWasMadeOfDoNotChange() {
        TransportOptions before = TransportOptions.defaults();
        before.withBacklog(7);
        assertThat(before.backlog()).isEqualTo(4096);
    }

    @Test
    void aValueOutOfRangeIsRefusedWithItsNameAndTheRange() {
        refused("eventLoops is 0, allowed is 1 to 1024", options -> options.withEventLoops(0));
        refused("workerThreads is 10001", options -> options.withWorkerThreads(10_001));
        refused("sendBufferBytes is 1", options -> options.withSendBufferBytes(1));
        refused("receiveBufferBytes is 1", options -> options.withReceiveBufferBytes(1));
        refused("backlog is 0", options -> options.withBacklog(0));
        refused("highWaterBytes is 1", options -> options.withWaterMarks(1, 0));
        refused("lowWaterBytes is 4097, allowed is 0 to 4096", options -> options.withWaterMarks(4096, 4097));
        refused("connectTimeout is PT0S", options -> options.withConnectTimeout(Duration.ZERO));
        refused("acceptsPerSecond is -1", options -> options.withAcceptsPerSecond(-1));
        refused("userTimeout is PT-0.001S", options -> options.withUserTimeout(Duration.ofMillis(-1)));
        refused("unsentLowWaterBytes is 1, allowed is 1024", options -> options.withUnsentLowWaterBytes(1));
    }

    private static void refused(String message, UnaryOperator<TransportOptions> change) {
        assertThatThrownBy(() -> change.apply(TransportOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
