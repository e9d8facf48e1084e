package dev.heartbeat.internal.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message that is copied and encoded once. */
final class SharedMessageTest {

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, FrameType.MAX_DATA_PAYLOAD - 1, FrameType.MAX_DATA_PAYLOAD})
    void frameIsWhatTheEncoderWritesWithTheContentBehindIt(int size) {
        byte[] content = random(size);
        SharedMessage message = SharedMessage.copyOf(ByteBuffer.wrap(content));
        byte[] header = Written.by(encoder -> encoder.data(0, 0, 0, Envelope.NONE, size, Head.NO_TOTAL, 0));
        byte[] frame = ByteBuffer.allocate(header.length + size)
                .put(header)
                .put(content)
                .array();
        assertThat(bytes(message.frame())).isEqualTo(frame);
        assertThat(bytes(message.content())).isEqualTo(content);
        assertThat(message.content().position()).isZero();
    }

    @Test
    void messageBeyondOneFrameIsContentOnly() {
        byte[] content = random(FrameType.MAX_DATA_PAYLOAD + 1);
        SharedMessage message = SharedMessage.copyOf(ByteBuffer.wrap(content));
        assertThat(message.frame()).isNull();
        assertThat(bytes(message.content())).isEqualTo(content);
        assertThat(message.content().position()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, FrameType.MAX_DATA_PAYLOAD + 10})
    void nobodyCanChangeItAndItsSourceStaysAsItWas(int size) {
        byte[] source = random(size);
        ByteBuffer given = ByteBuffer.wrap(source).position(3).limit(size - 2);
        byte[] content = bytes(given);
        SharedMessage message = SharedMessage.copyOf(given);
        assertThat(given.position()).isEqualTo(3);
        assertThat(given.limit()).isEqualTo(size - 2);
        java.util.Arrays.fill(source, (byte) 0);
        assertThat(bytes(message.content())).isEqualTo(content);
        assertThat(message.content().isReadOnly()).isTrue();
        ByteBuffer frame = message.frame();
        if (frame != null) {
            assertThat(frame.isReadOnly()).isTrue();
            assertThat(frame.position()).isZero();
        }
    }
}
