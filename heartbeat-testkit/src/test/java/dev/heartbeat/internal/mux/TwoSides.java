package dev.heartbeat.internal.mux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.ChannelReset;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameDecoder;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.Payload;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two multiplexers of honest sides, joined by a connection that cuts and delays, and applications
 * that open, accept, refuse, send, end, reset, and take messages when they like: all by a seed.
 * Whatever happens is held against lists of what was sent.
 */
final class TwoSides {
    private static final int STEPS = 500;
    private static final int MAX_MESSAGE = 60_000;
    private static final int MIN_WINDOW = 16_396;
    private static final long HOUR_NS = 3_600_000_000_000L;
    /** Shorter messages fit a frame, on the slowest link and whatever the credit is, and need no budget. */
    private static final int SURE_TO_FIT = Assembly.BYTES_PER_FRAGMENT;

    private static final int SLACK_OF_CONTROL = 10_000;

    private final Random random;
    private final int maxChannels;
    private final Side client;
    private final Side server;
    /** Keyed by channel name, which is unique. */
    private final Map<String, End> openers = new HashMap<>();

    private final List<End> ends = new ArrayList<>();
    private boolean lost;

    TwoSides(long seed) {
        random = new Random(seed);
        maxChannels = 1 + random.nextInt(6);
        long clientWindow = MIN_WINDOW + random.nextLong(30_000);
        long serverWindow = MIN_WINDOW + random.nextLong(30_000);
        client = new Side(1, clientWindow, serverWindow);
        server = new Side(2, serverWindow, clientWindow);
        client.peer = server;
        server.peer = client;
        client.zero.other = server.zero;
        server.zero.other = client.zero;
    }

    /** The fate of an accepted message. */
    private enum Fate {
        OPEN,
        LEFT,
        CAME_BACK
    }

    /** A message, and what it was before anybody could spoil it. */
    private static final class Sent {
        private final byte[] content;
        private final Envelope envelope;
        private Fate fate = Fate.OPEN;
        private boolean refusalTold;

        Sent(byte[] content, Envelope envelope) {
            this.content = content;
            this.envelope = envelope;
        }
    }

    /** An application's end of a channel. */
    private final class End implements Endpoint, SharedReceiver, Sender {
        private final Side side;
        private final String name;
        private final boolean isInline = random.nextInt(4) == 0;
        /** Takes nothing before the very end. */
        private final boolean isSlow = random.nextInt(5) == 0;

        private final int window = MIN_WINDOW + random.nextInt(20_000);
        private final int maxWindow = window * (1 + random.nextInt(4));
        private final Outbox outbox = new Outbox(20, 200_000, MAX_MESSAGE);

        private @Nullable End other;
        private @Nullable MuxChannel channel;
        private boolean wasOffered;
        private boolean open;
        private boolean joined;
        private boolean ended;
        private boolean gaveUp;
        private boolean otherEnded;
        private boolean over;

        private final List<Sent> accepted = new ArrayList<>();
        /** Messages whose fate is open. */
        private final IdentityHashMap<OutgoingMessage, Sent> sent = new IdentityHashMap<>();
        /** All that were ever sent. */
        private final IdentityHashMap<OutgoingMessage, Sent> known = new IdentityHashMap<>();

        private int refusalsTold;
        private int left;
        private int cameBack;
        private int delivered;
        private int missed;
        private final List<IncomingMessage> held = new ArrayList<>();

        End(Side side, String name) {
            this.side = side;
            this.name = name;
        }

        // ---- what the application does

        void send() {
            byte[] content = new byte[size()];
            random.nextBytes(content);
            Envelope envelope = random.nextInt(3) > 0
                    ? Envelope.NONE
                    : Envelope.request(random.nextLong(), null, Envelope.NOT_SAID);
            if (random.nextInt(6) == 0) {
                envelope = envelope.answer(Envelope.Kind.REPLY);
            }
            int before = random.nextInt(9);
            ByteBuffer buffer = ByteBuffer.allocate(before + content.length + 5);
            buffer.put(before, content).position(before).limit(before + content.length);
            OutgoingMessage message = new OutgoingMessage(buffer, envelope, null);
            SendResult result = outbox.offer(message);
            assertThat(result == SendResult.CLOSED).isEqualTo(ended || over);
            if (result == SendResult.ACCEPTED) {
                Sent kept = new Sent(content, envelope);
                accepted.add(kept);
                sent.put(message, kept);
                known.put(message, kept);
                if (join()) {
                    side.loop.execute(this::haveTurn);
                }
            }
        }

