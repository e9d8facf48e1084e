package dev.heartbeat.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands an option of a command on, where it was given. */
final class Given {
    private Given() {}

    static <T> void give(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
