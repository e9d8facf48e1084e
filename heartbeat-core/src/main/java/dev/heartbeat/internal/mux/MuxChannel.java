package dev.heartbeat.internal.mux;

import static dev.heartbeat.internal.frame.ErrorCode.MALFORMED;

import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.mux.Receiver.Ending;
import dev.heartbeat.internal.queue.Chain;
import dev.heartbeat.internal.queue.Incoming;
import dev.heartbeat.internal.queue.Outgoing;
import dev.heartbeat.internal.time.Deadline;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One lane of messages within a connection: its credit in both directions, the message that is being cut and the one that is arriving. Channel 0 is open from the beginning to the end of the connection; any
 * other goes through these states.
 *
 * <pre>
 *  opened here:   OPENING ──CHANNEL_ACCEPT──▶ OPEN ──both directions ENDed──▶ over
 *  opened there:  OFFERED ──accept()────────▶ OPEN       (each ends by itself)
 *  every state:   reset() here, CHANNEL_RESET from there, or the end of the connection ──▶ over
 * </pre>
 *
 * Confined to the connection's loop.
 */
public final class MuxChannel {
    /** Below this much credit no message is begun and none goes on: tiny fragments cost more than they carry. */
    static final int MIN_CREDIT_TO_SEND = FrameHeader.SIZE + FrameEncoder.MAX_HEAD_SIZE + 1024;

    /** A frame of full size. */
    private static final long MAX_FRAME = Register.MIN_CREDIT;

    /** A window of which half was used sooner than this is too small for a fast network, whatever the round trip. */
    private static final long BUSY_NS = 20_000_000;

    private enum State {
        OPENING,
        OFFERED,
        OPEN,
        OVER
    }

    private final Multiplexer mux;
    private final int id;
    private final String name;
    private final int handle;
    private final int weight;
    private final Receiver receiver;
    /** Null for channel 0, which many nodes share. */
    private final @Nullable Endpoint endpoint;

    private State state;

    // ---- outwards

    final Turns turns;
    private final SendWindow credit;
    private final Chain ready = new Chain();
    /** How far the first of those that are ready is written. */
    private int readyOffset;

    private boolean ending;
    private boolean ended;
    /** Whether the socket has taken the END, and so all before it. */
    private boolean endLeft;

    boolean scheduled;
    long deficit;

    // ---- what is to be said of it as soon as the socket has room

    boolean inControl;
    private boolean openDue;
    private boolean acceptDue;
    private @Nullable ErrorCode resetDue;
    private String resetText = "";

    // ---- inwards

    private final ReceiveWindow window;
    private final long maxWindow;
    /** What its window takes of the budget. */
    private long charged;

    private @Nullable Assembly arriving;
    private int arrivingFrom;
    private Envelope arrivingEnvelope = Envelope.NONE;
    private long lastFragmentNs;
    private @Nullable Deadline fragmentDeadline;

    private boolean peerEnded;
    /** Credit of messages that the application has and has not handled. */
    private long held;

    private long grantNs;
    private long takenAtGrant;

    // ---- what the application gives back, from any thread

    private final Object returns = new Object();
    private long returnedCredit;
    private long returnedCharge;
    private boolean returning;

    private MuxChannel(
            Multiplexer mux,
            int id,
            ChannelOpen open,
            Receiver receiver,
            @Nullable Endpoint endpoint,
            Turns turns,
            State state,
            SendWindow credit,
            ReceiveWindow window,
            long maxWindow) {
        this.mux = mux;
        this.id = id;
        this.name = open.name();
        this.handle = open.handle();
        this.weight = open.weight();
        this.receiver = receiver;
        this.endpoint = endpoint;
        this.turns = turns;
        this.state = state;
        this.credit = credit;
        this.window = window;
        this.maxWindow = maxWindow;
    }

    private MuxChannel(Multiplexer mux, int id, ChannelOpen open, Endpoint endpoint, State state, SendWindow credit) {
        this(
                mux,
                id,
                open,
                endpoint,
                endpoint,
                new Turns(),
                state,
                credit,
                new ReceiveWindow(endpoint.window()),
                endpoint.maxWindow());
        charged = endpoint.window();
    }

