package dev.heartbeat.internal.mux;

import static dev.heartbeat.internal.frame.ErrorCode.MALFORMED;

import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.queue.IncomingMessage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The inward half of a channel: its window and what that takes of the budget, the message that is
 * arriving, and what the application has and gives back.
 */
final class Inward {
    /**
     * A window of which half was used sooner than this is too small for a fast network, whatever
     * the round trip.
     */
    private static final long BUSY_NS = 20_000_000;

    /**
     * Doubling is too slow: the shares of heavy channels would take several seconds to come right
     * on a slow link.
     */
    private static final int GROWTH = 4;

    private final Input input;
    private final MuxChannel channel;
    private final Receiver receiver;
    /** Null for channel 0. */
    private final @Nullable Endpoint endpoint;
    /** Null for any channel but 0. */
    private final @Nullable SharedReceiver shared;

    private final ReceiveWindow window;
    private final long maxWindow;
    /** The part of the budget that its window takes. */
    private long charged;

    /** Messages of which at least the first frame has come. */
    private long begun;

    private @Nullable Assembly arriving;
    private int arrivingFrom;
    private Envelope arrivingEnvelope = Envelope.NONE;
    /** Of the message that is arriving, if that is kept. */
    private @Nullable ArrivalWatch watch;

    private boolean ended;
    private boolean over;
    /** Credit of messages that the application has and has not handled. */
    private long held;

    private long grantNs;
    private long consumedAtGrant;

    // ---- what the application gives back, from any thread

    private final Object returns = new Object();
    private long returnedCredit;
    private long returnedCharge;
    private boolean returning;

    private Inward(
            Input input,
            MuxChannel channel,
            Receiver receiver,
            @Nullable Endpoint endpoint,
            @Nullable SharedReceiver shared,
            long window,
            long maxWindow,
            long charged) {
        this.input = input;
        this.channel = channel;
        this.receiver = receiver;
        this.endpoint = endpoint;
        this.shared = shared;
        this.window = new ReceiveWindow(window);
        this.maxWindow = maxWindow;
        this.charged = charged;
    }

    /** Makes that of channel 0, whose first window takes nothing of the budget. */
    static Inward ofChannel0(Input input, MuxChannel channel, SharedReceiver shared, long window, long maxWindow) {
        return new Inward(input, channel, shared, null, shared, window, maxWindow, 0);
    }

    /** Makes that of a channel that was opened, whose window was reserved. */
    static Inward of(Input input, MuxChannel channel, Endpoint endpoint) {
        return new Inward(
                input, channel, endpoint, endpoint, null, endpoint.window(), endpoint.maxWindow(), endpoint.window());
    }

    long windowSize() {
        return window.size();
    }

    /** The ordinal of the latest message. */
    long begun() {
        return begun;
    }

    /** Whether the other side sends nothing more. */
    boolean hasEnded() {
        return ended;
    }

    /**
     * The received part of a message is dropped. Messages that the application holds are given back
     * when it has handled them, and the window's memory with the last.
     */
    void over() {
        over = true;
        forgetArriving();
        input.window().take(window.unconsumed() - held);
        releaseIfUnused();
    }

    /** The window's part of the budget is free again when the last message of it is. */
    private void releaseIfUnused() {
        if (over && held == 0 && charged > 0) {
            input.budget().release(charged);
            input.window().narrow(charged);
            charged = 0;
        }
    }

    // ---- credit

    boolean isGrantDue() {
        return !ended && window.isGrantDue();
    }

    /** Whether the other side lacks credit that it would have at any other time. */
    boolean isWithholding() {
        return window.isWithholding() || input.window().isWithholding();
    }

    /** What was withheld is due. */
    void giveWithheld() {
        window.giveWithheld();
    }

    /** Returns the new limit, to be sent. */
    long grant() {
        widenIfBusy();
        return window.grant();
    }

    /**
     * The sender of a window that is used up fast spends its time waiting for more: the window is
     * made {@value #GROWTH} times as wide, as long as there is memory for that. The bound for fast
     * depends on the round trip, which is measured as long as it decides.
     */
    private void widenIfBusy() {
        long now = input.host().loop().nowNs();
        long more = Math.min((GROWTH - 1) * window.size(), maxWindow - window.size());
        if (more > 0 && window.consumed() - consumedAtGrant >= window.size() / 2) {
            boolean busy = now - grantNs < BUSY_NS;
            if (busy || now - grantNs < 2 * input.rttNs(now)) {
                widen(more);
            }
            if (!busy) {
                // For the next time: it grows with what the peer has written ahead.
                input.roundTrip().measure(now);
            }
        }
        grantNs = now;
        consumedAtGrant = window.consumed();
    }

