package dev.heartbeat.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class SegmentsTest {

    private final Segments segments = new Segments();
    private final Trickle socket = new Trickle();

    @Test
    void oneWriteTakesManyBuffers() throws IOException {
        for (int i = 0; i < 10; i++) {
            segments.addGiven(ByteBuffer.allocate(1_000));
        }
        socket.room = Integer.MAX_VALUE;
        assertThat(segments.writeTo(socket)).isEqualTo(10_000);
        assertThat(socket.writes).isEqualTo(1);
        assertThat(segments.isEmpty()).isTrue();
    }

    @Test
    void aFullSocketIsNotAskedTwice() throws IOException {
        segments.addGiven(ByteBuffer.allocate(1_000));
        socket.room = 999;
        assertThat(segments.writeTo(socket)).isEqualTo(999);
        assertThat(socket.writes).isEqualTo(1);
    }

    @Test
    void aLargeBufferIsOfferedInParts() throws IOException {
        ByteBuffer large = ByteBuffer.allocate(1 << 20);
        segments.addGiven(large);
        socket.room = Integer.MAX_VALUE;
        assertThat(segments.writeTo(socket)).isEqualTo(1 << 20);
        assertThat(socket.largestOffer).isLessThanOrEqualTo(128 * 1024);
        assertThat(large.limit()).isEqualTo(1 << 20);
    }

    @Test
    void givenBuffersAreGivenBackWhenTheyAreTakenWholly() throws IOException {
        segments.addOwn(ByteBuffer.allocate(10));
        segments.addGiven(ByteBuffer.allocate(10));
        socket.room = 19;
        segments.writeTo(socket);
        assertThat(segments.gaveBack()).isFalse();
        socket.room = 1;
        segments.writeTo(socket);
        assertThat(segments.gaveBack()).isTrue();
        assertThat(segments.gaveBack()).isFalse();
    }

    @Test
    void copiesDoNotChangeWithTheirOrigin() throws IOException {
        Segments backlog = new Segments();
        byte[] shared = new byte[100];
        List<Byte> expected = new ArrayList<>();
        for (byte frame = 1; frame <= 50; frame++) {
            Arrays.fill(shared, frame);
            segments.addOwn(ByteBuffer.wrap(shared));
            segments.moveTo(backlog);
            expected.addAll(Collections.nCopies(100, frame));
        }
        Arrays.fill(shared, (byte) 0);
        assertThat(segments.isEmpty()).isTrue();
        socket.room = Integer.MAX_VALUE;
        backlog.writeTo(socket);
        assertThat(socket.taken.toByteArray()).containsExactly(expected.toArray(Byte[]::new));
    }

    /** Against a model that only counts: whatever the socket takes, all arrives in order and comes back in time. */
    @RepeatedTest(50)
    void keepsOrderWhateverTheSocketTakes(RepetitionInfo repetition) throws IOException {
        Random random = new Random(repetition.getCurrentRepetition());
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        List<Integer> endsOfGiven = new ArrayList<>();
        ByteBuffer shared = ByteBuffer.allocate(2_000);
        Segments backlog = new Segments();
        for (int step = 0; step < 500; step++) {
            byte[] bytes = new byte[random.nextInt(random.nextInt(20) == 0 ? 200_000 : 2_000)];
            random.nextBytes(bytes);
            expected.writeBytes(bytes);
            if (bytes.length > shared.capacity() || random.nextBoolean()) {
                segments.addGiven(ByteBuffer.wrap(bytes));
                endsOfGiven.add(expected.size());
            } else {
                segments.addOwn(shared.clear().put(bytes).flip());
            }
            segments.moveTo(backlog);
            socket.room = random.nextInt(3) == 0 ? random.nextInt(20_000) : 0;
            backlog.writeTo(socket);
            assertThat(backlog.gaveBack()).isEqualTo(endsOfGiven.removeIf(end -> end <= socket.taken.size()));
        }
        socket.room = Integer.MAX_VALUE;
        backlog.writeTo(socket);
        assertThat(socket.taken.toByteArray()).isEqualTo(expected.toByteArray());
    }

    /** Takes no more than it has room for. */
    private static final class Trickle implements GatheringByteChannel {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int room;
        private int writes;
        private long largestOffer;

        @Override
        public long write(ByteBuffer[] buffers, int offset, int length) {
            writes++;
            long offer = 0;
            long before = taken.size();
            for (ByteBuffer buffer : Arrays.asList(buffers).subList(offset, offset + length)) {
                offer += buffer.remaining();
                byte[] bytes = new byte[Math.min(room, buffer.remaining())];
                buffer.get(bytes);
                room -= bytes.length;
                taken.writeBytes(bytes);
            }
            largestOffer = Math.max(largestOffer, offer);
            return taken.size() - before;
        }

        @Override
        public long write(ByteBuffer[] buffers) {
            return write(buffers, 0, buffers.length);
        }

        @Override
        public int write(ByteBuffer buffer) {
            return (int) write(new ByteBuffer[] {buffer});
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
