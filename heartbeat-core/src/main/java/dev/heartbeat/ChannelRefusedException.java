package dev.heartbeat;

import java.util.Objects;

/**
 * Thrown by a {@link ChannelAcceptor}: the channel is not wanted.
 *
 * @since 0.1
 */
public final class ChannelRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param reason the text for the other side, at most 512 bytes of it */
    public ChannelRefusedException(String reason) {
        super(Objects.requireNonNull(reason, "reason"), null, false, false);
    }
}