    static MuxChannel zero(
            Multiplexer mux, Receiver receiver, Turns turns, Multiplexer.Credits credits, long maxWindow) {
        return new MuxChannel(
                mux,
                0,
                new ChannelOpen(credits.sendChannel(), Multiplexer.DEFAULT_WEIGHT, "", 0),
                receiver,
                null,
                turns,
                State.OPEN,
                new SendWindow(credits.sendChannel()),
                new ReceiveWindow(credits.window()),
                maxWindow);
    }

    /** Opened by this side. */
    static MuxChannel opening(Multiplexer mux, int id, ChannelOpen open, Endpoint endpoint) {
        MuxChannel channel = new MuxChannel(mux, id, open, endpoint, State.OPENING, new SendWindow(0));
        channel.openDue = true;
        return channel;
    }

    /** Opened by the other side, and not yet accepted. */
    static MuxChannel offered(Multiplexer mux, int id, ChannelOpen open, Endpoint endpoint) {
        return new MuxChannel(mux, id, open, endpoint, State.OFFERED, new SendWindow(open.credit()));
    }

    public int id() {
        return id;
    }

    public String name() {
        return name;
    }

    /** Of the node it belongs to. */
    public int handle() {
        return handle;
    }

    int weight() {
        return weight;
    }

    SendWindow credit() {
        return credit;
    }

    // ---- its life

    /** The application of this side takes what the other has opened. */
    public void accept() {
        if (state == State.OFFERED) {
            state = State.OPEN;
            acceptDue = true;
            mux.control(this);
        }
    }

