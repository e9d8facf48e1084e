package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.ServerState;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Starting servers, one after the other, and the threads that may wait for them. */
final class StartingTest {

    @Test
    void startRefusesToWaitOnALoopOfItsTransport() throws Exception {
        Transport transport = TestedTransport.start(2);
        for (EventLoop loop : transport.eventLoops()) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            loop.execute(() -> thrown.complete(thrownBy(() -> builder(transport).start())));
            assertThat(thrown.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("use startAsync()");
        }
        builder(transport).start().close();
        transport.closeAsync().get(30, TimeUnit.SECONDS);
    }

    /** The first loop is the one that completes a start. */
    @Test
    void startIsNotWaitedForOnItsLoop() throws Exception {
        Transport transport = TestedTransport.start(1);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        transport.eventLoops().get(0).execute(() -> {
            CompletableFuture<HeartbeatServer> starting = builder(transport).startAsync();
            thrown.complete(thrownBy(starting::join));
            CompletableFuture<Void> ending = starting.thenCompose(HeartbeatServer::closeAsync);
            CompletableFuture<Void> unused = ending.whenComplete((done, failure) -> closed.complete(null));
        });
        assertThat(thrown.get(30, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("waiting here would never end");
        closed.get(30, TimeUnit.SECONDS);
        transport.closeAsync().get(30, TimeUnit.SECONDS);
    }

    @Test
    void thePortOfAStoppedServerIsFree() throws Exception {
        Transport transport = TestedTransport.start(2);
        int port = 0;
        for (int i = 0; i < 20; i++) {
            HeartbeatServer server = builder(transport).port(port).build();
            assertThat(server.state()).isEqualTo(ServerState.NEW);
            port = server.start().localAddress().getPort();
            assertThat(server.state()).isEqualTo(ServerState.RUNNING);
            server.close();
            assertThat(server.state()).isEqualTo(ServerState.STOPPED);
        }
        transport.closeAsync().get(30, TimeUnit.SECONDS);
    }

    private static HeartbeatServer.Builder builder(Transport transport) {
        return HeartbeatServer.builder().host("127.0.0.1").port(0).transport(transport);
    }

    private static Throwable thrownBy(Runnable call) {
        try {
            call.run();
            return new AssertionError("nothing thrown");
        } catch (Throwable e) {
            return e;
        }
    }
}