        private int size() {
            return switch (random.nextInt(8)) {
                case 0 -> 0;
                case 1 -> 1;
                case 2 -> random.nextInt(100);
                case 3 -> random.nextInt(2_000);
                case 4 -> 16_300 + random.nextInt(200);
                case 5 -> random.nextInt(MAX_MESSAGE + 1);
                case 6 -> MAX_MESSAGE;
                default -> random.nextInt(6000);
            };
        }

        private void haveTurn() {
            if (this == side.zero) {
                side.turns.add(this);
                side.pumpSoon();
            } else if (open && !over) {
                place().offer(this);
                place().pumpSoon();
            } else {
                dequeued();
            }
        }

        private MuxChannel place() {
            return Objects.requireNonNull(channel);
        }

        void accept() {
            if (wasOffered && !open && !over) {
                place().accept();
                begin();
                place().pumpSoon();
            }
        }

        private void begin() {
            open = true;
            outbox.holdBy(this);
            if (hasMore() && join()) {
                place().offer(this);
            }
        }

        void end() {
            if (!ended && random.nextInt(3) == 0) {
                send(); // The loop hears of the end first.
            }
            outbox.refuseMore();
            ended = true;
            place().end();
            place().pumpSoon();
        }

        void giveUp(ErrorCode code) {
            gaveUp = true;
            place().reset(code, "enough");
            place().pumpSoon();
        }

        void take() {
            if (!held.isEmpty()) {
                IncomingMessage message = held.remove(random.nextInt(held.size()));
                side.held -= message.content().capacity();
                message.consumed();
            }
        }

        // ---- as a sender

        @Override
        public Sender sender() {
            return this;
        }

        @Override
        public int handle() {
            return 0;
        }

        @Override
        public boolean join() {
            boolean first = !joined;
            joined = true;
            return first;
        }

        @Override
        public void dequeued() {
            joined = false;
        }

        @Override
        public void poll(MessageList to, long room) {
            outbox.poll(this, 0, room, to);
        }

        @Override
        public boolean hasMore() {
            return !outbox.isEmpty();
        }

        @Override
        public void onSent(OutgoingMessage message) {
            assertThat(message.endOffset()).as("%s left", this).isLessThanOrEqualTo(side.wire.flushedBytes());
            decide(message, Fate.LEFT);
        }

        @Override
        public void undelivered(OutgoingMessage message, Reason reason) {
            if (reason == Reason.REFUSED) {
                onRefusal(message);
            } else {
                decide(message, Fate.CAME_BACK);
            }
        }

        /**
         * A refused request fails while the rest is sent. Any other message comes back when it has
         * left, or had left before.
         */
        private void onRefusal(OutgoingMessage message) {
            Sent told = Objects.requireNonNull(known.get(message));
            assertThat(told.refusalTold)
                    .as("a refusal that was told to %s before", this)
                    .isFalse();
            told.refusalTold = true;
            refusalsTold++;
            if (!message.isRequest() && sent.containsKey(message)) {
                decide(message, Fate.CAME_BACK);
            }
        }

        /** From here on the buffer is the application's, which does with it what it likes. */
        private void decide(OutgoingMessage message, Fate fate) {
            Sent decided = sent.remove(message);
            assertThat(decided)
                    .as("a message of %s that was not told of before", this)
                    .isNotNull();
            decided.fate = fate;
            if (fate == Fate.LEFT) {
                left++;
            } else {
                cameBack++;
            }
            Arrays.fill(message.content().array(), (byte) 0x55);
        }

        // ---- as a receiver

        @Override
        public int window() {
            return window;
        }

        @Override
        public int maxWindow() {
            return maxWindow;
        }

        @Override
        public boolean takesFrom(int handle, long ordinal) {
            assertThat(handle).isZero();
            return true;
        }

