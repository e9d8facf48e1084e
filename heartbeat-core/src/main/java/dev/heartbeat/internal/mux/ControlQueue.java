package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.ProtocolException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What is due beside messages, and waits for nothing but the socket: refusals of what never became
 * a channel, channels with something to say of themselves, and cancels.
 */
final class ControlQueue {
    /** Refusals beyond those for channels, as many as a peer may have caused by its own fault. */
    private static final int ROOM_FOR_ERRORS = 16;

    /**
     * So many cancels wait for a full socket; beyond that the oldest is forgotten, because it is
     * only a hint.
     */
    private static final int MAX_CANCELS = 64;

    private final Output output;
    private final Channels channels;
    private final int maxRefusals;

    private final ArrayDeque<MuxChannel> control = new ArrayDeque<>(4);
    private final ArrayDeque<Refusal> refusals = new ArrayDeque<>(4);
    /** Made with the first. */
    private @Nullable ArrayDeque<Cancel> cancels;
    /** Channels of the other side that are over here, of which it is yet to be notified. */
    private int unsentResets;

    private record Refusal(int id, ErrorCode code, String text) {}

    private record Cancel(int id, int handle, Envelope request) {}

    /**
     * @param maxChannels how many the other side may have open
     */
    ControlQueue(Output output, Channels channels, int maxChannels) {
        this.output = output;
        this.channels = channels;
        maxRefusals = 2 * maxChannels + ROOM_FOR_ERRORS;
    }

    // ---- channels

    void add(MuxChannel channel) {
        if (!channel.inControl) {
            channel.inControl = true;
            control.add(channel);
        }
        write();
    }

    /** There is nothing to say of it: the other side never heard of it, or has ended it. */
    void remove(MuxChannel channel) {
        if (channel.inControl) {
            channel.inControl = false;
            control.remove(channel);
        }
    }

    int unsentResets() {
        return unsentResets;
    }

    /** A reset waits to be written, or does not any more. */
    void countUnsentReset(MuxChannel channel, int change) {
        if (!channels.isOurs(channel.id())) {
            unsentResets += change;
        }
    }

    /** If this side had ended too before it reset the channel, the other takes it for completed. */
    void forgetResetOfEnded(int id) {
        MuxChannel channel = find(id);
        if (channel != null && channel.hasEnded()) {
            forgetReset(id);
        }
    }

    /**
     * The other side has done with the channel by itself, and needs no notice any more that it is
     * over.
     */
    void forgetReset(int id) {
        MuxChannel channel = find(id);
        if (channel != null) {
            channel.forgetReset();
            remove(channel);
        }
    }

    private @Nullable MuxChannel find(int id) {
        for (MuxChannel channel : control) {
            if (channel.id() == id) {
                return channel;
            }
        }
        return null;
    }

    // ---- the rest

    /** Refuses what never became a channel. */
    void refuse(int id, ProtocolException why) throws ProtocolException {
        if (refusals.size() > maxRefusals) {
            throw new ProtocolException(
                    ErrorCode.TOO_MANY_ERRORS, "more than " + refusals.size() + " refusals wait to be read");
        }
        refusals.add(new Refusal(id, why.code(), why.text()));
        write();
    }

    void cancel(int id, int handle, Envelope request) {
        if (cancels == null) {
            cancels = new ArrayDeque<>(4);
        }
        if (cancels.size() == MAX_CANCELS) {
            cancels.remove();
        }
        cancels.add(new Cancel(id, handle, request));
        writeCancels();
    }

    /** Says what is due of channels, as far as the socket has room. */
    void write() {
        while (!refusals.isEmpty() && output.isWritable()) {
            Refusal refusal = refusals.remove();
            output.reset(refusal.id, refusal.code, refusal.text, ProtocolException.NO_MESSAGE);
        }
        while (!control.isEmpty() && output.isWritable()) {
            MuxChannel channel = control.remove();
            channel.inControl = false;
            channel.writeControl();
        }
    }

    /** Likewise, of requests; not of one whose channel is over. */
    void writeCancels() {
        while (cancels != null && output.isWritable()) {
            Cancel next = cancels.poll();
            if (next == null) {
                cancels = null;
            } else if (next.id == 0 || channels.find(next.id) != null) {
                output.cancel(next.id, next.handle, next.request);
            }
        }
    }

    /** The connection is gone. */
    void clear() {
        control.clear();
        refusals.clear();
        cancels = null;
    }
}
