package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.fake.FakeConnection;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.FrameDecoder;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.Payload;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.mux.Endpoint;
import dev.heartbeat.internal.mux.InboundBudget;
import dev.heartbeat.internal.mux.Multiplexer;
import dev.heartbeat.internal.mux.RoundRobin;
import dev.heartbeat.internal.mux.SharedReceiver;
import dev.heartbeat.internal.queue.IncomingMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages in fragments, good and bad, and an application that takes them at any time. The outcome
 * of each frame and the announced credit must be those of a naive reading of the page.
 *
 * <pre>
 *  step & 3   then
 *  0, 1       u8 flags, u8 total, u16 length      a DATA frame: MORE 1, END 2, HEAD 4, a kind without its correlation 8, of channel 5: 16;
 *                                                 the total is that of the table, or the length plus what it says
 *  2          u8 which                            the application takes a message
 *  3          -                                   the socket is full, or no longer
 * </pre>
 */
@Tag("M35")
@Tag("M36")
@Tag("M40")
@Tag("M43")
@Tag("M44")
final class MessagesFuzzTest {
    private static final int MAX_MESSAGE = 40_000;
    private static final long BUDGET = 100_000;
    private static final int MAX_LENGTH = 16_384;
    private static final long[] TOTALS = {0, 1, 2, 5, 100, 16_384, 20_000, MAX_MESSAGE, MAX_MESSAGE + 1, 0xFFFF_FFFFL};