        @Override
        public void onFragment(int handle) {
            assertThat(handle).isZero();
        }

        @Override
        public boolean isInline() {
            return isInline;
        }

        @Override
        public void onView(Envelope envelope, ByteBuffer message) {
            assertThat(isInline && this != side.zero).isTrue();
            deliver(envelope, message);
        }

        @Override
        public void onMessage(int handle, IncomingMessage message) {
            assertThat(isInline && this != side.zero).isFalse();
            held.add(message);
            side.held += message.content().capacity();
            deliver(message.envelope(), message.content());
        }

        private void deliver(Envelope envelope, ByteBuffer message) {
            assertThat(over || otherEnded)
                    .as("%s is told of a message behind the last", this)
                    .isFalse();
            byte[] content = new byte[message.remaining()];
            message.duplicate().get(content);
            Sent expected = next();
            while (this == side.zero
                    && expected.content.length > SURE_TO_FIT
                    && !Arrays.equals(content, expected.content)) {
                missed++; // There was no memory for it.
                expected = next();
            }
            assertThat(content.length)
                    .as("length of message %s of %s", delivered, this)
                    .isEqualTo(expected.content.length);
            assertThat(Arrays.equals(content, expected.content))
                    .as("message %s of %s", delivered, this)
                    .isTrue();
            assertThat(envelope).isEqualTo(expected.envelope);
            assertThat(expected.fate).isNotEqualTo(Fate.CAME_BACK);
            assertThat(expected.refusalTold)
                    .as("%s was told that this message is refused", other)
                    .isFalse();
            delivered++;
        }

        private Sent next() {
            List<Sent> all = Objects.requireNonNull(other).accepted;
            assertThat(delivered + missed)
                    .as("messages that %s was given", this)
                    .isLessThan(all.size());
            return all.get(delivered + missed);
        }

        @Override
        public void onRequestCancelled(int handle, Envelope request) {}

        @Override
        public void onRefusedMessage(ProtocolException refusal) {
            assertThat(this).isSameAs(side.zero);
            assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
            side.refusedOnZero++;
            side.encoder.error(0, refusal.code(), refusal.text(), 0, List.of(refusal.refused()));
        }

        @Override
        public void onOffered(MuxChannel offered) {
            assertThat(wasOffered).isFalse();
            wasOffered = true;
            channel = offered;
        }

        @Override
        public void onAccepted() {
            assertThat(open || over || wasOffered).isFalse();
            assertThat(Objects.requireNonNull(other).open).isTrue();
            begin();
        }

        @Override
        public void onEnd() {
            assertThat(over || otherEnded).isFalse();
            otherEnded = true;
            End from = Objects.requireNonNull(other);
            assertThat(from.ended).isTrue();
            assertThat(delivered).as("%s has all before the end", this).isEqualTo(from.accepted.size());
        }

        @Override
        public boolean awaitsReplies() {
            return false;
        }

        @Override
        public void drain() {
            end();
        }

        @Override
        public void onOver(Ending ending, String text) {
            assertThat(over).as("%s is over once", this).isFalse();
            over = true;
            outbox.close().drain(left -> undelivered(left, Reason.LOST));
            boolean otherGaveUp = other != null && other.gaveUp;
            boolean noMemory = !wasOffered && channel == null
                    || side.noMemoryFor(place())
                    || side.peer().noMemoryFor(place());
            boolean fits = switch (ending) {
                case COMPLETED -> ended && otherEnded && cameBack == 0;
                case REFUSED, FORBIDDEN -> !wasOffered && !open && (otherGaveUp || noMemory);
                case RESET -> gaveUp;
                case RESET_BY_PEER -> otherGaveUp;
                case FAILED -> noMemory;
                case CONNECTION_LOST -> lost;
            };
            assertThat(fits).as("%s ends %s: %s", this, ending, text).isTrue();
        }

        void check() {
            assertThat(left + cameBack + sent.size())
                    .as("every message of %s has one fate", this)
                    .isEqualTo(accepted.size());
        }

        @Override
        public String toString() {
            return (side == client ? "client" : "server") + "'s end of channel \"" + name + "\"";
        }
    }

