package dev.heartbeat.internal.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A decoder's memory is bounded by the arrived bytes, not by the announced ones. */
@Tag("M5")
final class DecoderMemoryTest {
    private static final int DECODERS = 200;
    /** The first buffer, and the objects around it. */
    private static final int CONSTANT = 512;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 12, 13, 64, 65, 100, 1000, 5000, 16_384, 16_395})
    void partialFrameTakesTwiceWhatHasArrivedAtMost(int arrived) throws ProtocolException {
        byte[] frame = ByteBuffer.allocate(FrameHeader.SIZE + FrameType.MAX_DATA_PAYLOAD)
                .putInt(0xAB02_0300)
                .putInt(0)
                .putInt(FrameType.MAX_DATA_PAYLOAD)
                .array();
        ByteBuffer part = ByteBuffer.wrap(frame, 0, arrived);
        Heard nobody = new Heard();
        feed(part, nobody);

        long before = threads.getCurrentThreadAllocatedBytes();
        FrameDecoder[] decoders = feed(part, nobody);
        long perDecoder = (threads.getCurrentThreadAllocatedBytes() - before) / decoders.length;
        assertThat(perDecoder).isLessThanOrEqualTo(2L * arrived + CONSTANT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 12, 13, 100, 1000, 16_395})
    void bytesThatComeOneByOneTakeTwiceThatOverTime(int arrived) throws ProtocolException {
        byte[] frame = ByteBuffer.allocate(FrameHeader.SIZE + FrameType.MAX_DATA_PAYLOAD)
                .putInt(0xAB02_0300)
                .putInt(0)
                .putInt(FrameType.MAX_DATA_PAYLOAD)
                .array();
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        Heard nobody = new Heard();
        feedOneByOne(bytes, arrived, nobody);

        long before = threads.getCurrentThreadAllocatedBytes();
        feedOneByOne(bytes, arrived, nobody);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThanOrEqualTo(4L * arrived + CONSTANT);
    }

    private static void feedOneByOne(ByteBuffer bytes, int count, Heard handler) throws ProtocolException {
        FrameDecoder decoder = new FrameDecoder();
        for (int i = 0; i < count; i++) {
            handler.hear(bytes.limit(i + 1).position(i), decoder);
        }
    }

    private static FrameDecoder[] feed(ByteBuffer part, Heard handler) throws ProtocolException {
        FrameDecoder[] decoders = new FrameDecoder[DECODERS];
        for (int i = 0; i < DECODERS; i++) {
            decoders[i] = new FrameDecoder();
            handler.hear(part.rewind(), decoders[i]);
        }
        return decoders;
    }

    @ParameterizedTest
    @ValueSource(longs = {0xFFFF_FFFFL, 0x8000_0000L, 0x7FFF_FFFFL, 16_385})
    void lengthBeyondTheBoundTakesNothing(long claimed) {
        byte[] header = ByteBuffer.allocate(FrameHeader.SIZE)
                .putInt(0xAB02_0300)
                .putInt(0)
                .putInt((int) claimed)
                .array();
        refuse(header);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < DECODERS; i++) {
            refuse(header);
        }
        long perDecoder = (threads.getCurrentThreadAllocatedBytes() - before) / DECODERS;
        // The words of the refusal.
        assertThat(perDecoder).isLessThan(8192);
    }

    private static void refuse(byte[] header) {
        try {
            new Heard().hear(ByteBuffer.wrap(header), new FrameDecoder());
            throw new AssertionError("was not refused");
        } catch (ProtocolException e) {
            assertThat(e.code()).isSameAs(ErrorCode.FRAME_TOO_LARGE);
        }
    }
}
