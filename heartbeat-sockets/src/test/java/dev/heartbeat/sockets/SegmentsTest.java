package dev.heartbeat.sockets;

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

    private final Backlogs backlogs = new Backlogs();
    private final Segments segments = new Segments(backlogs);
    private final Trickle socket = new Trickle();

    @Test
    void oneWriteTakesManyBuffers() throws IOException {
        for (int i = 0; i < 10; i++) {
            segments.addLent(ByteBuffer.allocate(1_000));
        }
        socket.room = Integer.MAX_VALUE;
        assertThat(segments.writeTo(socket)).isEqualTo(10_000);
        assertThat(socket.writes).isEqualTo(1);
        assertThat(segments.isEmpty()).isTrue();
    }

    @Test
    void aLargeFragmentLeavesInOneWriteWithWhatElseWasQueued() throws IOException {
        for (int i = 0; i < 4; i++) {
            segments.addOwn(ByteBuffer.allocate(12), false);
            segments.addLent(ByteBuffer.allocateDirect(16 * 1024));
        }
        segments.addOwn(ByteBuffer.allocate(500), true);
        socket.room = Integer.MAX_VALUE;
        assertThat(segments.writeTo(socket)).isEqualTo(4 * (12 + 16 * 1024) + 500);
        assertThat(socket.writes).isEqualTo(1);
    }

    @Test
    void aFullSocketIsNotAskedTwice() throws IOException {
        segments.addLent(ByteBuffer.allocate(1_000));
        socket.room = 999;
        assertThat(segments.writeTo(socket)).isEqualTo(999);
        assertThat(socket.writes).isEqualTo(1);
    }

    @Test
    void aLargeBufferIsOfferedInParts() throws IOException {
        ByteBuffer large = ByteBuffer.allocate(1 << 20);
        segments.addLent(large);
        socket.room = Integer.MAX_VALUE;
        assertThat(segments.writeTo(socket)).isEqualTo(1 << 20);
        assertThat(socket.largestOffer).isLessThanOrEqualTo(128 * 1024);
        assertThat(large.limit()).isEqualTo(1 << 20);
    }

    @Test
    void givenBuffersAreGivenBackWhenTheyAreTakenWholly() throws IOException {
        segments.addOwn(ByteBuffer.allocate(10), false);
        segments.addLent(ByteBuffer.allocate(10));
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
        Segments backlog = new Segments(backlogs);
        byte[] shared = new byte[100];
        List<Byte> expected = new ArrayList<>();
        for (byte frame = 1; frame <= 50; frame++) {
            Arrays.fill(shared, frame);
            segments.addOwn(ByteBuffer.wrap(shared), false);
            segments.moveTo(backlog);
            expected.addAll(Collections.nCopies(100, frame));
        }
        Arrays.fill(shared, (byte) 0);
        assertThat(segments.isEmpty()).isTrue();
        socket.room = Integer.MAX_VALUE;
        backlog.writeTo(socket);
        assertThat(socket.taken.toByteArray()).containsExactly(expected.toArray(Byte[]::new));
    }

    /**
     * Against a model that only counts: whatever the socket takes, all arrives in order and comes
     * back in time.
     */
    @RepeatedTest(50)
    void keepsOrderWhateverTheSocketTakes(RepetitionInfo repetition) throws IOException {
        Random random = new Random(repetition.getCurrentRepetition());
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        List<Integer> endsOfLent = new ArrayList<>();
        List<Integer> endsOfCopied = new ArrayList<>();
        ByteBuffer shared = ByteBuffer.allocate(2_000);
        Segments backlog = new Segments(backlogs);
        for (int step = 0; step < 500; step++) {
            byte[] bytes = new byte[random.nextInt(random.nextInt(20) == 0 ? 200_000 : 2_000)];
            random.nextBytes(bytes);
            expected.writeBytes(bytes);
            if (bytes.length > shared.capacity() || random.nextBoolean()) {
                segments.addLent(ByteBuffer.wrap(bytes));
                endsOfLent.add(expected.size());
            } else {
                boolean given = random.nextBoolean();
                segments.addOwn(shared.clear().put(bytes).flip(), given);
                if (given) {
                    endsOfCopied.add(expected.size());
                }
            }
            segments.moveTo(backlog);
            socket.room = random.nextInt(3) == 0 ? random.nextInt(20_000) : 0;
            backlog.writeTo(socket);
            boolean mayBeTold = !endsOfCopied.isEmpty();
            boolean lentTaken = endsOfLent.removeIf(end -> end <= socket.taken.size());
            boolean copiedTaken = endsOfCopied.removeIf(end -> end <= socket.taken.size());
            assertThat(backlog.gaveBack()).isIn(lentTaken || copiedTaken, lentTaken || mayBeTold);
        }
        socket.room = Integer.MAX_VALUE;
        backlog.writeTo(socket);
        assertThat(socket.taken.toByteArray()).isEqualTo(expected.toByteArray());
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(spareChunks()).as("all came back").isEqualTo(BacklogsTest.CHUNKS);
    }

    private int spareChunks() {
        int chunks = 0;
        while (backlogs.take(Backlogs.CHUNK_BYTES).isDirect()) {
            chunks++;
        }
        return chunks;
    }

    @Test
    void copiesOfWhatWasGivenAreToldOfWhenPartOfThemIsTaken() throws IOException {
        Segments backlog = new Segments(backlogs);
        for (int i = 0; i < 2; i++) {
            segments.addOwn(ByteBuffer.allocate(100), true);
        }
        segments.moveTo(backlog);
        backlog.writeTo(socket);
        assertThat(backlog.gaveBack()).as("before anything is taken").isFalse();
        socket.room = 100;
        backlog.writeTo(socket);
        assertThat(backlog.gaveBack()).isTrue();
        socket.room = 100;
        backlog.writeTo(socket);
        assertThat(backlog.gaveBack()).isTrue();
        assertThat(backlog.gaveBack()).isFalse();
    }

    @Test
    void chunksOfAStreamThatIsDroppedComeBack() {
        Segments backlog = new Segments(backlogs);
        segments.addOwn(ByteBuffer.allocate(3 * Backlogs.CHUNK_BYTES), false);
        segments.moveTo(backlog);
        backlog.clear();
        assertThat(spareChunks()).isEqualTo(BacklogsTest.CHUNKS);
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