    /** One side of the connection. */
    private final class Side implements Multiplexer.Host, FrameHandler {
        private final FakeLoop loop = new FakeLoop();
        private final long window;
        private final long memory = random.nextInt(4) == 0 ? random.nextInt(100_000) : random.nextInt(2_000_000);
        private final InboundBudget budget = new InboundBudget(memory);
        private final int highWater = 5_000 + random.nextInt(60_000);
        private final UnevenConnection wire = new UnevenConnection(
                random, 1_000 + random.nextInt(random.nextBoolean() ? 10_000 : 200_000), highWater);
        private final FrameEncoder encoder = new FrameEncoder(wire);
        private final FrameDecoder decoder = new FrameDecoder();
        private final BufferPool spares = new BufferPool(random.nextInt(3), 100_000);
        private final RoundRobin turns = new RoundRobin();
        private final End zero;
        private final Multiplexer mux;
        private final Set<Integer> withoutMemory = new HashSet<>();

        private @Nullable Side peer;
        private boolean pumping;
        private long held;
        private int refusedOnZero;

        Side(int firstId, long window, long peersWindow) {
            this.window = window;
            zero = new End(this, "");
            zero.open = true;
            zero.outbox.holdBy(zero);
            ends.add(zero);
            mux = new Multiplexer(
                    this,
                    wire,
                    encoder,
                    zero,
                    turns,
                    new Multiplexer.Credits(peersWindow, peersWindow, window),
                    new Multiplexer.Limits(
                            firstId,
                            MAX_MESSAGE,
                            maxChannels,
                            maxChannels,
                            3 * window,
                            new Multiplexer.Arrival(HOUR_NS, 10_000_000_000L, 1024),
                            HOUR_NS),
                    budget);
        }

        Side peer() {
            return Objects.requireNonNull(peer);
        }

        boolean noMemoryFor(MuxChannel channel) {
            return withoutMemory.contains(channel.id());
        }

        // ---- bytes

        @Override
        public void onFrame(@Nullable FrameType type, int flags, int id, ByteBuffer in) throws ProtocolException {
            switch (Objects.requireNonNull(type)) {
                case DATA -> {
                    int size = FrameHeader.SIZE + in.remaining();
                    mux.onData(id, flags, Head.of(flags, in), size, in);
                }
                case CREDIT -> mux.onCredit(id, Payload.ofCredit(in));
                case CHANNEL_OPEN -> mux.onOpen(id, ChannelOpen.read(in));
                case CHANNEL_ACCEPT -> mux.onAccept(id, ChannelOpen.readAccept(in));
                case CHANNEL_RESET -> mux.onReset(id, ChannelReset.read(in));
                case PING -> encoder.pong(in);
                case PONG -> mux.onPong(in);
                case ERROR -> {
                    PeerError error = PeerError.read(in);
                    assertThat(error.code()).isEqualTo(ErrorCode.NO_CAPACITY);
                    assertThat(error.refused()).hasSize(1);
                    mux.onRefused(id, error.refused());
                }
                default -> throw new AssertionError("nobody sends " + type);
            }
        }

        /** Between two honest sides there is nothing to refuse, but for want of memory. */
        @Override
        public void onRefused(int id, ProtocolException refusal) {
            assertThat(refusal.code()).as(refusal.text()).isEqualTo(ErrorCode.NO_CAPACITY);
            withoutMemory.add(id);
            try {
                mux.refuse(id, refusal);
            } catch (ProtocolException e) {
                throw new AssertionError("an honest side can have as many refused as it may open", e);
            }
        }

        boolean read() {
            ByteBuffer bytes = peer().wire.arrive();
            if (!bytes.hasRemaining()) {
                return false;
            }
            try {
                while (bytes.hasRemaining()) {
                    decoder.decode(bytes, FrameType.Sender.BOTH, this, spares);
                }
            } catch (ProtocolException e) {
                throw new AssertionError("an honest side is refused: " + e.code() + ", " + e.text(), e);
            }
            mux.pump();
            return true;
        }

