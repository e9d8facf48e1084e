package dev.heartbeat.internal.loop;

import dev.heartbeat.internal.frame.FrameType;
import org.jspecify.annotations.Nullable;

/**
 * The work that the connections of one loop may make in a turn: each as much as {@link #PER_TURN},
 * in frames that came. Core reads no clock, so it counts what a frame is known to cost. A
 * connection that has used up its share is not decoded any further in this turn; its
 * {@link DeferredInput} wait for the next. So it slows itself only.
 *
 * <p>Invariant: {@link #remaining} is the share of the session that was {@linkplain #begin begun}
 * last, in the turn that began at {@code turnNs}. On the loop.
 */
public final class WorkBudget {
    /** About a millisecond of a processor of 2020: a unit is a tenth of a microsecond. */
    static final int PER_TURN = 10_000;

    /** A heartbeat, an answer, a PING with its PONG. */
    private static final int LIGHT = 1;
    /** A message, or a part of one. */
    private static final int MESSAGE = 2;
    /** May send what waited for it: a system call. */
    private static final int WRITES = 20;
    /** Changes what is known of a node or a channel, notifies the application, and is answered. */
    private static final int CHANGES = 25;

    /** Nodes that a beat visits for one unit. */
    private static final int VISITS = 8;

    private @Nullable InputReader whose;
    private long turnNs;
    private int remaining;

    private static int of(FrameType type) {
        return switch (type) {
            case HEARTBEAT_REQ, HEARTBEAT_RES, PING, PONG -> LIGHT;
            case DATA -> MESSAGE;
            case CREDIT -> WRITES;
            case REGISTER,
                    REGISTERED,
                    UNREGISTER,
                    UPDATE,
                    CHANNEL_OPEN,
                    CHANNEL_ACCEPT,
                    CHANNEL_RESET,
                    CANCEL,
                    GO_AWAY,
                    ERROR -> CHANGES;
        };
    }

    /** Begins the work of this session, which may have come in this turn before. */
    public void begin(InputReader session, long nowNs) {
        if (whose != session || turnNs != nowNs) {
            whose = session;
            turnNs = nowNs;
            remaining = PER_TURN;
        }
    }

    /** The same session gets another share in this turn. */
    public void renew() {
        remaining = PER_TURN;
    }

    /** A frame is about to be handled; {@code type} is null for one that is ignored. */
    public void frame(@Nullable FrameType type) {
        remaining -= type == null ? LIGHT : of(type);
    }

    /** So many nodes were visited for it. */
    public void visited(int nodes) {
        remaining -= nodes / VISITS;
    }

    public boolean hasRemaining() {
        return remaining > 0;
    }
}
