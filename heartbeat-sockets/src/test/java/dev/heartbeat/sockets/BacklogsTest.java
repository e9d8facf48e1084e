package dev.heartbeat.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BacklogsTest {

    static final int CHUNKS = 32;

    private final Backlogs backlogs = new Backlogs();

    @Test
    void chunksAreBounded() {
        for (int i = 0; i < CHUNKS; i++) {
            assertThat(takeLarge().isDirect()).isTrue();
        }
        assertThat(takeLarge().isDirect()).isFalse();
        backlogs.giveBack(ByteBuffer.allocateDirect(Backlogs.CHUNK_BYTES));
        assertThat(takeLarge().isDirect()).isTrue();
    }

    private ByteBuffer takeLarge() {
        return backlogs.take(Backlogs.CHUNK_BYTES);
    }

    @Test
    void returnedMemoryIsTakenAgainEmpty() {
        for (int bytes : new int[] {1, Backlogs.SMALL_BYTES, Backlogs.SMALL_BYTES + 1, Backlogs.CHUNK_BYTES}) {
            ByteBuffer taken = backlogs.take(bytes);
            backlogs.giveBack(taken.limit(bytes).position(bytes / 2));
            assertThat(backlogs.take(bytes)).isSameAs(taken);
            assertThat(taken.position()).isZero();
            assertThat(taken.limit()).isZero();
            assertThat(taken.capacity()).isGreaterThanOrEqualTo(bytes);
        }
    }

    @Test
    void keptMemoryIsBounded() {
        List<ByteBuffer> taken = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            taken.add(backlogs.take(1));
            taken.add(takeLarge());
        }
        taken.forEach(backlogs::giveBack);
        Set<ByteBuffer> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.addAll(taken);
        int kept = 0;
        for (int i = 0; i < 1000; i++) {
            kept += known.contains(backlogs.take(1)) ? 1 : 0;
            kept += known.contains(takeLarge()) ? 1 : 0;
        }
        assertThat(kept).isEqualTo(64 + CHUNKS);
    }

    @Test
    void aClosedBacklogIsOpenedAgainAndHoldsNothing() {
        Segments backlog = backlogs.open();
        backlog.addLent(ByteBuffer.allocate(10));
        backlogs.close(backlog);
        Segments next = backlogs.open();
        assertThat(next).isSameAs(backlog);
        assertThat(next.isEmpty()).isTrue();
        assertThat(backlogs.open()).isNotSameAs(next);
    }

    @Test
    void oneThatGrewLargeIsNotKept() {
        Segments backlog = backlogs.open();
        for (int i = 0; i < 1000; i++) {
            backlog.addLent(ByteBuffer.allocate(1));
        }
        backlogs.close(backlog);
        assertThat(backlogs.open()).isNotSameAs(backlog);
    }

    /** With chunks and without: all are taken by a hundred connections that hold 10 KiB each. */
    @Test
    void emptyPoolFallsBackToTheHeap() throws IOException {
        byte[] bytes = new byte[10 * 1024];
        for (int i = 0; i < 100; i++) {
            new Random(i).nextBytes(bytes);
            Segments drafted = new Segments(backlogs);
            drafted.addOwn(ByteBuffer.wrap(bytes.clone()), false);
            Segments backlog = backlogs.open();
            drafted.moveTo(backlog);
            ByteArrayOutputStream taken = new ByteArrayOutputStream();
            backlog.writeTo(new All(Channels.newChannel(taken)));
            assertThat(taken.toByteArray()).isEqualTo(bytes);
            hold();
        }
    }

    /** Somebody whose socket stays full. */
    private void hold() {
        Segments drafted = new Segments(backlogs);
        drafted.addOwn(ByteBuffer.allocate(10 * 1024), false);
        drafted.moveTo(backlogs.open());
    }

    private record All(WritableByteChannel channel) implements GatheringByteChannel {

        @Override
        public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
            long total = 0;
            for (int i = offset; i < offset + length; i++) {
                total += channel.write(buffers[i]);
            }
            return total;
        }

        @Override
        public long write(ByteBuffer[] buffers) throws IOException {
            return write(buffers, 0, buffers.length);
        }

        @Override
        public int write(ByteBuffer buffer) throws IOException {
            return channel.write(buffer);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
