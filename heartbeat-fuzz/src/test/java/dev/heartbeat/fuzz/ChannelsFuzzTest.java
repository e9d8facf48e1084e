package dev.heartbeat.fuzz;

import dev.heartbeat.ChannelOptions.Delivery;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Channels of a server and of a client whose other side keeps to the rules or breaks them, while
 * the application opens, sends, asks, ends, resets and rests. The outcome of each frame, the bytes
 * written, the application's calls and the memory left must be those of a naive reading of the page.
 *
 * <pre>
 *  u8 world, u8 size     client 1, memory for few windows 2, credit for one frame 4, channels at most: from 8 on; how large the windows are
 *
 *  step &amp; 15   then
 *  0            u8 id, u8 name, u8 how                        CHANNEL_OPEN
 *  1            u8 id, u8 how                                 CHANNEL_ACCEPT
 *  2            u8 id, u8 code                                CHANNEL_RESET
 *  3, 4         u8 id, u8 flags, u8 head, u8 total, u16 size  DATA
 *  5            u8 id, u8 how                                 CREDIT
 *  6            u8 times                                      the last frame again and again; a CHANNEL_OPEN, for the next channel each time
 *  7            u8 how                                        the application opens a channel
 *  8            u8 channel, u16 size                          sends
 *  9            u8 channel, u16 size                          asks
 *  10           u8 channel                                    cancels what it asked last
 *  11           u8 channel                                    ends
 *  12           u8 channel                                    resets
 *  13           u8 channel                                    fetches a message
 *  14           -                                             the socket is full, or no longer
 *  15           -                                             the workers rest, or no longer
 * </pre>
 */
@Tag("M37")
@Tag("M38")
@Tag("M49")
@Tag("M54")
@Tag("M60")
@Tag("M67")
@Tag("M68")
@Tag("M69")
@Tag("M70")
@Tag("M71")
@Tag("M72")
final class ChannelsFuzzTest {
    private static final List<Delivery> DELIVERIES = List.of(Delivery.PUSH, Delivery.INLINE, Delivery.PULL);
    private static final int MAX_STEPS = 250;
    private static final int MAX_TIMES = 40;
    private static final int MAX_LENGTH = 16_384;
    private static final long[] TOTALS = {0, 1, 2, 5, 100, 16_384, 20_000, 40_000, 40_001, 0xFFFF_FFFFL};
    private static final List<String> NAMES =
            List.of("a", "i", "p", "r", "n", "", "a b", "x".repeat(128), "x".repeat(129));
    private static final long[] LIMITS = {0, 16_395, 16_396, 20_000, 65_536, 1L << 40, Long.MAX_VALUE, -1};

