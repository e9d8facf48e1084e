package dev.heartbeat.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.CloseReason;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.internal.frame.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FailuresTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void eachErrorOfTheProtocolHasACode(ErrorCode error) {
        assertThat(Failures.of(error)).isNotEqualTo(FailureCode.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource(CloseReason.class)
    void endHasTheCodeOfItsCauseIfThatHasOne(CloseReason reason) {
        HeartbeatException cause = new HeartbeatException(FailureCode.NODE_CAPACITY, "no room");

        assertThat(Failures.of(reason, cause)).isEqualTo(FailureCode.NODE_CAPACITY);
        assertThat(Failures.of(reason, new IllegalStateException())).isEqualTo(Failures.of(reason));
    }

    @ParameterizedTest
    @EnumSource(UndeliveredException.Reason.class)
    void undeliveredMessageHasTheCodeOfItsReason(UndeliveredException.Reason reason) {
        assertThat(new UndeliveredException(reason).code()).isEqualTo(reason.code());
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void refusalForGoodIsNotToBeRetried(ErrorCode error) {
        if (Failures.isForGood(error)) {
            assertThat(Failures.of(error).isRetryable()).isFalse();
        }
    }
}