    static Stream<byte[]> seeds() {
        return Stream.of(
                        // Plain ones, and a taker.
                        "00 00000005 00000000 02000200 00004000",
                        // Three fragments of 20,000; another while the first is held.
                        "10 00050640 00 01002710 00000000".replace(" ", "") + "00050600640001000064",
                        "00 000506 2710 000100 2710",
                        // Announced too much, too little, for a channel that is not open, with the
                        // end.
                        "00 00050803e8 00010003e8",
                        "00 000403 0003",
                        "00 00100005 00 0005 00020000 0005",
                        // Empty ones that say so, and a full socket.
                        "00 00040000 0000 03 00040000 0000 00040000 0000 03 0200",
                        // The kind without its correlation.
                        "00 000c0a 0005 000d06 0010 00014e10 00004e10",
                        // More than the budget.
                        "ff 000507 4000 000100 4000 000000 1c40 000507 4000 000100 4000 000000 1c40 000507 4000 000100"
                                + " 4000")
                .map(script -> HexFormat.of().parseHex(script.replace(" ", "")));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatBecomesOfMessagesIsWhatThePageSays(byte[] script) {
        fuzzerTestOneInput(script);
    }

    /** Jazzer finds it by this name. */
    public static void fuzzerTestOneInput(byte[] script) {
        new Play(ByteBuffer.wrap(script)).play();
    }

    /** One script, played to the multiplexer and to the naive channel. */
    private static final class Play {
        private final FakeLoop loop = new FakeLoop();
        private final FakeConnection connection = new FakeConnection(loop);
        private final InboundBudget budget = new InboundBudget(BUDGET);
        private final List<IncomingMessage> held = new ArrayList<>();
        private final BufferPool spares = new BufferPool(2, 100_000);
        private final FrameDecoder decoder = new FrameDecoder();
        private final FrameDecoder creditDecoder = new FrameDecoder();
        private final ByteBuffer input;
        private final Multiplexer mux;
        private final NaiveCredit ofConnection;
        private final NaiveChannel.Memory memory = new NaiveChannel.Memory(BUDGET);
        private final NaiveChannel naive;
        private final FrameHandler incoming = new Incoming();
        private final FrameHandler outgoing = new Outgoing();

        private String error = "";
        private @Nullable ByteBuffer message;
        private boolean full;

        Play(ByteBuffer input) {
            this.input = input;
            long window = NaiveCredit.FULL_FRAME + 300L * u8();
            FrameEncoder encoder = new FrameEncoder(connection);
            mux = new Multiplexer(
                    new Alone(),
                    connection,
                    encoder,
                    new Receiving(),
                    new RoundRobin(),
                    new Multiplexer.Credits(window, window, window),
                    new Multiplexer.Limits(
                            2,
                            MAX_MESSAGE,
                            0,
                            0,
                            window,
                            new Multiplexer.Arrival(1, 10_000_000_000L, 1024),
                            1_000_000_000L),
                    budget);
            ofConnection = new NaiveCredit(window);
            naive = new NaiveChannel(0, window, ofConnection, memory, MAX_MESSAGE);
        }

        /** Reads frames of the one type that counts. */
        private abstract class Reader implements FrameHandler {
            private final FrameType expected;

            Reader(FrameType expected) {
                this.expected = expected;
            }

            @Override
            public void onFrame(@Nullable FrameType type, int flags, int id, ByteBuffer in) throws ProtocolException {
                assertThat(type).isSameAs(expected);
                read(flags, id, in);
            }

            abstract void read(int flags, int id, ByteBuffer in) throws ProtocolException;

            @Override
            public void onRefused(int streamId, ProtocolException refusal) {
                error = refusal.code().name();
            }
        }

        private final class Incoming extends Reader {
            Incoming() {
                super(FrameType.DATA);
            }

            @Override
            void read(int flags, int id, ByteBuffer in) throws ProtocolException {
                int size = FrameHeader.SIZE + in.remaining();
                mux.onData(id, flags, Head.of(flags, in), size, in);
            }
        }

        private final class Outgoing extends Reader {
            Outgoing() {
                super(FrameType.CREDIT);
            }

            @Override
            void read(int flags, int id, ByteBuffer in) throws ProtocolException {
                (id == -1 ? ofConnection : naive.credit()).told(Payload.ofCredit(in));
            }
        }

        /** A connection of which nothing is asked but to carry channel 0. */
        private final class Alone implements Multiplexer.Host {
            @Override
            public Loop loop() {
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
            public Endpoint onOpen(ChannelOpen open) {
                throw new AssertionError("nothing is opened");
            }

            @Override
            public void onMessageSent() {
                throw new AssertionError("nothing is sent");
            }

            @Override
            public void onSignOfLife(int handle) {
                throw new AssertionError("no channel has another node");
            }

            @Override
            public void pumpSoon() {}
        }

        private final class Receiving implements SharedReceiver {
            @Override
            public boolean takesFrom(int handle, long ordinal) {
                return true;
            }

            @Override
            public void onFragment(int handle) {}

            @Override
            public void onMessage(int handle, IncomingMessage whole) {
                message = whole.content();
                held.add(whole);
            }

            @Override
            public void onRequestCancelled(int handle, Envelope request) {
                // Nothing is kept of a request.
            }

            @Override
            public void onRefusedMessage(ProtocolException refusal) {
                error = refusal.code().name();
            }
        }

        private int u8() {
            return input.hasRemaining() ? input.get() & 0xFF : 0;
        }

        private void play() {
            boolean goesOn = true;
            while (goesOn && input.hasRemaining()) {
                switch (u8() & 3) {
                    case 0, 1 -> goesOn = receive(frame());
                    case 2 -> take(u8());
                    default -> {
                        full = !full;
                        connection.writable(!full);
                        mux.pump();
                    }
                }
                if (goesOn) {
                    check();
                }
            }
            mux.abandon();
            held.forEach(IncomingMessage::consumed);
            loop.run();
            assertThat(loop.armed()).as("timers left").isZero();
            assertThat(Inside.free(budget)).as("budget in the end").isEqualTo(BUDGET);
        }

        private NaiveChannel.Frame frame() {
            int flags = u8();
            boolean head = (flags & 4) != 0;
            boolean plain = !head || (flags & 8) == 0;
            int which = u8();
            int length = Math.min(u8() << 8 | u8(), MAX_LENGTH);
            long total = NaiveChannel.UNTOLD;
            if (head && which != 0xFF) {
                total = which < TOTALS.length ? TOTALS[which] : Math.max(NaiveChannel.UNTOLD, length + which - 128L);
            }
            int headSize = !head ? 0 : Short.BYTES + (total == NaiveChannel.UNTOLD ? 0 : 7) + (plain ? 0 : 4);
            byte[] bytes = new byte[Math.min(length, MAX_LENGTH - headSize)];
            for (int i = 0; i < bytes.length; i += 97) {
                bytes[i] = (byte) (i + length);
            }
            return new NaiveChannel.Frame(
                    (flags & 16) == 0 ? 0 : 5,
                    (flags & 1) != 0,
                    (flags & 2) != 0,
                    head,
                    total,
                    plain,
                    NaiveChannel.Label.NONE,
                    ByteBuffer.wrap(bytes),
                    Frames.HEADER + headSize + bytes.length);
        }

        private static byte[] encode(NaiveChannel.Frame frame) {
            ByteBuffer payload = ByteBuffer.allocate(frame.size() - Frames.HEADER);
            if (frame.head()) {
                payload.putShort((short)
                        (payload.capacity() - Short.BYTES - frame.bytes().remaining()));
                if (!frame.plain()) {
                    payload.put((byte) 2).putShort((short) 1).put((byte) 1);
                }
                if (frame.total() != NaiveChannel.UNTOLD) {
                    payload.put((byte) 6).putShort((short) Integer.BYTES).putInt((int) frame.total());
                }
            }
            payload.put(frame.bytes().duplicate());
            int flags = (frame.more() ? 1 : 0) | (frame.end() ? 2 : 0) | (frame.head() ? 4 : 0);
            return Frames.frame(Frames.DATA, flags, frame.channel(), payload.array());
        }

        /** Whether the connection lives on. */
        private boolean receive(NaiveChannel.Frame frame) {
            NaiveChannel.Outcome expected = expect(frame);
            NaiveChannel.Held whole = expected.message();
            error = "";
            message = null;
            boolean goesOn = true;
            try {
                decoder.decode(ByteBuffer.wrap(encode(frame)), FrameType.Sender.BOTH, incoming, spares);
            } catch (ProtocolException e) {
                error = e.code().name();
                goesOn = false;
            }
            assertThat(error).as("error of %s", frame).isEqualTo(expected.error());
            assertThat(message).as("message of %s", frame).isEqualTo(whole == null ? null : whole.content());
            return goesOn;
        }

        private NaiveChannel.Outcome expect(NaiveChannel.Frame frame) {
            if (frame.isWrongByItself()) {
                return NaiveChannel.Outcome.error("MALFORMED");
            }
            if (!ofConnection.receive(frame.size())) {
                return NaiveChannel.Outcome.error("CREDIT_EXCEEDED");
            }
            return frame.channel() == 0 ? naive.receive(frame) : NaiveChannel.Outcome.error("UNKNOWN_CHANNEL");
        }

        private void take(int which) {
            if (!naive.holdsNothing()) {
                int index = which % naive.held();
                naive.take(naive.held(index));
                held.remove(index).consumed();
                loop.run();
            }
        }

        private void check() {
            naive.credit().look();
            ofConnection.look();
            try {
                ByteBuffer written = connection.readOff();
                while (written.hasRemaining()) {
                    creditDecoder.decode(written, FrameType.Sender.BOTH, outgoing, spares);
                }
            } catch (ProtocolException e) {
                throw new AssertionError("what was written does not parse", e);
            }
            check(naive.credit());
            check(ofConnection);
            assertThat(Inside.free(budget)).as("budget").isEqualTo(memory.free());
        }

        private void check(NaiveCredit credit) {
            assertThat(credit.limit()).as("credit given").isLessThanOrEqualTo(credit.most());
            if (full) {
                return;
            }
            assertThat(credit.owes()).as("credit owed: %s", credit).isFalse();
            if (naive.holdsNothing()) {
                assertThat(credit.limit() - credit.received())
                        .as("room where nothing is held")
                        .isGreaterThanOrEqualTo(NaiveCredit.FULL_FRAME);
            }
        }
    }
}