    void onAccept(long limit) throws ProtocolException {
        if (state != State.OPENING) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, "channel " + text(id) + " is open already");
        }
        state = State.OPEN;
        credit.raise(limit);
        receiver.onAccepted();
    }

    /** This side sends no more than it was given so far; the other side is told behind the last of it. */
    public void end() {
        ending = true;
        mux.activate(this);
    }

    /** This side gives it up: nothing more is sent or taken. */
    public void reset(ErrorCode code, String text) {
        if (state == State.OVER) {
            return;
        }
        if (openDue) {
            openDue = false; // The other side never heard of it.
            mux.unsay(this);
        } else {
            acceptDue = false;
            resetDue = code;
            resetText = text;
            mux.countUntoldReset(this, 1);
        }
        Ending why =
                code == ErrorCode.CHANNEL_CANCELLED || code == ErrorCode.CHANNEL_REFUSED ? Ending.RESET : Ending.FAILED;
        over(why, text);
        if (resetDue != null) {
            mux.control(this);
        }
    }

    /** It need not be said any more. */
    void forgetReset() {
        if (resetDue != null) {
            resetDue = null;
            mux.countUntoldReset(this, -1);
        }
    }

    /** Whether this side's END is written. */
    boolean hasEnded() {
        return ended;
    }

    void onReset(@Nullable ErrorCode code, String text) {
        Ending why = state == State.OPENING
                ? Ending.REFUSED
                : code == ErrorCode.CHANNEL_CANCELLED ? Ending.RESET_BY_PEER : Ending.FAILED;
        over(why, text.isEmpty() && code != null ? code.name() : text);
    }

    private void overIfDone() {
        if (endLeft && peerEnded) {
            over(Ending.COMPLETED, "");
        }
    }

    boolean isOver() {
        return state == State.OVER;
    }

    void over(Ending ending, String text) {
        if (state == State.OVER) {
            return;
        }
        state = State.OVER;
        forgetArriving();
        mux.connectionWindow().take(window.untaken() - held);
        ready.drain(message -> turns.last().undelivered(message));
        mux.forget(this);
        if (mux.travelling().isEmpty()) {
            receiver.onOver(ending, text);
        } else {
            // Behind its own messages that are on their way to the socket: they may still leave, or come back.
            Outgoing mark = Outgoing.mark();
            mark.written(new Over(ending, text), mux.queuedBytes());
            mux.travelling().add(mark);
        }
        releaseIfUnused();
    }

    /** The connection is over: what had begun to travel goes back to its sender. */
    void abandon() {
        if (id != 0) {
            over(Ending.CONNECTION_LOST, "the connection was lost");
            return;
        }
        state = State.OVER;
        forgetArriving();
        ready.drain(message -> turns.last().undelivered(message));
        releaseIfUnused();
    }

    /** What its window took of the budget is free again when the last message of it is. */
    private void releaseIfUnused() {
        if (state == State.OVER && held == 0 && charged > 0) {
            mux.budget().release(charged);
            mux.connectionWindow().narrow(charged);
            charged = 0;
        }
    }

    void drain() {
        if (endpoint != null) {
            endpoint.drain();
        }
    }

    // ---- outwards

    /** What was offered or is to be said goes out before the loop turns to other things. */
    public void pumpSoon() {
        mux.pumpSoon();
    }

    /** Someone has messages for this channel, and has joined. */
    public void offer(Sender joined) {
        turns.add(joined);
        mux.activate(this);
    }

    boolean canWrite() {
        if (state != State.OPEN || acceptDue) {
            return false;
        }
        if (!ready.isEmpty() || !turns.isEmpty()) {
            return credit.available() >= MIN_CREDIT_TO_SEND;
        }
        return mustEnd() && credit.available() >= FrameHeader.SIZE;
    }

    private boolean mustEnd() {
        return ending
                && !ended
                && (endpoint == null || !endpoint.sender().hasMore()); // What is accepted may not have joined yet.
    }

    /** Whether something waits to be written, for which there may be no credit. */
    boolean hasWork() {
        return !ready.isEmpty() || !turns.isEmpty() || ending && !ended;
    }

    /** Whether a message of this sender is being cut, and not all of it is written. */
    boolean isCutting(Sender who) {
        return !ready.isEmpty() && turns.last() == who;
    }

    /**
     * Writes what is next: several whole messages, or one fragment.
     *
     * @param connectionCredit how much the connection may send
     * @return what it took of the credit
     */
    long write(long connectionCredit) {
        long room = Math.min(Math.min(connectionCredit, credit.available()), MAX_FRAME);
        if (ready.isEmpty()) {
            turns.next(ready, room);
        }
        long written = ready.isEmpty() ? writeEnd() : writeReady(room);
        credit.send(written);
        return written;
    }

    private long writeReady(long room) {
        Sender from = turns.last();
        int handleToName = from.handle();
        Chain travelling = mux.travelling();
        long left = room;
        boolean wrote = false;
        for (Outgoing first = ready.peek(); first != null; first = ready.peek()) {
            if (readyOffset > 0 || first.frameSize(handleToName) > left) {
                return wrote ? room - left : room - left + writeFragment(first, from, left);
            }
            left -= first.frameSize(handleToName);
            writeWhole(first, handleToName);
            ready.poll();
            first.written(from, mux.queuedBytes());
            travelling.add(first);
            wrote = true;
        }
        return room - left;
    }

    private void writeWhole(Outgoing message, int handleToName) {
        ByteBuffer shared = message.sharedFrame(handleToName);
        if (shared != null) {
            mux.encoder().encoded(shared);
        } else {
            mux.encoder().data(id, 0, handleToName, message.envelope(), message.length(), Head.NO_TOTAL);
            writeContent(message.content(), 0, message.length());
        }
        mux.countSent();
    }

    private long writeFragment(Outgoing message, Sender from, long room) {
        boolean isFirst = readyOffset == 0;
        int handleToName = isFirst ? from.handle() : 0;
        Envelope envelope = isFirst ? message.envelope() : Envelope.NONE;
        int total = isFirst ? message.length() : Head.NO_TOTAL;
        long header = (long) FrameHeader.SIZE + FrameEncoder.headSize(handleToName, total, envelope);
        int count = (int) Math.min(message.length() - readyOffset, Math.min(room - header, FrameType.MAX_DATA_PAYLOAD));
        boolean isLast = readyOffset + count == message.length();
        mux.encoder().data(id, isLast ? 0 : FrameHeader.FLAG_MORE, handleToName, envelope, count, total);
        writeContent(message.content(), readyOffset, count);
        mux.countSent();
        readyOffset += count;
        if (isLast) {
            readyOffset = 0;
            ready.poll();
            message.written(from, mux.queuedBytes());
            mux.travelling().add(message);
        }
        return header + count;
    }

    private void writeContent(ByteBuffer content, int from, int count) {
        if (count > 0) {
            mux.connection().write(content, content.position() + from, count);
        }
    }

    private long writeEnd() {
        if (!mustEnd()) {
            return 0;
        }
        mux.encoder().data(id, FrameHeader.FLAG_END, 0, Envelope.NONE, 0, Head.NO_TOTAL);
        mux.countSent();
        ended = true;
        Outgoing mark = Outgoing.mark();
        mark.written(new End(), mux.queuedBytes());
        mux.travelling().add(mark);
        return FrameHeader.SIZE;
    }

    /** What is told of the end, when nothing is left to be told before it. */
    private final class Over implements Outgoing.Owner {
        private final Ending ending;
        private final String text;

        Over(Ending ending, String text) {
            this.ending = ending;
            this.text = text;
        }

        @Override
        public void left(Outgoing message) {
            receiver.onOver(ending, text);
        }

        @Override
        public void undelivered(Outgoing message) {
            receiver.onOver(ending, text);
        }
    }

    /** The END on its way. */
    private final class End implements Outgoing.Owner {
        @Override
        public void left(Outgoing message) {
            endLeft = true;
            overIfDone();
        }

        @Override
        public void undelivered(Outgoing message) {
            // With the connection, of which the channel hears by itself.
        }
    }

    // ---- control

    /** Says what is due. */
    void writeControl() {
        if (openDue) {
            openDue = false;
            mux.encoder().channelOpen(id, new ChannelOpen(window.size(), weight, name, handle));
            mux.countSent();
        } else if (acceptDue) {
            acceptDue = false;
            mux.encoder().channelAccept(id, window.size());
            mux.countSent();
            mux.activate(this);
        } else if (resetDue != null) {
            mux.encoder().channelReset(id, resetDue, resetText);
            mux.countSent();
            resetDue = null;
            mux.countUntoldReset(this, -1);
        } else if (isGrantDue()) {
            widenIfBusy();
            mux.encoder().credit(id, window.grant());
        }
    }

    boolean isGrantDue() {
        return state == State.OPEN && !peerEnded && window.isGrantDue();
    }

    /** Of a window that is used up fast, the sender spends its time waiting for more: it is doubled, as long as there is memory for that. */
    private void widenIfBusy() {
        long now = mux.loop().nowNs();
        boolean usedHalf = window.taken() - takenAtGrant >= window.size() / 2;
        boolean fast = now - grantNs < Math.max(BUSY_NS, 2 * mux.rttNs());
        long more = Math.min(window.size(), maxWindow - window.size());
        if (usedHalf && fast && more > 0 && mux.budget().tryReserveSpare(more)) {
            charged += more;
            window.widen(more);
            mux.connectionWindow().widen(more);
        }
        grantNs = now;
        takenAtGrant = window.taken();
    }

    // ---- inwards

    /** Takes a DATA frame, and hands over the message that becomes whole with it. */
    void receive(int flags, Head head, int size, ByteBuffer fragment) throws ProtocolException {
        if (state != State.OPEN || acceptDue) {
            throw new ProtocolException(
                    ErrorCode.UNEXPECTED_FRAME, "DATA on channel " + text(id) + ", which was not accepted");
        }
        window.receive(size);
        boolean end = (flags & FrameHeader.FLAG_END) != 0;
        if (end && id == 0) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, "channel 0 cannot be ended");
        }
        if (peerEnded) {
            throw new ProtocolException(ErrorCode.CHANNEL_ENDED, "DATA after the END of channel " + text(id));
        }
        if (end && (flags & FrameHeader.FLAG_MORE) != 0) {
            throw new ProtocolException(MALFORMED, "a fragment that is the last of its channel and not of its message");
        }
        if (end && arriving == null && (flags & FrameHeader.FLAG_HEAD) == 0 && !fragment.hasRemaining()) {
            take(size);
        } else {
            receiveFragment(flags, head, size, fragment);
        }
        if (end && state != State.OVER) {
            peerEnded = true;
            receiver.onEnd();
            overIfDone();
        }
    }

    private void receiveFragment(int flags, Head head, int size, ByteBuffer fragment) throws ProtocolException {
        boolean more = (flags & FrameHeader.FLAG_MORE) != 0;
        Assembly assembly = arriving;
        if (assembly == null) {
            if (more && !head.hasTotal()) {
                throw new ProtocolException(MALFORMED, "a first fragment without the total length");
            }
            requireNothingForOthers(head);
            boolean taken = receiver.takesFrom(head.handle());
            if (taken
                    && !more
                    && !head.hasTotal()
                    && fragment.remaining() <= mux.limits().maxMessageBytes()) {
                deliver(head, size, fragment);
                return;
            }
            arrivingFrom = head.handle();
            arrivingEnvelope = head.envelope();
            assembly = begin(taken, head, fragment.remaining());
        } else if ((flags & FrameHeader.FLAG_HEAD) != 0) {
            throw new ProtocolException(MALFORMED, "a HEAD within a fragmented message");
        } else {
            receiver.onFragment(arrivingFrom);
        }
        add(assembly, fragment, size, more);
    }

    private void requireNothingForOthers(Head head) throws ProtocolException {
        if (id != 0 && (head.handle() != 0 || head.envelope().isRouted())) {
            throw new ProtocolException(MALFORMED, "a node's name on a message of a channel that has a node");
        }
    }

    /** A whole message that needs no room but the window's. */
    private void deliver(Head head, int size, ByteBuffer message) {
        if (receiver.isInline()) {
            receiver.onView(head.handle(), head.envelope(), message);
            take(size);
        } else {
            hand(head.handle(), copyOf(message), head.envelope(), size, 0);
        }
    }

    private void hand(int from, ByteBuffer message, Envelope envelope, int credit, int charge) {
        held += credit;
        receiver.onMessage(from, new Received(message, envelope, credit, charge));
    }

    private Assembly begin(boolean taken, Head head, int first) throws ProtocolException {
        long total = head.hasTotal() ? head.total() : first;
        if (!taken) {
            return Assembly.dropping(total);
        }
        if (total > mux.limits().maxMessageBytes()) {
            return refused(
                    total,
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a message of " + total + " bytes, allowed are "
                            + mux.limits().maxMessageBytes());
        }
        if (!mux.budget().tryReserve(total)) {
            return refused(total, ErrorCode.NO_CAPACITY, "no memory for a message of " + total + " bytes");
        }
        int length = (int) total;
        window.reserve(roomFor(length));
        mux.connectionWindow().reserve(roomFor(length));
        watchArriving();
        return Assembly.keeping(length, receiver.isInline() ? mux.spares().take(length) : null);
    }

    /** On channel 0 the message alone is lost; any other channel ends with it. */
    private Assembly refused(long total, ErrorCode code, String text) throws ProtocolException {
        if (id != 0) {
            throw new ProtocolException(code, text);
        }
        receiver.onRefusedMessage(code, text);
        return Assembly.dropping(total);
    }

    /** A frame more than the message has: else its last bytes could need a header for which there is no credit. */
    private static long roomFor(int message) {
        return message + Register.MIN_CREDIT;
    }

    private void add(Assembly assembly, ByteBuffer fragment, int size, boolean more) throws ProtocolException {
        arriving = assembly; // Before it can fail: what was reserved for it is found when the connection ends.
        lastFragmentNs = mux.loop().nowNs();
        boolean keeping = assembly.isKeeping();
        boolean complete = keeping && !more;
        int overhead = keeping ? size - fragment.remaining() : size;
        // The last header is held with the message: else messages of next to nothing could wait without bound.
        overhead -= complete ? FrameHeader.SIZE : 0;
        take(overhead);
        assembly.add(fragment, !more);
        if (!more) {
            arriving = null;
            cancelFragmentDeadline();
        }
        if (complete) {
            handAssembled(assembly.message());
        }
    }

    private void handAssembled(ByteBuffer message) {
        int length = message.remaining();
        int size = length + FrameHeader.SIZE;
        window.reserve(-roomFor(length));
        mux.connectionWindow().reserve(-roomFor(length));
        if (receiver.isInline()) {
            receiver.onView(arrivingFrom, arrivingEnvelope, message);
            mux.spares().giveBack(message);
            take(size);
            mux.budget().release(length);
        } else {
            hand(arrivingFrom, message, arrivingEnvelope, size, length);
        }
    }

    /** A message that began to arrive and does not go on must not hold its memory for ever. */
    private void watchArriving() {
        long limitNs = mux.limits().fragmentTimeoutNs();
        Deadline deadline = new Deadline(() -> {
            long silentNs = mux.loop().nowNs() - lastFragmentNs;
            if (silentNs < limitNs) {
                mux.loop().arm(Objects.requireNonNull(fragmentDeadline), limitNs - silentNs);
            } else {
                fragmentDeadline = null;
                mux.onStalledMessage(this, "nothing more of a message came for " + limitNs / 1_000_000 + " ms");
            }
        });
        fragmentDeadline = deadline;
        mux.loop().arm(deadline, limitNs);
    }

    private void cancelFragmentDeadline() {
        if (fragmentDeadline != null) {
            mux.loop().cancel(fragmentDeadline);
            fragmentDeadline = null;
        }
    }

    /** What has come of the message is dropped, and so is the rest. */
    void dropArriving() {
        Assembly assembly = arriving;
        if (assembly != null && assembly.isKeeping()) {
            long inside = window.untaken() - held;
            forgetReserved(assembly);
            assembly.drop();
            take(inside);
        }
    }

    private void forgetArriving() {
        cancelFragmentDeadline();
        Assembly assembly = arriving;
        if (assembly != null) {
            arriving = null;
            if (assembly.isKeeping()) {
                forgetReserved(assembly);
            }
        }
    }

    private void forgetReserved(Assembly assembly) {
        int length = (int) assembly.reserved();
        mux.budget().release(length);
        window.reserve(-roomFor(length));
        mux.connectionWindow().reserve(-roomFor(length));
    }

    private void take(long bytes) {
        window.take(bytes);
        mux.connectionWindow().take(bytes);
    }

    private static ByteBuffer copyOf(ByteBuffer fragment) {
        return ByteBuffer.allocate(fragment.remaining()).put(fragment).flip();
    }

    // ---- what the application gives back

    /** A message in the hands of the application. */
    private final class Received extends Incoming {
        private final int credit;
        private final int charge;

        /**
         * @param credit bytes of both windows
         * @param charge bytes of the budget; 0 if it fitted the window
         */
        Received(ByteBuffer content, Envelope envelope, int credit, int charge) {
            super(content, envelope);
            this.credit = credit;
            this.charge = charge;
        }

        @Override
        public void taken() {
            synchronized (returns) {
                returnedCredit += credit;
                returnedCharge += charge;
                if (returning) {
                    return;
                }
                returning = true;
            }
            mux.loop().execute(MuxChannel.this::settleReturns);
        }
    }

    private void settleReturns() {
        long creditBack;
        long chargeBack;
        synchronized (returns) {
            creditBack = returnedCredit;
            chargeBack = returnedCharge;
            returnedCredit = 0;
            returnedCharge = 0;
            returning = false;
        }
        mux.budget().release(chargeBack);
        held -= creditBack;
        take(creditBack);
        releaseIfUnused();
        mux.onTaken(this);
    }

    private static String text(int id) {
        return Integer.toUnsignedString(id);
    }

    @Override
    public String toString() {
        return "channel " + text(id) + " \"" + name + "\"";
    }
}
