package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Where a server may be waited for. */
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
