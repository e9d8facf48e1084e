package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.Connection;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is written arrives: all of it, once, in order; and buffers come back. */
public abstract class BytesContract extends TransportContract {

    private static final int LARGEST_RESERVATION = 65_536;
    private static final int MIB = 1 << 20;

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
                    pair.client().connection().write(ByteBuffer.allocate(1).put(0, (byte) value));
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
                    connection.write(ByteBuffer.allocate(5), ByteBuffer.allocateDirect(6));
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
    void anEmptyBufferComesBackToo() throws Exception {
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
            connection.flush();
            connection.write(ByteBuffer.allocate(0));
            connection.flush();
        });
        assertThat(await(given)).isZero();
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
    void writingFromTheFirstMomentReachesThePeer() throws Exception {
        Pair<End, End> pair = pair(
                new End() {
                    @Override
                    public End onOpen(Connection connection) {
                        super.onOpen(connection);
                        connection.reserve(1).put((byte) 7);
                        connection.write(ByteBuffer.wrap(new byte[] {8}));
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
            ByteBuffer[] buffers = new ByteBuffer[1 + random.nextInt(4)];
            for (int i = 0; i < buffers.length; i++) {
                byte[] bytes = bytes(random.nextInt(random.nextInt(10) == 0 ? 300_000 : 5_000));
                buffers[i] = random.nextBoolean()
                        ? ByteBuffer.wrap(bytes)
                        : ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            }
            connection.write(buffers);
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
