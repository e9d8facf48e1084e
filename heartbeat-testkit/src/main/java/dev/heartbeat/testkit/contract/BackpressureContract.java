package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.TransportOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Whoever writes learns when to stop and when to go on, and a slow peer is nobody else's trouble.
 *
 * @since 0.1
 */
public abstract class BackpressureContract extends TransportContract {

    private static final int HIGH = 50_000;
    private static final int LOW = 15_000;

    /** More than any kernel holds between two sockets. */
    private static final int FLOOD = 32 << 20;

    /** For a nested class of the transport's own test. */
    protected BackpressureContract() {}

    @Override
    TransportOptions options() {
        return super.options().toBuilder()
                .highWaterBytes(HIGH)
                .lowWaterBytes(LOW)
                .build();
    }

    @Test
    void writableEndsPastTheHighMark() throws Exception {
        assumeTrue(layerBytes() == 0, "the marks of a layer are those of the connection below");
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.client(), connection -> {
            connection.write(ByteBuffer.allocate(HIGH - 8), 0, HIGH - 8);
            connection.reserve(8).putLong(0);
            assertThat(connection.isWritable()).as("at the mark").isTrue();
            connection.reserve(1).put((byte) 0);
            assertThat(connection.isWritable()).as("past the mark").isFalse();
        });
    }

    @Test
    void writableAgainAtTheLowMarkAndToldOnce() throws Exception {
        CompletableFuture<Long> pendingWhenTold = new CompletableFuture<>();
        Pair<End, Deaf> pair = pair(
                new End() {
                    @Override
                    public void onWritable() {
                        super.onWritable();
                        pendingWhenTold.complete(connection().pendingBytes());
                    }
                },
                new Deaf());
        on(
                pair.client(),
                connection -> pair.client().within(() -> {
                    connection.write(ByteBuffer.allocate(FLOOD), 0, FLOOD);
                    connection.flush();
                }));
        exchange(pair(new End(), new End()));
        assertThat(pendingWhenTold).isNotDone();

        on(pair.server(), Connection::resumeReading);
        assertThat(await(pendingWhenTold)).isLessThanOrEqualTo(LOW + layerBytes());
        await(pair.server().received(FLOOD));
        turns(loop(0), 2);
        assertThat(pair.client().writables()).isEqualTo(1);
        on(pair.client(), connection -> assertThat(connection.isWritable()).isTrue());
    }

    @Test
    void aSocketThatTakesAllAtOnceMakesItWritableAgainToo() throws Exception {
        CompletableFuture<Void> told = new CompletableFuture<>();
        CompletableFuture<Boolean> hadToStop = new CompletableFuture<>();
        Pair<End, End> pair = pair(
                new End() {
                    @Override
                    public void onWritable() {
                        super.onWritable();
                        told.complete(null);
                    }
                },
                new End());
        on(
                pair.client(),
                connection -> pair.client().within(() -> {
                    connection.write(ByteBuffer.allocate(HIGH + 1), 0, HIGH + 1);
                    hadToStop.complete(!connection.isWritable());
                    connection.flush();
                }));
        // A layer may have given the first of it to the socket before the mark was passed.
        assertThat(await(hadToStop) || layerBytes() > 0).isTrue();
        if (await(hadToStop)) {
            await(told);
        }
        await(pair.server().received(HIGH + 1));
    }

    @Test
    void stoppedWriterIsNotifiedEvenAfterReservedBytesAlone() throws Exception {
        CompletableFuture<Void> told = new CompletableFuture<>();
        CompletableFuture<Boolean> hadToStop = new CompletableFuture<>();
        Pair<End, End> pair = pair(
                new End() {
                    @Override
                    public void onWritable() {
                        super.onWritable();
                        told.complete(null);
                    }
                },
                new End());
        on(
                pair.client(),
                connection -> pair.client().within(() -> {
                    for (int i = 0; i <= HIGH / 1000; i++) {
                        connection.reserve(1000).put(new byte[1000]);
                    }
                    hadToStop.complete(!connection.isWritable());
                    connection.flush();
                }));
        // A transport may have given them to the socket before the mark was passed.
        if (await(hadToStop)) {
            await(told);
        }
    }

    @Test
    void writableFollowsAFullSocketEvenForReservedBytesAlone() throws Exception {
        CompletableFuture<Long> told = new CompletableFuture<>();
        Pair<End, Deaf> pair = pair(
                new End() {
                    @Override
                    public void onFlushed(long total) {
                        super.onFlushed(total);
                        if (connection().pendingBytes() == 0) {
                            told.complete(total);
                        }
                    }
                },
                new Deaf());
        on(
                pair.client(),
                connection -> pair.client().within(() -> {
                    while (connection.pendingBytes() == 0) {
                        connection.reserve(16 * 1024).put(new byte[16 * 1024]);
                        connection.flush();
                    }
                }));
        on(pair.server(), Connection::resumeReading);
        await(pair.server().received(await(told)));
    }

    @Test
    void aPeerThatDoesNotReadDelaysNobodyElse() throws Exception {
        Pair<End, Deaf> deaf = pair(new End(), new Deaf());
        Pair<End, End> other = pair(new End(), new End());
        on(deaf.client(), connection -> {
            connection.write(ByteBuffer.allocate(FLOOD), 0, FLOOD);
            connection.flush();
        });
        for (int i = 0; i < 10; i++) {
            exchange(other);
        }
        assertThat(deaf.client().closed()).isNotDone();
    }

    @Test
    void smallFramesToAPeerThatDoesNotReadAreKeptInOrder() throws Exception {
        Pair<End, Deaf> pair = pair(new End(), new Deaf());
        int frames = 50_000;
        on(pair.client(), connection -> {
            connection.write(ByteBuffer.allocate(FLOOD), 0, FLOOD);
            for (int i = 0; i < frames; i++) {
                connection.reserve(4).putInt(i);
                connection.flush();
            }
            assertThat(connection.queuedBytes()).isEqualTo(FLOOD + 4L * frames);
        });
        on(pair.server(), Connection::resumeReading);
        await(pair.server().received(FLOOD + 4L * frames));
        ByteBuffer received = ByteBuffer.wrap(pair.server().received()).position(FLOOD);
        for (int i = 0; i < frames; i++) {
            assertThat(received.getInt()).isEqualTo(i);
        }
    }

    /** Reads nothing until it is asked to. */
    private static final class Deaf extends End {

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            connection.pauseReading();
            return super.onOpen(connection);
        }
    }
}