    static Stream<byte[]> seeds() {
        return Stream.of(
                        // Opened, talked on, ended by both; then frames for what is over.
                        "2000 00c00000 03c1000000 0005 03c1020000 0000 0b01 03c1000000 0005 05c105",
                        "2100 00c00000 03c1000000 0005 03c1020000 0000 0b01 03c1000000 0005 05c105",
                        // The same inline and pulled, with a message fetched before and after the
                        // end.
                        "2000 00c00100 03c1000000 0005 03c1020000 0000 0b01",
                        "2000 00c00200 03c1000000 0005 03c1000000 0006 0d01 03c1020000 0000 0b01 0d01",
                        // Refused by the application, by nobody, for its name, its handle, its
                        // number, its parity.
                        "2000 00c00300 00c00400 00c00500 00c00600 00c00700 00c00800 00c00010",
                        "0800 00c00000 00c00000 00c00000 00c00000 00010000",
                        "2000 00c00000 00010000",
                        "2000 00020000",
                        // Opened here, accepted there, twice; refused there.
                        "2000 0701 01c004 0801 0005 0901 0005 05c105 01c004",
                        "2000 0700 02c02b 0701 02c02c 0b02",
                        // Requests answered twice, late, and by failure; answers without a request.
                        "2000 0700 014105 0901 0005 05ff06 03410c0200 0005 03410c0200 0005 03410c0300 0005",
                        "2000 0900 0005 0a00 03000c0200 0001 0900 0005 0300140300 0005",
                        // Asked by the other side, on channels of all kinds.
                        "2000 00c00005 00c00105 00c00205 0341040100 0005 0342040100 0005 0343040100 0005 0300040100"
                                + " 0005",
                        // Fragments: of one message, of two at a time, too many, too much, too
                        // little.
                        "2000 00c00005 0341054005 0010 0341010000 0010 0341000000 0010",
                        "2000 00c00005 0341054006 2710 0341054006 2710",
                        "2000 00c00005 0341054004 0001 0341010000 0001 0614",
                        "2000 00c00005 0341054004 0001 0341010000 0064",
                        "2000 00c00005 0341054008 0001 03c0000000 0001",
                        // Credit that goes beyond bounds, and DATA that goes beyond credit.
                        "2000 00c00005 054107",
                        "2000 00c00005 0341000000 4000 0341000000 4000 0341000000 4000",
                        "2000 0f 00c00005 0341000000 3000 0341000000 3000",
                        // Floods: of opens, of opens and resets, of empty messages, of what nobody
                        // opened.
                        "2000 00c00000 0628",
                        "1000 0e 00c00000 02c12c 00c00000 02c12c 00c00000 02c12c 00c00000 02c12c 0e",
                        "1000 0f 00c00000 02c12c 00c00000 02c12c 00c00000 02c12c 00c00000 02c12c 00c00000 02c12c 0f",
                        "2000 00c00005 0341000000 0000 0628 0628",
                        "2000 03050000000000 0628",
                        // While the socket is full and the workers rest.
                        "2000 0e0f 00c00005 00c00105 0700 0b01 0c01 0e0f 0b01 0b02 0c01",
                        "2000 0e 00c00005 0341000000 0005 0801 0005 0b01 0341020000 0000 0e",
                        // Memory for one message; for one window.
                        "2200 0341054006 2710 0300054006 2710 0300054006 2710 0300054007 2710 0300054007 2710",
                        "2200 00c00000 00c00000 00c00000 00c00000 0700 0700",
                        // No memory is left, and a socket takes nothing of what is to be said of
                        // that.
                        "227f 00c00005 0f" + "0300044080 3ff7".repeat(2) + "0e" + "0300044080 0bb8".repeat(3) + "0e",
                        // Said after the end; opened and reset by both, unheard; one error after
                        // the other.
                        "2000 00c00005 03c1020000 0000 03c1000000 0001",
                        "0800 00c00000 0e 0c01 00c00000 0c01 00c00000 0e",
                        "2000 0c01 0300000000 0000 03050000000000 0610 03050000000000",
                        // Over while a message of it arrives, and while one of it is held.
                        "2000 00c00005 0341054006 2710 02412c 00c00005 0341000000 3000 0f 0341000000 0100 02412c 0f",
                        // Asked, and closed before there is an answer.
                        "2000 00c00005 0901 0005 02412c",
                        "2100 00c00005 0901 0005 0c01",
                        // A node's name where there is none to be.
                        "2000 00c00005 0341040800 0005",
                        "2000 00c00005 0341041000 0005",
                        "2000 00c00005 0341042000 0005",
                        "2100 00c00005 0341041000 0005",
                        "2000 0300040800 0005 0300041000 0005")
                .map(script -> HexFormat.of().parseHex(script.replace(" ", "")));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatBecomesOfChannelsIsWhatThePageSays(byte[] script) {
        fuzzerTestOneInput(script);
    }

    /** Jazzer finds it by this name. */
    public static void fuzzerTestOneInput(byte[] script) {
        new Play(ByteBuffer.wrap(script)).play();
    }

    /** One script, played to the production code and to the naive session. */
    private static final class Play {
        private final ByteBuffer input;
        private final ChannelsWorld world;
        private final NaiveSession naive;
        /** The last frame of the other side, once more. */
        private Runnable again = () -> {};

        private int counter;

        Play(ByteBuffer input) {
            this.input = input;
            int choices = u8();
            world = new ChannelsWorld(
                    (choices & 1) != 0,
                    choices >>> 3 & 7,
                    300 * (u8() & 0x7F),
                    (choices & 2) != 0 ? 90_000 : 400_000,
                    (choices & 4) != 0 ? NaiveCredit.FULL_FRAME : 100_000);
            naive = world.naive();
        }

        private int u8() {
            return input.hasRemaining() ? input.get() & 0xFF : 0;
        }

        private int u16() {
            return u8() << 8 | u8();
        }

        void play() {
            for (int steps = 0; steps < MAX_STEPS && input.hasRemaining() && world.isAlive(); steps++) {
                step(u8() & 15);
            }
            world.lose();
        }

        private void step(int what) {
            switch (what) {
                case 0 -> open(u8(), u8(), u8());
                case 1 -> accept(u8(), u8());
                case 2 -> reset(u8(), u8());
                case 3, 4 -> data(u8(), u8(), u8(), u8(), u16());
                case 5 -> credit(u8(), u8());
                case 6 -> {
                    for (int times = u8() % (MAX_TIMES + 1); times > 0 && world.isAlive(); times--) {
                        again.run();
                    }
                }
                case 7 -> world.open(DELIVERIES.get(u8() % DELIVERIES.size()));
                case 8 -> world.send(u8(), content(u16()));
                case 9 -> world.ask(u8(), content(u16()));
                case 10 -> world.cancel(u8());
                case 11 -> world.end(u8());
                case 12 -> world.reset(u8());
                case 13 -> world.fetch(u8());
                case 14 -> world.fillOrDrainSocket();
                default -> world.restOrWork();
            }
        }

        private ByteBuffer content(int length) {
            byte[] bytes = new byte[Math.min(length, 40_000)];
            counter++;
            for (int i = 0; i < bytes.length; i += 97) {
                bytes[i] = (byte) (i + counter);
            }
            return ByteBuffer.wrap(bytes);
        }

        /**
         * A byte chooses: small ids; channels that live; the ids that the other side would open
         * next, and the last that it opened; ids beyond all, and the connection.
         */
        private int id(int code) {
            if (code == 0xFF) {
                return -1;
            }
            if (code >= 0xFD) {
                return code - 0x100;
            }
            if (code >= 0xC0) {
                int steps = code & 3;
                return steps == 0 ? naive.nextTheirs() : naive.nextTheirs() - 2 * steps;
            }
            if (code >= 0x40) {
                List<Integer> living = naive.living();
                return living.get((code & 0x3F) % living.size());
            }
            return code & 0x1F;
        }

        private void open(int idCode, int nameCode, int how) {
            int id = id(idCode);
            String name = NAMES.get(nameCode % NAMES.size());
            int handle = (how & 16) == 0 ? 0 : 7;
            long limit = firstLimit(how);
            int weight = (how & 32) == 0 ? 16 : 0;
            boolean cut = (how & 64) != 0;
            ByteArrayOutputStream payload = payload(limit);
            payload.write(weight);
            payload.write(name.length() + (cut ? 1 : 0));
            payload.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
            if (handle != 0 && !cut) {
                payload.writeBytes(new byte[] {1, 0, 4, 0, 0, 0, (byte) handle});
            }
            boolean wellFormed = isFirstLimit(limit) && weight != 0 && !cut;
            naive.onOpen(id, wellFormed, limit, name, handle);
            again = () -> open(0xC0, nameCode, how);
            world.receive(Frames.frame(Frames.CHANNEL_OPEN, 0, id, payload.toByteArray()));
        }

        /** Mostly one that is allowed. */
        private static long firstLimit(int how) {
            return LIMITS[(how & 7) == 0 ? 2 : how & 7];
        }

        private static boolean isFirstLimit(long limit) {
            return limit >= NaiveCredit.FULL_FRAME;
        }

        private static ByteArrayOutputStream payload(long number) {
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            payload.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
            return payload;
        }

        private void accept(int idCode, int how) {
            int id = id(idCode);
            long limit = firstLimit(how);
            naive.onAccept(id, isFirstLimit(limit), limit);
            again = () -> accept(idCode, how);
            world.receive(
                    Frames.frame(Frames.CHANNEL_ACCEPT, 0, id, payload(limit).toByteArray()));
        }

        private void reset(int idCode, int code) {
            int id = id(idCode);
            byte[] payload = code == 0xFF ? new byte[] {0} : new byte[] {0, (byte) code};
            naive.onReset(id, payload.length > 1, code == 44);
            again = () -> reset(idCode, code);
            world.receive(Frames.frame(Frames.CHANNEL_RESET, 0, id, payload));
        }

        private void credit(int idCode, int how) {
            int id = id(idCode);
            long limit = LIMITS[how & 7];
            naive.onCredit(id, limit >= 0, limit);
            again = () -> credit(idCode, how);
            world.receive(Frames.frame(Frames.CREDIT, 0, id, payload(limit).toByteArray()));
        }

        private void data(int idCode, int flags, int headCode, int totalCode, int size) {
            NaiveChannel.Frame frame = frame(id(idCode), flags, headCode, totalCode, size);
            byte[] bytes = encode(frame, headCode);
            naive.onData(frame);
            again = () -> data(idCode, flags, headCode, totalCode, size);
            world.receive(bytes);
        }

        /**
         * The flags: MORE 1, END 2, HEAD 4, a correlation from 8 on. The HEAD: a kind; without its
         * correlation 4; handle 8, which is 0 with the correlation 1; source 16, destination 32;
         * with the total 64.
         */
        private NaiveChannel.Frame frame(int id, int flags, int headCode, int totalCode, int size) {
            boolean head = (flags & 4) != 0;
            int length = Math.min(size, MAX_LENGTH);
            long total = NaiveChannel.UNTOLD;
            if (head && (headCode & 64) != 0) {
                total = totalCode < TOTALS.length ? TOTALS[totalCode] : Math.max(0, length + totalCode - 128L);
            }
            NaiveChannel.Label label = head ? label(id, flags, headCode) : NaiveChannel.Label.NONE;
            int headSize = head ? headOf(label, headCode, total).length : 0;
            ByteBuffer content = content(Math.min(length, MAX_LENGTH - headSize));
            return new NaiveChannel.Frame(
                    id,
                    (flags & 1) != 0,
                    (flags & 2) != 0,
                    head,
                    total,
                    !head || (headCode & 4) == 0 || (headCode & 3) == 0,
                    label,
                    content,
                    Frames.HEADER + headSize + content.remaining());
        }

        private NaiveChannel.Label label(int id, int flags, int headCode) {
            boolean source = (headCode & 16) != 0;
            boolean destination = (headCode & 32) != 0;
            boolean wrongWay = world.isClient() ? destination : source;
            // Channel 0 may name another node, as other tests do.
            boolean routed = id != 0 && (world.isClient() ? source : destination);
            int correlation = flags >>> 3 & 7;
            // The connection's own node, or one that was never registered.
            int named = correlation == 1 ? 0 : 7;
            int handle = (headCode & 8) == 0 ? NaiveChannel.Label.UNNAMED : named;
            return new NaiveChannel.Label(headCode & 3, correlation, handle, routed || wrongWay, wrongWay);
        }

        private byte[] headOf(NaiveChannel.Label label, int headCode, long total) {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            head.writeBytes(new byte[Short.BYTES]);
            if (label.handle() != NaiveChannel.Label.UNNAMED) {
                head.writeBytes(new byte[] {1, 0, 4, 0, 0, 0, (byte) label.handle()});
            }
            if (label.kind() != 0) {
                head.writeBytes(new byte[] {2, 0, 1, (byte) label.kind()});
                if ((headCode & 4) == 0) {
                    head.writeBytes(new byte[] {3, 0, 8, 0, 0, 0, 0, 0, 0, 0, (byte) label.correlation()});
                }
            }
            if (label.routed()) {
                boolean source = label.wrongWay() != world.isClient();
                head.writeBytes(new byte[] {(byte) (source ? 4 : 5), 0, 1, 'x'});
            }
            if (total != NaiveChannel.UNTOLD) {
                head.writeBytes(new byte[] {6, 0, 4});
                head.writeBytes(
                        ByteBuffer.allocate(Integer.BYTES).putInt((int) total).array());
            }
            byte[] bytes = head.toByteArray();
            ByteBuffer.wrap(bytes).putShort((short) (bytes.length - Short.BYTES));
            return bytes;
        }

        private byte[] encode(NaiveChannel.Frame frame, int headCode) {
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            if (frame.head()) {
                payload.writeBytes(headOf(frame.label(), headCode, frame.total()));
            }
            byte[] content = new byte[frame.bytes().remaining()];
            frame.bytes().duplicate().get(content);
            payload.writeBytes(content);
            int flags = (frame.more() ? 1 : 0) | (frame.end() ? 2 : 0) | (frame.head() ? 4 : 0);
            return Frames.frame(Frames.DATA, flags, frame.channel(), payload.toByteArray());
        }
    }
}
