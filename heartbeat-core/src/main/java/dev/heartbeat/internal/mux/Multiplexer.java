package dev.heartbeat.internal.mux;

import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.ChannelReset;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.spi.Connection;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one connection, in both directions, and their credit. Confined to the
 * connection's loop; made with the first message or channel, so that an idle node has none.
 *
 * <p>Outwards, control frames (CHANNEL_OPEN, ACCEPT and RESET, CREDIT) go before all DATA and wait
 * for nothing but the socket. Of DATA it hands the transport a few frames at a time and waits until
 * the socket has taken them, so whatever is written meanwhile stands behind at most
 * {@value #MAX_AHEAD_FRAMES} frames in this process, which are smaller where the socket is slow
 * ({@link Pace}).
 */
public final class Multiplexer {
    /**
     * So many may be queued in the transport. One frame for each write to the socket would cost
     * bulk more than half of its speed; as many as make the connection unwritable would leave no
     * moment for a heartbeat.
     */
    static final int MAX_AHEAD_FRAMES = 3;

    /** The weight of a channel that nobody weighed. */
    public static final int DEFAULT_WEIGHT = 16;

    private final Host host;
    private final Limits limits;
    final Output output;
    final Input input;
    private final SendWindow connectionCredit;
    private final MuxChannel channel0;
    private final Channels channels;
    private final ControlQueue control;
    private final RefusableChannels refusable = new RefusableChannels();
    private final WriteScheduler scheduler = new WriteScheduler();

    private long framesReceived;
    private boolean over;

    /** Where the channels live. On the loop. */
    public interface Host {

        Loop loop();

        /** For messages that arrive in parts and are handled at once. */
        BufferPool spares();

        /**
         * The time by which a peer is judged: it does not advance while this process was stopped.
         */
        default long judgingNs() {
            return loop().nowNs();
        }

        /** The last round trip, as far as heartbeats have shown it; else 0. */
        long rttNs();

        /**
         * The other side opens a channel: who receives what comes over it? The channel is then
         * {@linkplain MuxChannel#accept accepted} or reset, now or later.
         */
        Endpoint onOpen(ChannelOpen open) throws ProtocolException;

        /** A message has left: the socket has taken its last byte. */
        void onMessageSent();

        /** The socket has taken an answer that stood behind other bytes. */
        default void onAnswerTaken(long waitedNs) {}

        /** A frame came on a channel of this node, other than the connection's own. */
        void onSignOfLife(int handle);

        /**
         * Whose connections share a part of the memory for what comes in; null where they share
         * none. Equal for all of one, and comparable.
         */
        default @Nullable Object origin() {
            return null;
        }

        /** The application has so many bytes more of messages that it has not handled. */
        default void onHeld(long bytes) {}

        /** Credit is withheld: {@link Multiplexer#giveWithheld} is to follow. */
        default void onWithheld() {}

        /** There is something to write or to flush that does not come of reading. */
        void pumpSoon();
    }

    /** The first limits of both directions, as REGISTER and REGISTERED set them. */
    public record Credits(long sendConnection, long sendChannel, long window) {}

    /**
     * @param firstId of a channel that this side opens: 1 for a client, 2 for a server
     * @param maxChannels how many the other side may have open
     * @param maxOpened how many this side may have open
     * @param maxWindow to which the window of channel 0 may grow
     * @param intervalNs between heartbeats
     */
    public record Limits(
            int firstId,
            int maxMessageBytes,
            int maxChannels,
            int maxOpened,
            long maxWindow,
            Arrival arrival,
            long intervalNs) {}

    /**
     * The time that a message may take to arrive.
     *
     * @param timeoutNs without any of it
     * @param graceNs for which it may be slower than the rate
     */
    public record Arrival(long timeoutNs, long graceNs, long minBytesPerSecond) {}

    /**
     * @param receiver of channel 0
     * @param senders who have messages for channel 0
     */
    public Multiplexer(
            Host host,
            Connection connection,
            FrameEncoder encoder,
            SharedReceiver receiver,
            RoundRobin senders,
            Credits credits,
            Limits limits,
            InboundBudget budget) {
        this.host = host;
        this.limits = limits;
        output = new Output(connection, encoder, host, limits.intervalNs());
        input = new Input(
                host,
                limits,
                new InboundShare(budget, host),
                new ReceiveWindow(credits.window()),
                new RoundTrip(connection, encoder));
        channels = new Channels(limits);
        control = new ControlQueue(output, channels, limits.maxChannels());
        connectionCredit = new SendWindow(credits.sendConnection());
        channel0 = new MuxChannel(this, receiver, senders, credits, limits.maxWindow());
    }

    // ---- what the channels share

    Loop loop() {
        return host.loop();
    }

    void pumpSoon() {
        host.pumpSoon();
    }

    public void onPong(ByteBuffer payload) {
        input.roundTrip().onPong(payload, loop().nowNs());
    }

    public int maxChannels() {
        return limits.maxChannels();
    }

    // ---- opening and ending

    /**
     * Opens a channel.
     *
     * @param handle of the node it belongs to
     * @throws ProtocolException of channel scope where no more can be opened now
     */
    public MuxChannel open(String name, int weight, int handle, Endpoint endpoint) throws ProtocolException {
        int id = channels.nextId();
        reserveWindow(endpoint.window());
        ChannelOpen open = new ChannelOpen(endpoint.window(), weight, name, handle);
        MuxChannel channel = MuxChannel.opening(this, id, open, endpoint);
        channels.addOurs(channel);
        control.add(channel);
        return channel;
    }

    private void reserveWindow(long window) throws ProtocolException {
        if (!input.budget().tryReserve(window)) {
            throw new ProtocolException(
                    ErrorCode.NO_CAPACITY, "no memory for another channel's window of " + window + " bytes");
        }
        input.window().widen(window);
    }

    public void onOpen(int id, ChannelOpen open) throws ProtocolException {
        framesReceived++;
        channels.use(id);
        String objection = ChannelOpen.objection(open.name());
        if (!objection.isEmpty()) {
            throw new ProtocolException(ErrorCode.INVALID_CHANNEL_NAME, objection);
        }
        channels.requireRoomForTheirs(control.unsentResets());
        Endpoint endpoint = host.onOpen(open);
        try {
            reserveWindow(endpoint.window());
        } catch (ProtocolException e) {
            // It was made for this channel, and may count.
            endpoint.onOver(Endpoint.Ending.FAILED, e.text());
            throw e;
        }
        MuxChannel channel = MuxChannel.offered(this, id, open, endpoint);
        channels.addTheirs(channel);
        endpoint.onOffered(channel);
    }

    public void onAccept(int id, long limit) throws ProtocolException {
        framesReceived++;
        MuxChannel channel = find(id);
        if (channel != null && channels.isOurs(id)) {
            channel.onAccept(limit);
            activate(channel);
        } else if (channel != null) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, "only this side can accept " + channel);
        } else {
            channels.requireUsed(id);
        }
    }

    public void onReset(int id, ChannelReset reset) {
        framesReceived++;
        MuxChannel channel = find(id);
        if (channel != null) {
            channel.onReset(reset);
            control.remove(channel);
        } else {
            control.forgetReset(id);
        }
    }

    /** Notifies the other side that a channel is over, or that there is none. */
    public void refuse(int id, ProtocolException why) throws ProtocolException {
        MuxChannel channel = find(id);
        if (channel != null) {
            channel.reset(why.code(), why.text(), why.refused());
        } else {
            control.refuse(id, why);
        }
    }

    /** The channels that the other side opened. */
    public List<MuxChannel> theirs() {
        return channels.theirs();
    }

    /** The node of this handle has left the connection, and so have its channels. */
    public void onNodeLeft(int handle) {
        for (MuxChannel channel : channels.all()) {
            if (channel.handle() == handle) {
                channel.reset(ErrorCode.CHANNEL_CANCELLED, "the node has left");
            }
        }
    }

    /** The ends of the channels that the node of this handle has. */
    public List<Endpoint> endpoints(int handle) {
        return channels.all().stream()
                .filter(channel -> channel.handle() == handle)
                .map(MuxChannel::endpoint)
                .toList();
    }

    /** A reset waits to be written, or does not any more. */
    void countUnsentReset(MuxChannel channel, int change) {
        control.countUnsentReset(channel, change);
    }

    /** There is nothing to say of it: the other side never heard of it, or has ended it. */
    void unsay(MuxChannel channel) {
        control.remove(channel);
    }

    /** It is over. */
    void forget(MuxChannel channel) {
        channels.remove(channel);
    }

    private @Nullable MuxChannel find(int id) {
        return id == 0 ? channel0 : channels.find(id);
    }

    // ---- inwards

    public void onData(int id, int flags, Head head, int size, ByteBuffer fragment) throws ProtocolException {
        framesReceived++;
        input.window().receive(size);
        MuxChannel channel = find(id);
        if (channel == null) {
            input.window().take(size);
            grantConnection();
            channels.requireUsed(id);
            if ((flags & FrameHeader.FLAG_END) != 0) {
                control.forgetResetOfEnded(id);
            }
            return;
        }
        if (channel.handle() != 0) {
            host.onSignOfLife(channel.handle());
        }
        channel.receive(flags, head, size, fragment);
        grant(channel);
    }

    /** The application has handled messages. */
    void onTaken(MuxChannel channel) {
        if (!over) {
            grant(channel);
            host.pumpSoon();
        }
    }

    private void grant(MuxChannel channel) {
        if (channel.isGrantDue()) {
            control.add(channel);
        }
        grantConnection();
    }

    /** Gives the credit that was withheld. */
    public void giveWithheld() {
        input.window().giveWithheld();
        channels.all().forEach(this::giveWithheld);
        giveWithheld(channel0);
    }

    private void giveWithheld(MuxChannel channel) {
        channel.giveWithheld();
        grant(channel);
    }

    /** A limit is absolute, so while the socket is full nothing is lost by telling it later. */
    private void grantConnection() {
        if (input.window().isGrantDue() && output.isWritable()) {
            output.credit(FrameHeader.CONNECTION_STREAM, input.window().grant());
        }
    }

    public void onCredit(int id, long limit) throws ProtocolException {
        if (id == FrameHeader.CONNECTION_STREAM) {
            connectionCredit.raise(limit);
            return;
        }
        MuxChannel channel = find(id);
        if (channel == null) {
            channels.requireUsed(id);
        } else {
            channel.credit().raise(limit);
            activate(channel);
        }
    }

    public void onCancel(int id, Head request) {
        MuxChannel channel = find(id);
        if (channel != null) {
            channel.onCancel(request);
            grant(channel);
        }
    }

    // ---- outwards

    /**
     * Nobody waits for the answer to a request of which at least the first frame is written:
     * notifies the other side.
     */
    public void cancel(int id, int handle, Envelope request) {
        control.cancel(id, handle, request);
        pumpSoon();
    }

    // ---- what may be refused

    /** The other side may refuse a message that is sent on the channel. */
    void keepsRefusable(MuxChannel channel) {
        refusable.add(channel);
    }

    /**
     * The other side has received so many frames, and refuses no message any more that is all in
     * them.
     */
    public void onPosition(long position) {
        refusable.onPosition(position);
    }

    /** The other side refuses these messages. */
    public void onRefused(int id, List<Long> ordinals) {
        MuxChannel channel = find(id);
        if (channel != null) {
            ordinals.forEach(channel.out::refused);
        }
    }

    /** The channel has something to say beside its messages. */
    void control(MuxChannel channel) {
        control.add(channel);
    }

    /** Says what is due beside messages, as far as the socket has room. */
    public void writeControl() {
        control.write();
    }

    void activate(MuxChannel channel) {
        scheduler.activate(channel);
    }

    /** Writes as much as credit and socket allow, and flushes it. */
    public void pump() {
        control.write();
        grantConnection();
        control.writeCancels();
        activate(channel0);
        while (connectionCredit.available() >= Outward.MIN_CREDIT_TO_SEND && output.hasRoom()) {
            MuxChannel next = scheduler.next();
            if (next == null) {
                break;
            }
            long written = next.write(connectionCredit.available());
            next.deficit -= written;
            connectionCredit.send(written);
        }
        output.flushPumped(loop().nowNs());
    }

    public void flush() {
        output.flush();
    }

    /** An answer is written behind other bytes: the host hears when the socket has taken it. */
    public void watchAnswer(long sinceNs) {
        output.inFlight().watchAnswer(sinceNs);
    }

    /** The socket has taken everything up to {@code total}: those messages have left. */
    public void settle(long total) {
        output.inFlight().settle(total);
    }

    /**
     * The connection is gone: what had begun to travel and may not have arrived goes back to whose
     * it was.
     */
    public void abandon() {
        over = true;
        output.inFlight().lose();
        channels.all().forEach(MuxChannel::abandon);
        channel0.abandon();
        control.clear();
    }

    /** Lets every channel but 0 end once it has sent what was accepted for it. */
    public void drain() {
        channels.all().forEach(MuxChannel::drain);
    }

    /** Whether a message of this sender on channel 0 is being cut, and not all of it is written. */
    public boolean isSending(Sender who) {
        return channel0.isCutting(who);
    }

    /** Whether everything that was accepted has been taken by the socket. */
    public boolean isSettled() {
        return output.inFlight().isEmpty()
                && !channel0.hasWork()
                && channels.all().stream().noneMatch(MuxChannel::hasWork);
    }

    /**
     * Whether the application has handled everything that came, and waits for no reply over a
     * channel other than 0.
     */
    public boolean isHandled() {
        return input.window().unconsumed() == 0 && channels.all().stream().noneMatch(MuxChannel::awaitsReplies);
    }

    /** Grows with each frame that leaves and each message that is handled. */
    public long progress() {
        return output.framesSent() + input.window().consumed();
    }

    /** Frames of the resumable stream received on this connection. */
    public long framesReceived() {
        return framesReceived;
    }

    /** Frames of the resumable stream sent on this connection. */
    public long framesSent() {
        return output.framesSent();
    }
}
