package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a connection by their ids, all but channel 0. Each side has ids of its own, odd
 * or even, and takes one after the other; none is used twice.
 */
final class Channels {
    private final Multiplexer.Limits limits;
    /** By {@link #key}. */
    private final IdTable<MuxChannel> ours = new IdTable<>();

    private final IdTable<MuxChannel> theirs = new IdTable<>();
    private int nextOurs;
    private int lastTheirs;

    Channels(Multiplexer.Limits limits) {
        this.limits = limits;
        nextOurs = limits.firstId();
    }

    /**
     * The id of the next channel that this side opens.
     *
     * @throws ProtocolException of channel scope where no more can be opened now
     */
    int nextId() throws ProtocolException {
        if (ours.size() >= limits.maxOpened()) {
            throw new ProtocolException(
                    ErrorCode.TOO_MANY_CHANNELS,
                    "the other side allows " + limits.maxOpened() + " channels at a time, and " + ours.size()
                            + " are open");
        }
        if (nextOurs == FrameHeader.CONNECTION_STREAM || nextOurs == 0) {
            throw new ProtocolException(ErrorCode.NO_CAPACITY, "the connection has used up its channel ids");
        }
        return nextOurs;
    }

    void addOurs(MuxChannel channel) {
        ours.add(key(channel.id()), channel);
        nextOurs += 2;
    }

    /** The other side opens a channel of this id, which is used up whatever becomes of it. */
    void use(int id) throws ProtocolException {
        if (isOurs(id) || Integer.compareUnsigned(id, lastTheirs) <= 0) {
            throw new ProtocolException(
                    ErrorCode.UNEXPECTED_FRAME,
                    "channel id " + Integer.toUnsignedString(id) + " is this side's, or was used before");
        }
        lastTheirs = id;
    }

    /**
     * The other side may have one channel more.
     *
     * @param unsentResets a channel that was reset counts until its opener can have heard of it, or
     *     one who does not read could go on for ever
     */
    void requireRoomForTheirs(int unsentResets) throws ProtocolException {
        if (theirs.size() + unsentResets >= limits.maxChannels()) {
            throw new ProtocolException(
                    ErrorCode.TOO_MANY_CHANNELS, "allowed are " + limits.maxChannels() + " channels at a time");
        }
    }

    void addTheirs(MuxChannel channel) {
        theirs.add(key(channel.id()), channel);
    }

    /** It is over. */
    void remove(MuxChannel channel) {
        of(channel.id()).remove(key(channel.id()));
    }

    /** Those that the other side opened. */
    List<MuxChannel> theirs() {
        List<MuxChannel> all = new ArrayList<>(theirs.size());
        theirs.forEach(all::add);
        return all;
    }

    List<MuxChannel> all() {
        List<MuxChannel> all = new ArrayList<>(ours.size() + theirs.size());
        ours.forEach(all::add);
        theirs.forEach(all::add);
        return all;
    }

    boolean isOurs(int id) {
        return (id & 1) == (limits.firstId() & 1);
    }

    @Nullable
    MuxChannel find(int id) {
        return of(id).get(key(id));
    }

    /** A frame for a channel that is over was sent before its sender could know. */
    void requireUsed(int id) throws ProtocolException {
        boolean used =
                isOurs(id) ? Integer.compareUnsigned(id, nextOurs) < 0 : Integer.compareUnsigned(id, lastTheirs) <= 0;
        if (!used) {
            throw new ProtocolException(ErrorCode.UNKNOWN_CHANNEL, "channel is not open");
        }
    }

    private IdTable<MuxChannel> of(int id) {
        return isOurs(id) ? ours : theirs;
    }

    /** The places of both kinds of ids without gaps. */
    private static int key(int id) {
        return (id >>> 1) + (id & 1);
    }
}
