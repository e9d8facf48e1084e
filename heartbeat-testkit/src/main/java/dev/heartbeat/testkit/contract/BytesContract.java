package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.spi.Connection;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Written bytes arrive: all of them, once, in order; and buffers come back.
 *
 * @since 0.1
 */
public abstract class BytesContract extends TransportContract {

    private static final int LARGEST_RESERVATION = 65_536;
    private static final int MIB = 1 << 20;

    /** The size that a transport may copy. */
    private static final int SMALL = 100;

    /** For a nested class of the transport's own test. */
    protected BytesContract() {}

    @Test
    void orderIsKeptBetweenReservedAndGivenBytesUnderASlowReader() throws Exception {
        Pair<End, SlowReader> pair = pair(new End(), new SlowReader());
        Scribe scribe = new Scribe(new Random(42));
        on(pair.client(), connection -> {
            while (connection.queuedBytes() < 8 * MIB) {
                pair.client().within(() -> scribe.writeSomething(connection));
            }
            connection.flush();
            assertThat(connection.pendingBytes()).isPositive();
        });
        byte[] written = scribe.written();
        await(pair.server().received(written.length));
        assertThat(pair.server().received()).isEqualTo(written);
        on(pair.client(), connection -> {
            assertThat(connection.queuedBytes()).isEqualTo(written.length);
            assertThat(connection.pendingBytes()).isZero();
        });
        turns(loop(0), 2);
        assertThat(pair.client().flushed()).isGreaterThanOrEqualTo(scribe.endOfLastGiven());
    }