    private void widen(long more) {
        if (input.budget().tryReserveSpare(more)) {
            charged += more;
            window.widen(more);
            input.window().widen(more);
        }
    }

    // ---- messages

    /**
     * Takes a DATA frame, and hands over the message that becomes whole with it. Returns whether it
     * was the last.
     */
    boolean receive(int flags, Head head, int size, ByteBuffer fragment) throws ProtocolException {
        window.receive(size);
        boolean end = (flags & FrameHeader.FLAG_END) != 0;
        if (end && shared != null) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, "channel 0 cannot be ended");
        }
        if (ended) {
            throw new ProtocolException(ErrorCode.CHANNEL_ENDED, "DATA after the END of " + channel.number());
        }
        if (end && (flags & FrameHeader.FLAG_MORE) != 0) {
            throw new ProtocolException(MALFORMED, "END on a fragment that is not the last of its message");
        }
        if (end && arriving == null && (flags & FrameHeader.FLAG_HEAD) == 0 && !fragment.hasRemaining()) {
            take(size);
        } else {
            receiveFragment(flags, head, size, fragment);
        }
        ended = end;
        return end;
    }

    private void receiveFragment(int flags, Head head, int size, ByteBuffer fragment) throws ProtocolException {
        boolean more = (flags & FrameHeader.FLAG_MORE) != 0;
        Assembly assembly = arriving;
        if (assembly == null) {
            if (more && !head.hasTotal()) {
                throw new ProtocolException(MALFORMED, "a first fragment without the total length");
            }
            requireNothingForOthers(head);
            Envelope envelope = head.saysTime()
                    ? head.envelope().arrived(input.host().loop().nowNs(), head.remainingMillis())
                    : head.envelope();
            begun++;
            boolean taken = shared == null || shared.takesFrom(head.handle(), begun);
            if (taken
                    && !more
                    && !head.hasTotal()
                    && fragment.remaining() <= input.limits().maxMessageBytes()) {
                deliver(head.handle(), envelope, size, fragment);
                return;
            }
            arrivingFrom = head.handle();
            arrivingEnvelope = envelope;
            assembly = begin(taken, head, fragment.remaining());
        } else if ((flags & FrameHeader.FLAG_HEAD) != 0) {
            throw new ProtocolException(MALFORMED, "a HEAD within a fragmented message");
        } else if (shared != null) {
            shared.onFragment(arrivingFrom);
        }
        add(assembly, fragment, size, more);
    }

    private void requireNothingForOthers(Head head) throws ProtocolException {
        if (shared == null && head.namesNode()) {
            throw new ProtocolException(MALFORMED, "a message names a node on a channel other than 0");
        }
    }

    /**
     * The endpoint that handles messages at once, where they lie; null where each is copied and
     * handed over.
     */
    private @Nullable Endpoint inline() {
        return endpoint != null && endpoint.isInline() ? endpoint : null;
    }

    /** A whole message that needs no room but the window's. */
    private void deliver(int from, Envelope envelope, int size, ByteBuffer message) {
        Endpoint inline = inline();
        if (inline != null) {
            inline.onView(envelope, message);
            takeHandled(size);
        } else {
            hand(from, copyOf(message), envelope, size, 0);
        }
    }

    private void hand(int from, ByteBuffer message, Envelope envelope, int credit, int charge) {
        hold(credit);
        receiver.onMessage(from, new Received(message, envelope, credit, charge));
    }

    private void hold(long more) {
        held += more;
        input.host().onHeld(more);
    }

    private Assembly begin(boolean taken, Head head, int first) throws ProtocolException {
        long total = head.hasTotal() ? head.total() : first;
        if (!taken) {
            return Assembly.dropping(total);
        }
        if (total > input.limits().maxMessageBytes()) {
            return refused(
                    total,
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a message of " + total + " bytes, allowed are "
                            + input.limits().maxMessageBytes());
        }
        if (!input.budget().tryReserve(total)) {
            return refused(total, ErrorCode.NO_CAPACITY, "no memory for a message of " + total + " bytes");
        }
        int length = (int) total;
        window.reserve(roomFor(length));
        input.window().reserve(roomFor(length));
        watch = new ArrivalWatch(input, channel);
        return Assembly.keeping(length, inline() != null ? input.host().spares().take(length) : null);
    }

    /** On channel 0 the message alone is lost; any other channel ends with it. */
    private Assembly refused(long total, ErrorCode code, String text) throws ProtocolException {
        ProtocolException refusal = new ProtocolException(code, text, begun);
        if (shared == null) {
            throw refusal;
        }
        shared.onRefusedMessage(refusal);
        return Assembly.dropping(total);
    }

    /**
     * A frame more than the message has: else its last bytes could need a header for which there is
     * no credit.
     */
    private static long roomFor(int message) {
        return message + Register.MIN_CREDIT;
    }

    private void add(Assembly assembly, ByteBuffer fragment, int size, boolean more) throws ProtocolException {
        // Before it can fail: what was reserved for it is found when the connection ends.
        arriving = assembly;
        if (watch != null) {
            watch.arrived(fragment.remaining());
        }
        boolean keeping = assembly.isKeeping();
        boolean complete = keeping && !more;
        int overhead = keeping ? size - fragment.remaining() : size;
        // The last header is held with the message: else messages of next to nothing could wait
        // without bound.
        overhead -= complete ? FrameHeader.SIZE : 0;
        take(overhead);
        assembly.add(fragment, !more);
        if (!more) {
            arriving = null;
            endWatch();
        }
        if (complete) {
            handAssembled(assembly.message());
        }
    }

    private void handAssembled(ByteBuffer message) {
        int length = message.remaining();
        int size = length + FrameHeader.SIZE;
        window.reserve(-roomFor(length));
        input.window().reserve(-roomFor(length));
        Endpoint inline = inline();
        if (inline != null) {
            inline.onView(arrivingEnvelope, message);
            input.host().spares().giveBack(message);
            takeHandled(size);
            input.budget().release(length);
        } else {
            hand(arrivingFrom, message, arrivingEnvelope, size, length);
        }
    }

    private void endWatch() {
        if (watch != null) {
            watch.end();
            watch = null;
        }
    }

    /** Drops what has come of this request, and the rest. False if it is not arriving. */
    boolean cancelArriving(Head request) {
        boolean isArriving = arriving != null
                && arriving.isKeeping()
                && arrivingFrom == request.handle()
                && arrivingEnvelope.isOfSameRequest(request.envelope());
        if (isArriving) {
            dropArriving();
        }
        return isArriving;
    }

    /** The received part of the message is dropped, and so is the rest. */
    void dropArriving() {
        Assembly assembly = arriving;
        if (assembly != null && assembly.isKeeping()) {
            endWatch();
            long inside = window.unconsumed() - held;
            forgetReserved(assembly);
            assembly.drop();
            take(inside);
        }
    }

    private void forgetArriving() {
        endWatch();
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
        input.budget().release(length);
        window.reserve(-roomFor(length));
        input.window().reserve(-roomFor(length));
    }

    private void take(long bytes) {
        window.take(bytes);
        input.window().take(bytes);
    }

    /**
     * Messages were handled. Their credit is what may be withheld: that of headers lets a message
     * arrive that has begun, and its memory would not be free again before.
     */
    private void takeHandled(long bytes) {
        take(bytes);
        if (input.budget().isWithheld()) {
            window.withhold(bytes);
            input.window().withhold(bytes);
            input.host().onWithheld();
        }
    }

    private static ByteBuffer copyOf(ByteBuffer fragment) {
        return ByteBuffer.allocate(fragment.remaining()).put(fragment).flip();
    }

    /** A message in the hands of the application. */
    private final class Received extends IncomingMessage {
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
        public void consumed() {
            synchronized (returns) {
                returnedCredit += credit;
                returnedCharge += charge;
                if (returning) {
                    return;
                }
                returning = true;
            }
            input.host().loop().execute(Inward.this::settleReturns);
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
        input.budget().release(chargeBack);
        hold(-creditBack);
        takeHandled(creditBack);
        releaseIfUnused();
        channel.onTaken();
    }
}
