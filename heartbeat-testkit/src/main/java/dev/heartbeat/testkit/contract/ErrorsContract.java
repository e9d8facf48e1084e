package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Code that throws hurts its own connection and nothing else. All on one loop, so that there is
 * something to hurt.
 *
 * @since 0.1
 */
public abstract class ErrorsContract extends TransportContract {

    private static final int FLOOD = 32 << 20;

    /** For a nested class of the transport's own test. */
    protected ErrorsContract() {}

    @Override
    TransportOptions options() {
        return TransportOptions.builder().eventLoops(1).build();
    }

    @Test
    void aHandlerThatThrowsOnReadLosesItsConnection() throws Exception {
        losesItsConnection(new End() {
            @Override
            public void onRead(ByteBuffer bytes) {
                throw new Defect();
            }
        });
    }

    @Test
    void aHandlerThatThrowsOnFlushedLosesItsConnection() throws Exception {
        losesItsConnection(new End() {
            @Override
            public void onFlushed(long total) {
                throw new Defect();
            }
        });
    }

    @Test
    void aHandlerThatThrowsOnWritableLosesItsConnection() throws Exception {
        losesItsConnection(new End() {
            @Override
            public void onWritable() {
                throw new Defect();
            }
        });
    }

    @Test
    void aHandlerThatFailsOverAReservationLosesItsConnection() throws Exception {
        losesItsConnection(new End() {
            @Override
            public void onRead(ByteBuffer bytes) {
                connection().reserve(8).put((byte) 1);
                throw new Defect();
            }
        });
    }

    @Test
    void aHandlerThatThrowsOnClosedHurtsNobody() throws Exception {
        Pair<End, End> bystander = pair(new End(), new End());
        Pair<End, End> pair = pair(new End(), new End() {
            @Override
            public void onClosed(@Nullable Throwable cause) {
                super.onClosed(cause);
                throw new Defect();
            }
        });
        on(pair.server(), Connection::close);
        await(pair.client().closed());
        exchange(bystander);
    }

    @Test
    void anAcceptorThatThrowsLosesThatConnection() throws Exception {
        Pair<End, End> bystander = pair(new End(), new End());
        Listener asking = listen(new Acceptor() {
            @Override
            public boolean onAccept(InetSocketAddress remote) {
                throw new Defect();
            }

            @Override
            public ConnectionHandler onOpen(Connection connection) {
                return new End();
            }
        });
        Listener opening = listen(new Acceptor() {
            @Override
            public boolean onAccept(InetSocketAddress remote) {
                return true;
            }

            @Override
            public ConnectionHandler onOpen(Connection connection) {
                throw new Defect();
            }
        });
        // Twice each, since the listener must outlive it.
        for (Listener listener : new Listener[] {asking, opening, asking, opening}) {
            await(refusal(listener));
        }
        exchange(bystander);
    }

    @Test
    void aConnectorThatThrowsLosesThatConnection() throws Exception {
        Pair<End, End> bystander = pair(new End(), new End());
        Service service = serve(End::new);
        transport().connect(service.address(), loop(0), new Thrower());
        if (layerBytes() == 0) { // Through a layer the other end may not have opened yet.
            assertThat(await(await(service.next()).closed())).containsInstanceOf(IOException.class);
        }

        await(service.listener().close());
        Thrower thrower = new Thrower();
        transport().connect(service.address(), loop(0), thrower);
        await(thrower.failed);
        exchange(bystander);
    }

    @Test
    void aTaskThatThrowsStopsNoOther() throws Exception {
        CompletableFuture<Void> next = new CompletableFuture<>();
        on(loop(0), () -> {
            loop(0).execute(() -> {
                throw new Defect();
            });
            loop(0).execute(() -> next.complete(null));
        });
        await(next);
    }

    @Test
    void exceptionOnALoopIsCountedThere() throws Exception {
        assertThat(loop(0).failures().count()).isZero();
        on(
                loop(0),
                () -> loop(0).execute(() -> {
                    throw new Defect();
                }));
        turns(loop(0), 2);
        assertThat(loop(0).failures().count()).isOne();
    }

    @Test
    void anAgentThatThrowsIsWokenAgain() throws Exception {
        CompletableFuture<Void> wokenAgain = new CompletableFuture<>();
        int[] runs = {0};
        loop(0).agent(loop -> now -> {
            if (++runs[0] == 1) {
                throw new Defect();
            }
            wokenAgain.complete(null);
        });
        on(loop(0), () -> loop(0).wakeAt(loop(0).nowNs()));
        await(wokenAgain);
    }

    /** Makes every event of a connection happen to the handler, one of which must have thrown. */
    private void losesItsConnection(End thrower) throws Exception {
        Pair<End, End> bystander = pair(new End(), new End());
        Pair<End, End> pair = pair(new End(), thrower);
        on(pair.client(), connection -> {
            connection.reserve(1).put((byte) 1);
            connection.flush();
        });
        on(thrower, connection -> {
            // Through a layer, more than the socket takes at once.
            int pastTheMark = layerBytes() == 0 ? options().highWaterBytes() + 1 : FLOOD;
            connection.write(ByteBuffer.allocate(pastTheMark), 0, pastTheMark);
            connection.flush();
        });
        assertThat(await(thrower.closed())).containsInstanceOf(Defect.class);
        assertThat(await(pair.client().closed())).containsInstanceOf(IOException.class);
        exchange(bystander);
    }

    private static final class Thrower implements Connector {

        private final CompletableFuture<Void> failed = new CompletableFuture<>();

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            throw new Defect();
        }

        @Override
        public void onConnectFailed(IOException cause) {
            failed.complete(null);
            throw new Defect();
        }
    }

    /**
     * An error and no exception, which must make no difference; nor must it that no log can print
     * it.
     */
    private static final class Defect extends Error {

        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new Defect();
        }
    }
}
