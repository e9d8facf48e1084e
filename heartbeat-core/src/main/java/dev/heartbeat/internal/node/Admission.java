package dev.heartbeat.internal.node;

import dev.heartbeat.internal.frame.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * How a claim ended: with a registration, or with the code it is refused with.
 *
 * @param displaced the registration it took the place of
 * @param replaced whether that belonged to another process, whose stay is over
 */
public record Admission(
        @Nullable Registration registration, @Nullable ErrorCode refusal, @Nullable Registration displaced, boolean replaced) {

    static Admission refused(ErrorCode code) {
        return new Admission(null, code, null, false);
    }

    static Admission granted(Registration registration, @Nullable Registration displaced, boolean replaced) {
        return new Admission(registration, null, displaced, replaced);
    }
}
