package dev.heartbeat.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ServerOptions;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameAllowanceTest {
    private static ServerOptions limits(int perSecond, int nodes) {
        return ServerOptions.builder()
                .controlFramesPerSecond(perSecond)
                .maxNodesPerConnection(nodes)
                .build();
    }

    private static int taken(FrameAllowance allowance, ServerOptions limits, long nowNs) {
        int taken = 0;
        while (taken < 4_000_000 && allowance.allows(limits, nowNs)) {
            taken++;
        }
        return taken;
    }

    /** Wherever the clock begins, and before its number wraps. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE - 5_000_000_000L})
    void bucketIsEmptiedAtOnceAndRefillsEvenly(long startNs) {
        ServerOptions limits = limits(2, 3);
        FrameAllowance allowance = new FrameAllowance(startNs);
        assertThat(taken(allowance, limits, startNs)).isEqualTo(20 + 2 * 3);
        assertThat(taken(allowance, limits, startNs + 499_999_999)).isZero();
        assertThat(taken(allowance, limits, startNs + Duration.ofMillis(1500).toNanos()))
                .isEqualTo(3);
        assertThat(taken(allowance, limits, startNs + Duration.ofMinutes(1).toNanos()))
                .isEqualTo(26);
    }

    @ParameterizedTest
    @CsvSource({"1,1000000,2000010", "1000,1000,12000", "300000,0,3000000"})
    void everyGatewayMayRegisterAndChangeAllItsNodesAtOnce(int perSecond, int nodes, int frames) {
        assertThat(taken(new FrameAllowance(7), limits(perSecond, nodes), 7)).isBetween(frames, frames + 1000);
    }
}
