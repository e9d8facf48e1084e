package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.FrameDecoder;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any division of the same bytes gives the same calls and the same error, and no more memory is
 * held than was received.
 */
@Tag("M5")
@Tag("M6")
final class DecoderFuzzTest {
    /** In front of the bytes: how many frames are wanted, and by which chance they are divided. */
    private static final int PREFIX = 3;

    /** The memory of a decoder before the first byte of a frame has come. */
    private static final int CONSTANT = 64;

    /** The result of some bytes. */
    private record Outcome(List<String> calls, String end) {}

    static Stream<byte[]> seeds() {
        List<byte[]> examples = ProtocolPage.examples();
        Stream<byte[]> pairs = examples.stream().map(example -> join(examples.get(0), example));
        return Stream.concat(examples.stream(), pairs).map(bytes -> join(new byte[] {0, 0, 1}, bytes));
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyDivisionGivesTheSame(byte[] input) {
        fuzzerTestOneInput(input);
    }

    /** Jazzer finds it by this name. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < PREFIX) {
            return;
        }
        int wanted = input[0] == 0 ? Integer.MAX_VALUE : input[0] & 0xFF;
        Random cuts = new Random(ByteBuffer.wrap(input).getShort(1));
        byte[] bytes = Arrays.copyOfRange(input, PREFIX, input.length);

        Outcome whole = decode(bytes, wanted, () -> Math.max(1, bytes.length));
        assertThat(decode(bytes, wanted, () -> 1)).isEqualTo(whole);
        assertThat(decode(bytes, wanted, () -> 1 + cuts.nextInt(1 + cuts.nextInt(40))))
                .isEqualTo(whole);
    }

    /** The length of the next chunk. */
    private interface Cuts {
        int next();
    }

    private static Outcome decode(byte[] bytes, int wanted, Cuts cuts) {
        FrameDecoder decoder = new FrameDecoder();
        Transcript transcript = new Transcript(wanted);
        try {
            for (int from = 0; from < bytes.length && transcript.takesMore(); ) {
                int to = Math.min(bytes.length, from + cuts.next());
                ByteBuffer chunk = ByteBuffer.wrap(bytes, from, to - from).asReadOnlyBuffer();
                while (chunk.hasRemaining() && transcript.takesMore()) {
                    decoder.decode(chunk, FrameType.Sender.BOTH, transcript, BufferPool.NONE);
                }
                from = to;
                assertThat(Inside.bytesHeldBy(decoder)).as("memory").isLessThanOrEqualTo(2L * from + CONSTANT);
            }
            return new Outcome(transcript.calls(), "");
        } catch (ProtocolException e) {
            return new Outcome(transcript.calls(), e.code() + " " + e.text());
        }
    }
}