    @Test
    void connectionsOfALoopMayWriteInTurns() throws Exception {
        List<Pair<End, End>> pairs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            pairs.add(pair(new End(), new End()));
        }
        on(loop(0), () -> {
            for (int value = 0; value < 100; value++) {
                for (Pair<End, End> pair : pairs) {
                    pair.client().connection().reserve(4).putInt(value);
                    pair.client().connection().write(ByteBuffer.allocate(1).put(0, (byte) value), 0, 1);
                }
            }
            pairs.forEach(pair -> pair.client().connection().flush());
        });
        ByteBuffer expected = ByteBuffer.allocate(500);
        for (int value = 0; value < 100; value++) {
            expected.putInt(value).put((byte) value);
        }
        for (Pair<End, End> pair : pairs) {
            await(pair.server().received(500));
            assertThat(pair.server().received()).isEqualTo(expected.array());
        }
    }

    @Test
    void theLargestReservationFitsWhateverWasReservedBefore() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.client(), connection -> {
            connection.reserve(1).put((byte) 1);
            for (int i = 0; i < 3; i++) {
                ByteBuffer room = connection.reserve(LARGEST_RESERVATION);
                assertThat(room.remaining()).isGreaterThanOrEqualTo(LARGEST_RESERVATION);
                room.put(new byte[LARGEST_RESERVATION]);
            }
            connection.flush();
        });
        await(pair.server().received(1 + 3 * LARGEST_RESERVATION));
    }

    @Test
    void onlyWhatWasWrittenIntoAReservationIsQueued() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.client(), connection -> {
            connection.reserve(100).putShort((short) 0x0102);
            connection.reserve(100);
            connection.reserve(100).put((byte) 3);
            assertThat(connection.queuedBytes()).isEqualTo(3);
            assertThat(connection.flushedBytes()).isZero();
            connection.flush();
        });
        await(pair.server().received(3));
        assertThat(pair.server().received()).containsExactly(1, 2, 3);
    }

    @Test
    void buffersAreBigEndianWhateverAHandlerDidToTheLast() throws Exception {
        List<ByteOrder> orders = new ArrayList<>();
        Pair<End, End> pair = pair(new End(), new End() {
            @Override
            public void onRead(ByteBuffer bytes) {
                orders.add(bytes.order());
                bytes.order(ByteOrder.LITTLE_ENDIAN);
                super.onRead(bytes);
            }
        });
        for (int i = 1; i <= 2; i++) {
            on(pair.client(), connection -> {
                assertThat(connection.reserve(2).order(ByteOrder.LITTLE_ENDIAN).remaining())
                        .isGreaterThanOrEqualTo(2);
                connection.reserve(2).putShort((short) 1);
                connection.flush();
            });
            await(pair.server().received(2L * i));
        }
        assertThat(orders).containsOnly(ByteOrder.BIG_ENDIAN);
        assertThat(pair.server().received()).containsExactly(0, 1, 0, 1);
    }

    @Test
    void givenBuffersComeBackAndReservedOnesDoNot() throws Exception {
        CompletableFuture<Long> given = new CompletableFuture<>();
        Pair<End, End> pair = pair(
                new End() {
                    @Override
                    public void onFlushed(long total) {
                        super.onFlushed(total);
                        given.complete(total);
                    }
                },
                new End());
        on(pair.client(), connection -> {
            connection.reserve(10).put(new byte[10]);
            connection.flush();
        });
        await(pair.server().received(10));
        turns(loop(0), 2);
        assertThat(given).isNotDone();

        on(
                pair.client(),
                connection -> pair.client().within(() -> {
                    connection.write(ByteBuffer.allocate(5), 0, 5);
                    connection.write(ByteBuffer.allocateDirect(6), 0, 6);
                    connection.flush();
                }));
        assertThat(await(given)).isEqualTo(21);
    }

    @Test
    void reservedBytesThatLeftAtOnceAreNotToldOfThoughAnotherConnectionReservedInBetween() throws Exception {
        Pair<End, End> first = pair(new End(), new End());
        Pair<End, End> second = pair(new End(), new End());
        on(loop(0), () -> {
            first.client().connection().reserve(8).putLong(1);
            second.client().connection().reserve(8).putLong(2);
            first.client().connection().flush();
            second.client().connection().flush();
        });
        await(first.server().received(8));
        await(second.server().received(8));
        turns(loop(0), 2);
        assertThat(first.client().flushed()).isZero();
        assertThat(second.client().flushed()).isZero();
    }

    @Test
    void aSmallBufferComesBack() throws Exception {
        assertComesBack(SMALL);
    }

    @Test
    void aLargeBufferComesBack() throws Exception {
        assertComesBack(MIB);
    }

    private void assertComesBack(int bytes) throws Exception {
        CompletableFuture<Void> given = new CompletableFuture<>();
        Pair<End, End> pair = pair(
                new End() {
                    @Override
                    public void onFlushed(long total) {
                        super.onFlushed(total);
                        if (total == bytes) {
                            given.complete(null);
                        }
                    }
                },
                new End());
        on(
                pair.client(),
                connection -> pair.client().within(() -> {
                    connection.write(ByteBuffer.allocate(bytes), 0, bytes);
                    connection.flush();
                }));
        await(given);
    }

    @Test
    void anEmptyWriteQueuesNothing() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.client(), connection -> {
            connection.write(ByteBuffer.allocate(0), 0, 0);
            connection.write(ByteBuffer.allocate(10), 10, 0);
            assertThat(connection.queuedBytes()).isZero();
            connection.flush();
        });
        turns(loop(0), 2);
        exchange(pair);
        assertThat(pair.client().flushed()).isZero();
    }

    @Test
    void piecesOfABufferAreWrittenAndItsPositionAndLimitStay() throws Exception {
        for (ByteBuffer buffer : buffers()) {
            assertPiecesAreWritten(buffer);
        }
    }

    private void assertPiecesAreWritten(ByteBuffer buffer) throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        int half = buffer.capacity() / 2;
        int quarter = half / 2;
        buffer.limit(half + quarter).position(half);
        on(pair.client(), connection -> {
            connection.write(buffer, 0, quarter);
            connection.write(buffer, half + 1, quarter - 1);
            connection.write(buffer, quarter, 1);
            connection.flush();
        });
        await(pair.server().received(2L * quarter));
        assertThat(buffer.position()).isEqualTo(half);
        assertThat(buffer.limit()).isEqualTo(half + quarter);
        byte[] expected = new byte[2 * quarter];
        buffer.get(0, expected, 0, quarter);
        buffer.get(half + 1, expected, quarter, quarter - 1);
        expected[2 * quarter - 1] = buffer.get(quarter);
        assertThat(pair.server().received()).isEqualTo(expected);
    }

    /** Numbered bytes, in buffers of every kind. */
    private static List<ByteBuffer> buffers() {
        return Stream.of(SMALL, 4 * MIB)
                .flatMap(size -> Stream.of(
                        ByteBuffer.allocate(size),
                        ByteBuffer.allocateDirect(size),
                        ByteBuffer.allocate(size + 100).slice(50, size),
                        ByteBuffer.allocateDirect(size + 100).slice(50, size),
                        ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN)))
                .map(BytesContract::numbered)
                .flatMap(buffer -> Stream.of(buffer, buffer.asReadOnlyBuffer()))
                .toList();
    }

    private static ByteBuffer numbered(ByteBuffer buffer) {
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) (i * 31 + (i >> 8)));
        }
        return buffer;
    }

    /**
     * Both ends at once, on whatever loops they are, and another connection beside them; all the
     * while somebody moves its position.
     */
    @Test
    void theSameBufferOnSeveralConnectionsReachesAll() throws Exception {
        assertReachesAll(SMALL);
        assertReachesAll(4 * MIB);
    }

    private void assertReachesAll(int bytes) throws Exception {
        ByteBuffer buffer = numbered(ByteBuffer.allocateDirect(bytes));
        Pair<End, End> first = pair(new SlowReader(), new SlowReader());
        Pair<End, End> second = pair(new End(), new SlowReader());
        ConnectionAction writing = connection -> {
            connection.write(buffer, 0, bytes);
            connection.flush();
        };
        List<CompletableFuture<Void>> written = new ArrayList<>();
        for (End end : List.of(first.client(), first.server(), second.client())) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            written.add(done);
            end.connection().eventLoop().execute(() -> complete(done, writing, end));
        }
        for (int position = 0; position < 1000; position++) {
            buffer.position(position % bytes);
        }
        for (CompletableFuture<Void> done : written) {
            await(done);
        }
        byte[] expected = new byte[bytes];
        buffer.get(0, expected);
        for (End end : List.of(first.client(), first.server(), second.server())) {
            await(end.received(bytes));
            assertThat(end.received()).isEqualTo(expected);
        }
    }

    private static void complete(CompletableFuture<Void> done, ConnectionAction action, End end) {
        try {
            action.run(end.connection());
            done.complete(null);
        } catch (Throwable e) {
            done.completeExceptionally(e);
        }
    }

    @Test
    void pieceOutsideItsBufferIsRefusedAndNothingIsQueued() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.client(), connection -> {
            ByteBuffer content = ByteBuffer.allocate(200).position(50).limit(100);
            assertOutOfBounds(connection, content, -1, 10);
            assertOutOfBounds(connection, content, 0, -1);
            assertOutOfBounds(connection, content, 0, 101);
            assertOutOfBounds(connection, content, 100, 1);
            assertOutOfBounds(connection, content, 101, 0);
            assertOutOfBounds(connection, content, 1, Integer.MAX_VALUE);
            assertThat(connection.queuedBytes()).isZero();
            connection.close();
            assertOutOfBounds(connection, content, 100, 1);
        });
    }

    private static void assertOutOfBounds(Connection connection, ByteBuffer content, int index, int length) {
        assertThatThrownBy(() -> connection.write(content, index, length))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aPausedConnectionHearsNothingUntilItResumes() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.server(), connection -> {
            connection.pauseReading();
            connection.pauseReading();
        });
        on(pair.client(), connection -> {
            connection.reserve(10).put(new byte[10]);
            connection.flush();
        });
        // Another connection between the same loops carries bytes all the while.
        Pair<End, End> other = pair(new End(), new End());
        for (int i = 0; i < 10; i++) {
            exchange(other);
            turns(pair.server().connection().eventLoop(), 10);
        }
        assertThat(pair.server().received()).isEmpty();

        on(pair.server(), connection -> {
            connection.resumeReading();
            connection.resumeReading();
        });
        await(pair.server().received(10));
    }

    @Test
    void aConnectionPausedWithinAReadHearsNothingMoreUntilItResumes() throws Exception {
        Pair<End, Pausing> pair = pair(new End(), new Pausing());
        on(pair.client(), connection -> {
            connection.write(ByteBuffer.allocate(MIB), 0, MIB);
            connection.flush();
        });
        await(pair.server().received(MIB));
        on(
                pair.server(),
                connection -> assertThat(pair.server().heardWhilePaused).isZero());
    }

    /** Pauses in each read until the next task. */
    private static final class Pausing extends End {
        private boolean paused;
        private int heardWhilePaused;

        @Override
        public void onRead(ByteBuffer bytes) {
            super.onRead(bytes);
            heardWhilePaused += paused ? 1 : 0;
            paused = true;
            connection().pauseReading();
            connection().eventLoop().execute(() -> {
                paused = false;
                connection().resumeReading();
            });
        }
    }

    @Test
    void writingFromTheFirstMomentReachesThePeer() throws Exception {
        Pair<End, End> pair = pair(
                new End() {
                    @Override
                    public End onOpen(Connection connection) {
                        super.onOpen(connection);
                        connection.reserve(1).put((byte) 7);
                        connection.write(ByteBuffer.wrap(new byte[] {8}), 0, 1);
                        connection.flush();
                        return this;
                    }
                },
                new End());
        await(pair.server().received(2));
        assertThat(pair.server().received()).containsExactly(7, 8);
    }

    /** Reads once a turn at most, and stops in between. */
    private static final class SlowReader extends End {

        @Override
        public void onRead(ByteBuffer bytes) {
            super.onRead(bytes);
            connection().pauseReading();
            connection().eventLoop().execute(connection()::resumeReading);
        }
    }

    /** Writes at random in every way there is, and knows what it wrote. */
    private static final class Scribe {

        private final Random random;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private long endOfLastGiven;

        Scribe(Random random) {
            this.random = random;
        }

        void writeSomething(Connection connection) {
            switch (random.nextInt(8)) {
                case 0 -> connection.flush();
                case 1, 2 -> write(connection);
                default -> connection.reserve(300).put(bytes(1 + random.nextInt(200)));
            }
        }

        private void write(Connection connection) {
            for (int pieces = 1 + random.nextInt(4); pieces > 0; pieces--) {
                byte[] bytes = bytes(random.nextInt(random.nextInt(10) == 0 ? 300_000 : 10_000));
                int before = random.nextInt(100);
                int room = before + bytes.length + random.nextInt(100);
                ByteBuffer content = random.nextBoolean() ? ByteBuffer.allocate(room) : ByteBuffer.allocateDirect(room);
                connection.write(content.put(before, bytes), before, bytes.length);
            }
            endOfLastGiven = written.size();
        }

        private byte[] bytes(int count) {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            written.writeBytes(bytes);
            return bytes;
        }

        byte[] written() {
            return written.toByteArray();
        }

        long endOfLastGiven() {
            return endOfLastGiven;
        }
    }
}
