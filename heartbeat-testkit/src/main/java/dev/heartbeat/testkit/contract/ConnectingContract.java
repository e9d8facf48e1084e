package dev.heartbeat.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Connections come about, or they do not.
 *
 * @since 0.1
 */
public abstract class ConnectingContract extends TransportContract {

    /** For a nested class of the transport's own test. */
    protected ConnectingContract() {}

    @Test
    void bothEndsOpenOnTheirLoops() throws Exception {
        List<Boolean> inLoop = new ArrayList<>();
        class Watching extends End {
            @Override
            public ConnectionHandler onOpen(Connection connection) {
                synchronized (inLoop) {
                    inLoop.add(connection.eventLoop().inEventLoop());
                }
                return super.onOpen(connection);
            }
        }
        Pair<End, End> pair = pair(new Watching(), new Watching());
        assertThat(inLoop).containsExactly(true, true);
        assertThat(pair.client().connection().eventLoop()).isSameAs(loop(0));
        exchange(pair);
    }

    @Test
    void aListenerTellsItsRealPortAndConnectionsTheirPeer() throws Exception {
        Service service = serve(End::new);
        assertThat(service.address().getPort()).isPositive();
        End client = connect(service.address(), new End());
        assertThat(client.connection().remoteAddress()).isEqualTo(service.address());
    }

    @Test
    void connectAnswersOnItsLoopButNeverFromWithinTheCall() throws Exception {
        Service service = serve(End::new);
        End[] clients = {new End(), new End()};
        on(loop(1), () -> {
            for (End client : clients) {
                transport().connect(service.address(), loop(1), client);
                assertThat(client.opened()).isNotDone();
            }
        });
        for (End client : clients) {
            assertThat(await(client.opened()).eventLoop()).isSameAs(loop(1));
        }
    }

    @Test
    void acceptedConnectionsAreSpreadOverAllLoops() throws Exception {
        Service service = serve(End::new);
        int[] onLoop = new int[2];
        for (int i = 0; i < 8; i++) {
            Pair<End, End> pair = connectedTo(service);
            onLoop[pair.server().connection().eventLoop().index()]++;
        }
        assertThat(onLoop).containsExactly(4, 4);
    }

    @Test
    void aRefusedConnectionIsResetAndHeardOfNoMore() throws Exception {
        AtomicBoolean opened = new AtomicBoolean();
        CompletableFuture<InetSocketAddress> asked = new CompletableFuture<>();
        Listener listener = listen(new Acceptor() {
            @Override
            public boolean onAccept(InetSocketAddress remote) {
                return !asked.complete(remote);
            }

            @Override
            public ConnectionHandler onOpen(Connection connection) {
                opened.set(true);
                return new End();
            }
        });
        await(refusal(listener));
        assertThat(await(asked).getAddress()).isEqualTo(listener.localAddress().getAddress());
        assertThat(opened).isFalse();
    }

    /** Even where the listener rests at the time, because connections come too fast or cannot be kept. */
    @Test
    void pausedListenerAcceptsWhatWaitsWhenItGoesOn() throws Exception {
        Service service = serve(End::new);
        exchange(connectedTo(service));
        service.listener().pauseAccepting();
        service.listener().pauseAccepting();
        turns(loop(0), 2);
        turns(loop(1), 2);
        End client = new End();
        transport().connect(service.address(), loop(0), client);
        turns(loop(0), 10);
        turns(loop(1), 10);
        CompletableFuture<End> server = service.next();
        assertThat(server).isNotDone();
        service.listener().resumeAccepting();
        await(client.opened()); // Over a layer not before the other side speaks.
        exchange(new Pair<>(client, await(server)));
        exchange(connectedTo(service));
    }

    @Test
    void pausedListenerCloses() throws Exception {
        Service service = serve(End::new);
        service.listener().pauseAccepting();
        await(service.listener().close());
        service.listener().resumeAccepting();
        turns(loop(0), 2);
        assertThat(await(refusal(service.listener()))).isNotNull();
    }

    @Test
    void keptConnectionOpensOrIsAbandoned() throws Exception {
        // The transport closes between the two.
        Transport closing = transport();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        AtomicInteger told = new AtomicInteger();
        Listener listener = listen(new Acceptor() {
            @Override
            public boolean onAccept(InetSocketAddress remote) {
                CompletableFuture<?> unused = closing.closeAsync();
                asked.complete(null);
                return true;
            }

            @Override
            public ConnectionHandler onOpen(Connection connection) {
                told.incrementAndGet();
                return new End().onOpen(connection);
            }

            @Override
            public void onAbandoned(InetSocketAddress remote) {
                told.incrementAndGet();
            }
        });
        CompletableFuture<IOException> unused = refusal(listener);
        await(asked);
        await(closing.closeAsync());
        assertThat(told).hasValue(1);
    }

    @Test
    void aPortInUseIsAnErrorThatNamesIt() throws Exception {
        InetSocketAddress taken = serve(End::new).address();
        assertThatThrownBy(() -> await(transport().listen(taken, new Unasked())))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining(taken.toString());
    }

    @Test
    void aRefusedConnectIsAnErrorThatNamesTheAddress() throws Exception {
        InetSocketAddress free = freeAddress();
        Refused refused = new Refused(loop(1));
        transport().connect(free, loop(1), refused);
        assertThat(await(refused.failure())).hasMessageContaining(free.toString());
        assertThat(refused.heardOnLoop()).isTrue();
    }

    @Test
    void anUnresolvedAddressIsAnError() throws Exception {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
        Refused refused = new Refused(loop(0));
        transport().connect(unresolved, loop(0), refused);
        assertThat(await(refused.failure())).hasMessageContaining("nowhere.invalid");
        assertThat(refused.heardOnLoop()).isTrue();
        assertThatThrownBy(() -> await(transport().listen(unresolved, new Unasked())))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("nowhere.invalid");
    }

    @Test
    void aClosedListenerFreesItsPortAndLeavesItsConnections() throws Exception {
        Service service = serve(End::new);
        Pair<End, End> pair = connectedTo(service);
        await(service.listener().close());
        await(service.listener().close());

        Listener next = await(transport().listen(service.address(), new Unasked()));
        assertThat(next.localAddress()).isEqualTo(service.address());
        exchange(pair);
    }

    @Test
    void theLoopsAreListedInTheOrderOfTheirIndex() {
        assertThat(transport().eventLoops()).extracting(EventLoop::index).containsExactly(0, 1);
    }

    private Pair<End, End> connectedTo(Service service) throws Exception {
        End client = connect(service.address(), new End());
        return new Pair<>(client, await(service.next()));
    }

    private InetSocketAddress freeAddress() throws Exception {
        Listener listener = listen(new Unasked());
        await(listener.close());
        return listener.localAddress();
    }

    private static final class Unasked implements Acceptor {

        @Override
        public boolean onAccept(InetSocketAddress remote) {
            return false;
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            throw new AssertionError("not kept");
        }
    }
}