        boolean write() {
            long before = wire.flushedBytes();
            wire.flush();
            mux.settle(wire.flushedBytes());
            mux.pump();
            return wire.flushedBytes() > before;
        }

        // ---- channels

        void open() {
            End end = new End(this, "c" + openers.size());
            int weight = 1 + random.nextInt(255);
            int handle = random.nextInt(3) * 7;
            long open = ends.stream()
                    .filter(each -> each.side == this && each != zero && !each.wasOffered && !each.over)
                    // Its place is free before its report, which waits for the bytes on their way
                    // to the socket.
                    .filter(each -> each.channel == null || !each.channel.isOver())
                    .count();
            openers.put(end.name, end);
            try {
                end.channel = mux.open(end.name, weight, handle, end);
                assertThat(open).isLessThan(maxChannels);
                ends.add(end);
                pumpSoon();
            } catch (ProtocolException e) {
                if (e.code() == ErrorCode.TOO_MANY_CHANNELS) {
                    assertThat(open).isEqualTo(maxChannels);
                } else {
                    assertThat(e.code()).isEqualTo(ErrorCode.NO_CAPACITY);
                    assertThat(budget.tryReserve(null, end.window)).isFalse();
                }
            }
        }

        @Override
        public Endpoint onOpen(ChannelOpen open) {
            End opener = Objects.requireNonNull(openers.get(open.name()));
            assertThat(opener.side).isSameAs(peer());
            assertThat(opener.other).isNull();
            assertThat(open.weight()).isEqualTo(opener.place().weight());
            assertThat(open.handle()).isEqualTo(opener.place().handle());
            assertThat(open.credit()).isEqualTo(opener.window);
            End end = new End(this, open.name());
            end.other = opener;
            opener.other = end;
            ends.add(end);
            return end;
        }

        @Override
        public FakeLoop loop() {
            return loop;
        }

        @Override
        public BufferPool spares() {
            return spares;
        }

        @Override
        public long rttNs() {
            return 0;
        }

        @Override
        public void onMessageSent() {}

        @Override
        public void onSignOfLife(int handle) {
            assertThat(handle).isNotZero();
        }

        @Override
        public void pumpSoon() {
            if (!pumping) {
                pumping = true;
                loop.execute(() -> {
                    pumping = false;
                    mux.pump();
                });
            }
        }

        void check() {
            // A frame more than is charged is granted for each message that arrives in fragments
            // (M44).
            long ahead = (1 + 2L * maxChannels) * UnevenConnection.FULL_FRAME;
            assertThat(held).as("bytes held").isLessThanOrEqualTo(window + memory + ahead);
            assertThat(mux.input.window().unconsumed())
                    .as("what was taken had come")
                    .isNotNegative();
            assertThat(wire.pendingBytes())
                    .as("bytes that wait for the socket")
                    .isLessThanOrEqualTo(Math.max(highWater, Multiplexer.MAX_AHEAD_FRAMES * UnevenConnection.FULL_FRAME)
                            + SLACK_OF_CONTROL);
            assertThat(wire.mostDataAhead())
                    .as("data ahead of a control frame")
                    .isLessThanOrEqualTo(Multiplexer.MAX_AHEAD_FRAMES * UnevenConnection.FULL_FRAME);
            assertThat(mux.framesReceived()).isLessThanOrEqualTo(peer().mux.framesSent());
            assertThat(zero.missed).as("messages without memory").isLessThanOrEqualTo(refusedOnZero);
        }

        void checkAfterwards() {
            assertThat(loop.armed()).as("timers left").isZero();
            assertThat(held).isZero();
            assertThat(budget.tryReserve(null, memory))
                    .as("the budget is whole")
                    .isTrue();
            assertThat(budget.tryReserve(null, 1))
                    .as("the budget has not grown")
                    .isFalse();
        }
    }

    // ---- the play

    void play() {
        for (int step = 0; step < STEPS; step++) {
            step(random.nextBoolean() ? client : server);
            runLoops();
            check();
        }
        if (random.nextInt(3) > 0) {
            endWell();
        }
        lose();
    }

