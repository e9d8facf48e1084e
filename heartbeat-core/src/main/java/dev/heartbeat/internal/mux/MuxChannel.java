package dev.heartbeat.internal.mux;

import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.ChannelReset;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.mux.Endpoint.Ending;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One lane of messages within a connection: its life, and what is to be said of it. What it carries
 * goes {@link Outward} and comes {@link Inward}. Channel 0 is open from the beginning to the end of
 * the connection; any other goes through these states.
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
    private enum State {
        OPENING,
        OFFERED,
        OPEN,
        OVER
    }

    private final Multiplexer mux;
    private final Output output;
    private final int id;
    private final String name;
    private final int handle;
    private final int weight;
    /** Null for channel 0. */
    private final @Nullable Endpoint endpoint;
    /** Null for any channel but 0. */
    private final @Nullable SharedReceiver shared;

    private State state;

    final Outward out;
    private final Inward in;

    // ---- its turn among others

    boolean scheduled;
    long deficit;

    // ---- what is to be said of it as soon as the socket has room

    boolean inControl;
    private boolean openDue;
    private boolean acceptDue;
    private @Nullable ErrorCode resetDue;
    private String resetText = "";
    private long resetRefused;
    /** Whether the other side may still refuse a message that was sent. */
    boolean inRefusable;

    private MuxChannel(Multiplexer mux, int id, ChannelOpen open, Endpoint endpoint, State state, long sendLimit) {
        this.mux = mux;
        output = mux.output;
        this.id = id;
        this.name = open.name();
        this.handle = open.handle();
        this.weight = open.weight();
        this.endpoint = endpoint;
        shared = null;
        this.state = state;
        out = new Outward(output, mux.loop(), this, endpoint, new RoundRobin(), new SendWindow(sendLimit));
        in = Inward.of(mux.input, this, endpoint);
    }

    /** Channel 0, which nobody opens. */
    MuxChannel(
            Multiplexer mux, SharedReceiver shared, RoundRobin senders, Multiplexer.Credits credits, long maxWindow) {
        this.mux = mux;
        output = mux.output;
        this.shared = shared;
        id = 0;
        name = "";
        handle = 0;
        weight = Multiplexer.DEFAULT_WEIGHT;
        endpoint = null;
        state = State.OPEN;
        out = new Outward(output, mux.loop(), this, null, senders, new SendWindow(credits.sendChannel()));
        in = Inward.ofChannel0(mux.input, this, shared, credits.window(), maxWindow);
    }

    /** Opened by this side. */
    static MuxChannel opening(Multiplexer mux, int id, ChannelOpen open, Endpoint endpoint) {
        MuxChannel channel = new MuxChannel(mux, id, open, endpoint, State.OPENING, 0);
        channel.openDue = true;
        return channel;
    }

    /** Opened by the other side, and not yet accepted. */
    static MuxChannel offered(Multiplexer mux, int id, ChannelOpen open, Endpoint endpoint) {
        return new MuxChannel(mux, id, open, endpoint, State.OFFERED, open.credit());
    }

    public int id() {
        return id;
    }

    public String name() {
        return name;
    }

    /** The handle of the node it belongs to. */
    public int handle() {
        return handle;
    }

    int weight() {
        return weight;
    }

    /** That of a channel that was opened. */
    Endpoint endpoint() {
        return Objects.requireNonNull(endpoint);
    }

    private Receiver receiver() {
        return shared == null ? endpoint() : shared;
    }

    SendWindow credit() {
        return out.credit();
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
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, number() + " is open already");
        }
        state = State.OPEN;
        out.credit().raise(limit);
        endpoint().onAccepted();
    }

    /**
     * This side sends no more than it was given so far; the other side is notified behind the last
     * of it.
     */
    public void end() {
        out.end();
        mux.activate(this);
    }

    /** This side gives it up: nothing more is sent or taken. */
    public void reset(ErrorCode code, String text) {
        reset(code, text, ProtocolException.NO_MESSAGE);
    }

    /**
     * Likewise.
     *
     * @param refused the ordinal of the message that is refused
     */
    void reset(ErrorCode code, String text, long refused) {
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
            resetRefused = refused;
            mux.countUnsentReset(this, 1);
        }
        over(endingWith(code), text);
        if (resetDue != null) {
            mux.control(this);
        }
    }

    private static Ending endingWith(ErrorCode code) {
        return switch (code) {
            case CHANNEL_CANCELLED, CHANNEL_REFUSED -> Ending.RESET;
            case FORBIDDEN_ON_CHANNEL -> Ending.FORBIDDEN;
            default -> Ending.FAILED;
        };
    }

    /** It need not be said any more. */
    void forgetReset() {
        if (resetDue != null) {
            resetDue = null;
            mux.countUnsentReset(this, -1);
        }
    }

    /** Whether this side's END is written. */
    boolean hasEnded() {
        return out.hasEnded();
    }

    void onReset(ChannelReset reset) {
        ErrorCode code = reset.code();
        String text = reset.text();
        out.refused(reset.refused());
        over(endingBy(code), text.isEmpty() && code != null ? code.wireName() : text);
    }

    private Ending endingBy(@Nullable ErrorCode code) {
        if (code == ErrorCode.FORBIDDEN_ON_CHANNEL) {
            return Ending.FORBIDDEN;
        }
        if (state == State.OPENING) {
            return Ending.REFUSED;
        }
        return code == ErrorCode.CHANNEL_CANCELLED ? Ending.RESET_BY_PEER : Ending.FAILED;
    }

    /** Both directions have ended. */
    void overIfDone() {
        if (out.isEndSent() && in.hasEnded()) {
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
        in.over();
        out.over();
        mux.forget(this);
        if (output.inFlight().isEmpty()) {
            endpoint().onOver(ending, text);
        } else {
            // Behind its own messages that are on their way to the socket: they may still leave, or
            // come back.
            output.inFlight().mark(new Over(ending, text));
        }
    }

    /** What is told of the end, when nothing is left to be told before it. */
    private final class Over implements OutgoingMessage.Owner {
        private final Ending ending;
        private final String text;

        Over(Ending ending, String text) {
            this.ending = ending;
            this.text = text;
        }

        @Override
        public void onSent(OutgoingMessage message) {
            endpoint().onOver(ending, text);
        }

        @Override
        public void undelivered(OutgoingMessage message, Reason reason) {
            endpoint().onOver(ending, text);
        }
    }

    /** The connection is over: what had begun to travel goes back to its sender. */
    void abandon() {
        if (endpoint != null) {
            over(Ending.CONNECTION_LOST, "the connection was lost");
            return;
        }
        state = State.OVER;
        in.over();
        out.over();
    }

    void drain() {
        if (endpoint != null) {
            endpoint.drain();
        }
    }

    boolean awaitsReplies() {
        return endpoint != null && endpoint.awaitsReplies();
    }

    // ---- outwards

    /** Messages and notices that wait go out before the loop turns to other things. */
    public void pumpSoon() {
        mux.pumpSoon();
    }

    /** Someone has messages for this channel, and has joined. */
    public void offer(Sender joined) {
        out.offer(joined);
        mux.activate(this);
    }

    boolean canWrite() {
        return state == State.OPEN && !acceptDue && out.canWrite();
    }

    /** Whether something waits to be written, for which there may be no credit. */
    boolean hasWork() {
        return out.hasWork();
    }

    /** Whether a message of this sender is being cut, and not all of it is written. */
    boolean isCutting(Sender who) {
        return out.isCutting(who);
    }

    /**
     * Writes what is next: several whole messages, or one fragment.
     *
     * @param connectionCredit how much the connection may send
     * @return what it took of the credit
     */
    long write(long connectionCredit) {
        return out.write(connectionCredit);
    }

    // ---- control

    /** Says what is due. */
    void writeControl() {
        if (openDue) {
            openDue = false;
            output.open(id, new ChannelOpen(in.windowSize(), weight, name, handle));
        } else if (acceptDue) {
            acceptDue = false;
            output.accept(id, in.windowSize());
            mux.activate(this);
        } else if (resetDue != null) {
            output.reset(id, resetDue, resetText, resetRefused);
            resetDue = null;
            mux.countUnsentReset(this, -1);
        } else if (isGrantDue()) {
            output.credit(id, in.grant());
        }
    }

    /** The other side may refuse a message that was sent. */
    void keepsRefusable() {
        mux.keepsRefusable(this);
    }

    boolean isGrantDue() {
        return state == State.OPEN && in.isGrantDue();
    }

    /** Whether this side owes the other credit, whatever the reason. */
    boolean owesCredit() {
        return isGrantDue() || in.isWithholding();
    }

    /** What was withheld is due. */
    void giveWithheld() {
        in.giveWithheld();
    }

    // ---- inwards

    /** Takes a DATA frame, and hands over the message that becomes whole with it. */
    void receive(int flags, Head head, int size, ByteBuffer fragment) throws ProtocolException {
        if (state != State.OPEN || acceptDue) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, "DATA on " + number() + ", which was not accepted");
        }
        boolean last = in.receive(flags, head, size, fragment);
        if (last && state != State.OVER) {
            endpoint().onEnd();
            overIfDone();
        }
    }

    /** The other side waits for no answer to this request any more. */
    void onCancel(Head request) {
        if (state == State.OPEN && !in.cancelArriving(request)) {
            receiver().onRequestCancelled(request.handle(), request.envelope());
        }
    }

    /** This side waits for no answer to this request any more. */
    public void cancel(Envelope request) {
        if (state == State.OPEN) {
            mux.cancel(id, 0, request);
        }
    }

    /**
     * The message that is arriving is lost for no fault of the other side, which is notified; any
     * channel but 0 ends with it.
     */
    private void giveUpArriving(String text) {
        if (shared == null) {
            reset(ErrorCode.NO_CAPACITY, text, in.begun());
            return;
        }
        in.dropArriving();
        try {
            shared.onRefusedMessage(new ProtocolException(ErrorCode.NO_CAPACITY, text, in.begun()));
        } catch (ProtocolException e) {
            throw new IllegalStateException("it is nobody's fault", e);
        }
    }

    /** Nothing more comes of the message that is arriving, or too little. */
    void onStalledMessage(String text) {
        giveUpArriving(text);
        mux.pumpSoon();
    }

    /** The application has handled messages. */
    void onTaken() {
        mux.onTaken(this);
    }

    /** Its name in errors. */
    String number() {
        return "channel " + Integer.toUnsignedString(id);
    }

    @Override
    public String toString() {
        return number() + " \"" + name + "\"";
    }
}
