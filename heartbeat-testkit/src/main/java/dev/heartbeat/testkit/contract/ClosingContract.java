package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/**
 * Every connection ends once, and its end is reported; so does the transport.
 *
 * @since 0.1
 */
public abstract class ClosingContract extends TransportContract {

    private static final int LARGE = 4 << 20;

    /** For a nested class of the transport's own test. */
    protected ClosingContract() {}

    @Test
    void closingIsToldToBothEndsAfterTheCall() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(
                pair.client(),
                connection -> pair.client().within(() -> {
                    connection.close();
                    connection.close();
                    connection.abort();
                }));
        assertThat(await(pair.client().closed())).isEmpty();
        assertThat(await(pair.server().closed())).isEmpty();
    }

    @Test
    void abortingIsAnErrorToThePeerAlone() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.client(), connection -> pair.client().within(connection::abort));
        assertThat(await(pair.client().closed())).isEmpty();
        assertThat(await(pair.server().closed())).containsInstanceOf(IOException.class);
    }

    @Test
    void nothingFollowsTheEndNotEvenWhatWasDue() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(
                pair.client(),
                connection -> pair.client().within(() -> {
                    connection.write(ByteBuffer.allocate(1_000_000), 0, 1_000_000);
                    connection.flush();
                    connection.close();
                }));
        await(pair.client().closed());
        turns(loop(0), 3);
        assertThat(pair.client().flushed()).isZero();
        assertThat(pair.client().writables()).isZero();
    }

    @Test
    void writesAfterTheEndAreDiscarded() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.client(), connection -> {
            connection.reserve(8).putLong(1);
            connection.flush();
            connection.close();
            writeAllWays(connection);
            assertThat(connection.queuedBytes()).isEqualTo(8);
            assertThat(connection.isWritable()).isFalse();
            connection.pauseReading();
            connection.resumeReading();
        });
        await(pair.server().closed());
        assertThat(pair.server().received()).hasSize(8);
    }

    @Test
    void anotherConnectionsBytesSurviveAnEndInBetween() throws Exception {
        Pair<End, End> ending = pair(new End(), new End());
        Pair<End, End> living = pair(new End(), new End());
        on(loop(0), () -> {
            living.client().connection().reserve(8).putLong(1);
            ending.client().connection().close();
            ending.client().connection().reserve(8).putLong(2);
            living.client().connection().reserve(8).putLong(3);
            ending.client().connection().flush();
            living.client().connection().flush();
        });
        await(living.server().received(16));
        ByteBuffer received = ByteBuffer.wrap(living.server().received());
        assertThat(received.getLong()).isEqualTo(1);
        assertThat(received.getLong()).isEqualTo(3);
    }

    @Test
    void shuttingOutputDownSendsWhatIsQueuedFirst() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.client(), connection -> {
            connection.write(ByteBuffer.allocate(LARGE), 0, LARGE);
            connection.reserve(8).putLong(1);
            connection.shutdownOutput();
            connection.shutdownOutput();
            writeAllWays(connection);
            assertThat(connection.queuedBytes()).isEqualTo(LARGE + 8);
        });
        assertThat(await(pair.server().closed())).isEmpty();
        assertThat(pair.server().received()).hasSize(LARGE + 8);
        // The peer answered the end with its own, as a transport does.
        assertThat(await(pair.client().closed())).isEmpty();
    }

    @Test
    void afterShuttingOutputDownItReadsOn() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        // The peer does not come to the end of the stream meanwhile.
        on(pair.server(), Connection::pauseReading);
        on(pair.client(), Connection::shutdownOutput);
        on(pair.server(), connection -> {
            connection.reserve(8).putLong(1);
            connection.flush();
        });
        await(pair.client().received(8));
        assertThat(pair.client().closed()).isNotDone();
        on(pair.server(), Connection::resumeReading);
        assertThat(await(pair.client().closed())).isEmpty();
    }

    @Test
    void closedConnectionKeepsItsByteCounts() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        on(pair.client(), connection -> {
            connection.write(ByteBuffer.allocate(10), 0, 10);
            connection.reserve(8).putLong(1);
            connection.close();
            assertThat(connection.queuedBytes()).isEqualTo(18);
            assertThat(connection.flushedBytes()).isZero();
        });
    }

    @Test
    void aConnectionMayBeClosedFromAnyEvent() throws Exception {
        class ClosingAtOnce extends End {
            @Override
            public ConnectionHandler onOpen(Connection connection) {
                connection.close();
                return super.onOpen(connection);
            }
        }
        class ClosingOnRead extends End {
            @Override
            public void onRead(ByteBuffer bytes) {
                super.onRead(bytes);
                connection().close();
            }
        }
        class ClosingOnFlushed extends End {
            @Override
            public void onFlushed(long total) {
                super.onFlushed(total);
                connection().close();
            }
        }
        assertThat(await(pair(new ClosingAtOnce(), new End()).client().closed()))
                .isEmpty();
        for (Pair<? extends End, ? extends End> pair : List.of(
                pair(new End(), new ClosingAtOnce()),
                pair(new End(), new ClosingOnRead()),
                pair(new ClosingOnFlushed(), new End()))) {
            on(pair.client(), connection -> {
                connection.write(ByteBuffer.allocate(8), 0, 8);
                connection.flush();
            });
            await(pair.client().closed());
            await(pair.server().closed());
        }
    }

    // The whole transport

    @Test
    void closingTheTransportEndsEverythingAndTellsIt() throws Exception {
        Pair<End, End> pair = pair(new End(), new End());
        CompletableFuture<Void> closed = transport().closeAsync();
        assertThat(transport().closeAsync()).isSameAs(closed);
        await(closed);
        // A layer cannot tell it from a peer that ends the stream without a goodbye.
        assertThat(pair.client().closed()).isCompletedWithValueMatching(cause -> cause.isEmpty() || layerBytes() > 0);
        assertThat(pair.server().closed()).isDone();
    }

    @Test
    void nothingBeginsAfterTheEnd() throws Exception {
        Service service = serve(End::new);
        Transport closed = transport();
        EventLoop loop = loop(0);
        await(closed.closeAsync());

        assertThatThrownBy(() -> loop.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> await(closed.listen(ANY_PORT, service)))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining(ANY_PORT.toString());
        Refused refused = new Refused(loop);
        closed.connect(service.address(), loop, refused);
        assertThat(await(refused.failure())).hasMessageContaining("closed");
        await(service.listener().close());
    }

    @Test
    void listenersTellOfTheirEndWhateverItsReason() throws Exception {
        Listener closed = serve(End::new).listener();
        Listener left = serve(End::new).listener();
        turns(loop(0), 3);
        assertThat(closed.closed()).isNotDone();
        await(closed.close());
        await(closed.closed());
        assertThat(left.closed()).isNotDone();

        await(transport().closeAsync());
        await(left.closed());
    }

    @Test
    void connectsUnderWayAreAnsweredBeforeTheEnd() throws Exception {
        Service service = serve(End::new);
        List<CompletableFuture<End>> answers = new ArrayList<>();
        on(loop(0), () -> {
            for (int i = 0; i < 20; i++) {
                End client = new End();
                transport().connect(service.address(), loop(i % 2), client);
                answers.add(client.opened().handle((connection, failure) -> client));
            }
            transport().close();
        });
        await(transport().closeAsync());
        assertThat(answers)
                .allSatisfy(answer -> assertThat(await(answer).breaches()).isEmpty());
    }

    @Test
    void tasksTakenBeforeTheEndAreRun() throws Exception {
        // One thread, which is busy with giving it more to do.
        Transport closing = start(options().toBuilder().workerThreads(1).build());
        Executor workers = closing.environment().workers();
        List<CompletableFuture<Boolean>> tasks = new ArrayList<>();
        await(CompletableFuture.runAsync(
                () -> {
                    for (int i = 0; i < 3; i++) {
                        tasks.add(CompletableFuture.supplyAsync(
                                () -> closing.closeAsync().isDone(), workers));
                    }
                    closing.close();
                },
                workers));
        await(closing.closeAsync());
        assertThat(tasks).allSatisfy(task -> assertThat(task).isCompletedWithValue(false));
    }

    @Test
    void closingOnItsOwnThreadsDoesNotWait() throws Exception {
        on(loop(0), () -> transport().close());
        await(transport().closeAsync());

        Transport other = start(options());
        await(CompletableFuture.runAsync(other::close, other.environment().workers()));
        await(other.closeAsync());
    }

    private static void writeAllWays(Connection connection) {
        connection.reserve(8).putLong(2);
        connection.write(ByteBuffer.allocate(8), 0, 8);
        connection.flush();
        connection.shutdownOutput();
    }
}
