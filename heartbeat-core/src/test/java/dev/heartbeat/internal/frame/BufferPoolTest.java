package dev.heartbeat.internal.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Kept buffers are bounded, and are the largest ones. */
final class BufferPoolTest {
    private final BufferPool spares = new BufferPool(2, 100);

    @Test
    void returnedBufferIsTakenAgainEmpty() {
        ByteBuffer used = ByteBuffer.allocate(40).putInt(7).flip().order(ByteOrder.LITTLE_ENDIAN);
        spares.giveBack(used);
        ByteBuffer taken = spares.take(30);
        assertThat(taken).isSameAs(used);
        assertThat(taken.position()).isZero();
        assertThat(taken.limit()).isEqualTo(40);
        assertThat(taken.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(spares.take(1)).as("lent to one only").isNull();
    }

    @Test
    void aFrameIsReadAsItStandsWhateverOrderTheOneBeforeWasLeftIn() throws ProtocolException {
        byte[] frame = {(byte) 0xAB, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7};
        ByteBuffer two = ByteBuffer.allocate(26).put(frame).put(frame).flip();
        List<Integer> sizes = new ArrayList<>();
        Heard heard = new Heard() {
            @Override
            void onPing(ByteBuffer payload) {
                sizes.add(payload.remaining());
                payload.order(ByteOrder.LITTLE_ENDIAN);
            }
        };
        heard.hear(two, new FrameDecoder());
        assertThat(sizes).containsExactly(1, 1);
    }

    @Test
    void tooSmallBufferIsNotTaken() {
        spares.giveBack(ByteBuffer.allocate(40));
        assertThat(spares.take(41)).isNull();
    }

    @Test
    void theLargerStay() {
        ByteBuffer small = ByteBuffer.allocate(10);
        ByteBuffer middle = ByteBuffer.allocate(20);
        ByteBuffer large = ByteBuffer.allocate(30);
        spares.giveBack(small);
        spares.giveBack(large);
        spares.giveBack(middle);
        spares.giveBack(small);
        assertThat(spares.take(1)).isSameAs(middle);
        assertThat(spares.take(1)).isSameAs(large);
        assertThat(spares.take(1)).isNull();
    }

    @Test
    void neverMoreBytesThanWereAllowed() {
        spares.giveBack(ByteBuffer.allocate(60));
        spares.giveBack(ByteBuffer.allocate(50));
        assertThat(spares.take(50)).extracting(ByteBuffer::capacity).isEqualTo(60);
        spares.giveBack(ByteBuffer.allocate(101));
        assertThat(spares.take(1)).isNull();
    }
}