    private void step(Side side) {
        End end = anyOf(side);
        switch (random.nextInt(25)) {
            case 0, 1 -> side.open();
            case 2, 3, 4 -> {
                if (end.wasOffered && !end.open && !end.over && random.nextInt(6) == 0) {
                    end.giveUp(random.nextBoolean() ? ErrorCode.CHANNEL_REFUSED : ErrorCode.CHANNEL_CANCELLED);
                } else {
                    end.accept();
                }
            }
            case 5, 6, 7, 8, 9 -> {
                for (int times = 1 + random.nextInt(4); times > 0; times--) {
                    end.send();
                }
            }
            case 10 -> {
                if (end != side.zero && !end.over && random.nextInt(3) == 0) {
                    end.end();
                }
            }
            case 11 -> {
                if (end != side.zero && !end.over && random.nextInt(5) == 0) {
                    end.giveUp(ErrorCode.CHANNEL_CANCELLED);
                }
            }
            case 12, 13, 14 -> {
                if (!end.isSlow) {
                    end.take();
                }
            }
            case 15, 16, 17 -> side.write();
            case 18, 19, 20, 21, 22 -> side.read();
            default -> {
                long time = random.nextInt(10_000_000);
                client.loop.pass(time);
                server.loop.pass(time);
            }
        }
    }

    private End anyOf(Side side) {
        End any = side.zero;
        int seen = 0;
        for (End end : ends) {
            if (end.side == side && end.channel != null && (!end.over || !end.held.isEmpty())) {
                seen++;
                any = random.nextInt(seen + 1) == 0 ? any : end;
            }
        }
        return any;
    }

    private boolean runLoops() {
        boolean ran = false;
        while (client.loop.run() + server.loop.run() > 0) {
            ran = true;
        }
        return ran;
    }

    private static boolean either(boolean first, boolean second) {
        return first || second;
    }

    private void check() {
        client.check();
        server.check();
        ends.forEach(End::check);
    }

    /** Everybody does what is asked of it, until nothing moves. */
    private void settle() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (End end : List.copyOf(ends)) {
                end.accept();
                while (!end.held.isEmpty()) {
                    end.take();
                    moved = true;
                }
            }
            moved |= runLoops();
            moved |= either(client.write(), server.write());
            moved |= either(client.read(), server.read());
            check();
        }
        assertThat(client.wire.isEmpty() && server.wire.isEmpty()).isTrue();
    }

    /** With patience everything arrives, and every channel can end. */
    private void endWell() {
        settle();
        for (End end : ends) {
            if (!end.over && end.channel != null || end == end.side.zero) {
                End from = Objects.requireNonNull(end.other);
                assertThat(from.sent).as("what %s has accepted has left", from).isEmpty();
                int refused = end == end.side.zero ? end.side.refusedOnZero : 0;
                assertThat(end.delivered + refused).as("given to %s", end).isEqualTo(from.accepted.size());
                assertThat(from.refusalsTold).as("refusals told to %s", from).isEqualTo(refused);
            }
        }
        for (End end : ends) {
            if (end.channel != null && !end.over) {
                end.end();
            }
        }
        settle();
        for (End end : ends) {
            assertThat(end.over).as("%s is over", end).isEqualTo(end != end.side.zero);
        }
        for (Side side : List.of(client, server)) {
            assertThat(side.mux.isSettled()).isTrue();
            assertThat(side.mux.input.window().unconsumed())
                    .as("what came is taken")
                    .isZero();
            assertThat(side.mux.framesReceived()).isEqualTo(side.peer().mux.framesSent());
        }
    }

    private void lose() {
        lost = true;
        for (Side side : List.of(client, server)) {
            side.wire.lose();
            side.mux.abandon();
            side.zero.over = true;
            side.zero.outbox.close().drain(left -> side.zero.undelivered(left, Reason.LOST));
        }
        for (End end : ends) {
            while (!end.held.isEmpty()) {
                end.take();
            }
        }
        runLoops();
        check();
        for (End end : ends) {
            assertThat(end.over).as("%s is over", end).isTrue();
            assertThat(end.sent.values()).as("what %s was not told of", end).allMatch(message -> message.refusalTold);
        }
        client.checkAfterwards();
        server.checkAfterwards();
    }
}
