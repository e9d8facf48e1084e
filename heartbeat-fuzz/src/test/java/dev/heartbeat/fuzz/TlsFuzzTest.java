package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The layer of TLS, both sides, between which anything may happen to the bytes. The engines' own
 * randomness decides what the bytes are, so an input means nearly the same each time.
 */
@Tag("M105")
@Tag("M106")
final class TlsFuzzTest {
    private static final int RANDOM_SCRIPTS = 60;

    /** Conversations that work, and then what goes wrong in them. */
    static Stream<byte[]> seeds() {
        return Stream.of(0, 1).flatMap(protocol -> {
            ByteArrayOutputStream talk = new ByteArrayOutputStream();
            talk.write(protocol);
            talk.writeBytes(steps(TlsWorld.SETTLE, 0));
            talk.writeBytes(steps(TlsWorld.WRITE, 200, TlsWorld.WRITE, 7, TlsWorld.SETTLE, 0));
            byte[] open = talk.toByteArray();
            return Stream.of(
                    with(open),
                    with(open, TlsWorld.ACT, TlsWorld.CLOSE, TlsWorld.SETTLE, 0),
                    with(open, TlsWorld.ACT, TlsWorld.SHUTDOWN, TlsWorld.SETTLE, 0),
                    with(open, TlsWorld.ACT, TlsWorld.PAUSE, TlsWorld.WRITE, 255, TlsWorld.SETTLE, 0),
                    with(open, TlsWorld.WRITE, 90, TlsWorld.FLIP, 30, TlsWorld.SETTLE, 0),
                    with(open, TlsWorld.WRITE, 90, TlsWorld.DELIVER, 20, TlsWorld.ACT, TlsWorld.END),
                    with(open, TlsWorld.INSERT, 6, 22, 3, 3, 0, 1, 0, TlsWorld.SETTLE, 0),
                    with(open, TlsWorld.INSERT, 7, 21, 3, 3, 0, 2, 1, 0, TlsWorld.SETTLE, 0),
                    with(new byte[] {(byte) (int) protocol}, TlsWorld.DELIVER, 40, TlsWorld.DELIVER, 200),
                    with(new byte[] {(byte) (int) protocol}, TlsWorld.FLIP, 60, TlsWorld.SETTLE, 0),
                    with(new byte[] {(byte) (int) protocol}, TlsWorld.INSERT, 5, 22, 3, 1, 255, 255),
                    with(new byte[] {(byte) (int) protocol}, TlsWorld.INSERT, 3, 71, 69, 84, TlsWorld.SETTLE, 0));
        });
    }

    /** Steps with one argument each. */
    private static byte[] steps(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] with(byte[] first, int... then) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(steps(then));
        return all.toByteArray();
    }

    static Stream<byte[]> randomScripts() {
        return IntStream.range(0, RANDOM_SCRIPTS).mapToObj(seed -> {
            Random dice = new Random(seed);
            byte[] script = new byte[1 + dice.nextInt(120)];
            dice.nextBytes(script);
            return script;
        });
    }

    @ParameterizedTest
    @MethodSource({"seeds", "randomScripts"})
    void whateverHappensToTheBytesEndsInOrder(byte[] input) {
        fuzzerTestOneInput(input);
    }

    /** What is fuzzed is a conversation, and no row of failures. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void untouchedConversationIsHeardWhole(int protocol) {
        TlsWorld world = new TlsWorld(
                steps(protocol, TlsWorld.SETTLE, 0, TlsWorld.WRITE, 200, TlsWorld.WRITE | TlsWorld.OTHER_WAY, 100));
        world.play();
        world.checkAfterwards();
        assertThat(world.heard()).isEqualTo(200 * 200 + 100 * 100);
    }

    /** By this name Jazzer finds it. */
    public static void fuzzerTestOneInput(byte[] input) {
        TlsWorld world = new TlsWorld(input);
        world.play();
        world.checkAfterwards();
        assertThat(world.failures()).as("failures of the loop").isZero();
    }
}
