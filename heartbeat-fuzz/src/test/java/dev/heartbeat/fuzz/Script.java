package dev.heartbeat.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/**
 * A fuzzer's bytes as steps of a session, one after the other. Any bytes are a script, so a fuzzer
 * turns one into another.
 *
 * <pre>
 *  step & 7   then
 *  0          u8 length, bytes                                          loose bytes
 *  1, 2       u8 type, u8 flags, u8 stream, u8 length, payload          a whole frame, its header right
 *  3          u8 type, u8 flags, u8 length, payload, u16 zeros          a long frame, likewise
 *  4          u8 which                                                  a pause
 *  5          u8 what, u8 how                                           something happens around the connection
 *  6          u8 who                                                    a registration
 *  7          u8 times                                                  the last frame again and again; a CHANNEL_OPEN, for the next channel each time
 * </pre>
 *
 * The upper bits of a step that sends say how the bytes are cut: into pieces of so many, 0 for not
 * at all.
 */
final class Script {
    static final int MAX_STEPS = 256;

    private static final int MAX_BYTES = 200_000;
    private static final int MAX_FRAME = 20_000;
    private static final Duration MAX_TIME = Duration.ofSeconds(40);

    private static final int MAX_LOOSE = 255;
    private static final int CUT_SHIFT = 3;

    private static final Duration[] PAUSES = {
        Duration.ZERO,
        Duration.ofNanos(1_000),
        Duration.ofMillis(1),
        Duration.ofMillis(20),
        Duration.ofMillis(300),
        Duration.ofMillis(900),
        Duration.ofMillis(1_500),
        Duration.ofMillis(2_600),
        Duration.ofMillis(3_100),
        Duration.ofMillis(6_000),
    };

    /** The stage of a script. */
    interface Stage {
        /** A piece of the stream, to be read as one where it fits. */
        void send(byte[] piece);

        void pass(Duration time);

        void happen(int what, int how);

        /** The bytes of a registration; who registers is the stage's to say. */
        byte[] registration(int who);

        /** Called between steps. */
        void look();
    }

    private final ByteBuffer input;
    private final Stage stage;
    private byte[] latest = new byte[0];
    private int sent;
    private Duration passed = Duration.ZERO;

    private Script(ByteBuffer input, Stage stage) {
        this.input = input;
        this.stage = stage;
    }

    static void play(ByteBuffer input, Stage stage) {
        new Script(input, stage).play();
    }

    /** A script that begins with these bytes of configuration and then sends this. */
    static byte[] sending(byte[] configuration, byte[] bytes) {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        script.writeBytes(configuration);
        for (int from = 0; from < bytes.length; from += MAX_LOOSE) {
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + MAX_LOOSE));
            script.write(0);
            script.write(part.length);
            script.writeBytes(part);
        }
        return script.toByteArray();
    }

    private void play() {
        for (int steps = 0; steps < MAX_STEPS && input.hasRemaining(); steps++) {
            step(u8());
            stage.look();
        }
    }

    private void step(int step) {
        int cut = step >>> CUT_SHIFT;
        switch (step & 7) {
            case 0 -> send(bytes(u8()), cut);
            case 1, 2 -> sendFrame(frame(u8(), u8(), streamId(u8()), bytes(u8()), 0), cut);
            case 3 -> sendFrame(frame(u8(), u8(), 0, bytes(u8()), u8() << 8 | u8()), cut);
            case 4 -> pass(PAUSES[u8() % PAUSES.length]);
            case 5 -> stage.happen(u8(), u8());
            case 6 -> sendFrame(stage.registration(u8()), cut);
            default -> {
                for (int times = u8(); times > 0; times--) {
                    Frames.toNextChannel(latest);
                    send(latest, cut);
                }
            }
        }
    }

    private int u8() {
        return input.hasRemaining() ? input.get() & 0xFF : 0;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[Math.min(length, input.remaining())];
        input.get(bytes);
        return bytes;
    }

    /** The small ones, which mean something, and the connection. */
    private static int streamId(int code) {
        return code == 0xFF ? -1 : code & 7;
    }

    private static byte[] frame(int type, int flags, int streamId, byte[] payload, int zeros) {
        int length = payload.length + Math.min(zeros, MAX_FRAME);
        return Frames.frame(type, flags, streamId, Arrays.copyOf(payload, length));
    }

    private void sendFrame(byte[] frame, int cut) {
        latest = frame;
        send(frame, cut);
    }

    private void send(byte[] bytes, int cut) {
        if (sent + bytes.length > MAX_BYTES) {
            return;
        }
        sent += bytes.length;
        int size = cut == 0 ? Math.max(1, bytes.length) : Math.max(cut, bytes.length / 64);
        for (int from = 0; from < bytes.length; from += size) {
            stage.send(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
        }
    }

    private void pass(Duration time) {
        passed = passed.plus(time);
        if (passed.compareTo(MAX_TIME) <= 0) {
            stage.pass(time);
        }
    }
}
