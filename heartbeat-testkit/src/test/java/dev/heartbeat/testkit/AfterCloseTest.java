package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Whatever is asked of a client, a node or a server that is closed, or whose transport is, is
 * answered as the Javadoc says; on virtual time.
 */
final class AfterCloseTest {
    private final Bus bus = new Bus(41);
    private final Host host = bus.world.newHost("client");
    private final HeartbeatClient client = bus.client(host, "n1").connect();
    private final AttachedNode attached = client.attach("n2", Map.of(), new AttachedRecorder());

    private static ByteBuffer message() {
        return ByteBuffer.allocate(3);
    }

    private void isFailed(CompletableFuture<?> future) {
        bus.advance(Duration.ofSeconds(2));
        assertThat(future).isCompletedExceptionally();
        assertThat(future.handle((done, failure) -> failure).join())
                .isInstanceOfAny(UndeliveredException.class, HeartbeatException.class);
    }

    private void isClosed(Channel channel) {
        bus.advance(Duration.ofSeconds(1));
        assertThat(channel.state()).isEqualTo(ChannelState.CLOSED);
        assertThat(channel.closed()).isCompleted();
        assertThat(channel.opened()).isCompletedExceptionally();
        assertThat(channel.trySend(message())).isEqualTo(SendResult.CLOSED);
        channel.end();
        channel.reset("late");
    }

    private void checkClient() {
        assertThat(client.trySend(message())).isEqualTo(SendResult.CLOSED);
        assertThat(client.trySend("n3", message())).isEqualTo(SendResult.CLOSED);
        isFailed(client.send(message()));
        isFailed(client.request(message(), Duration.ofSeconds(1)));
        isFailed(client.request("n3", message(), Duration.ofSeconds(1)));
        isClosed(client.openChannel("jobs", ChannelOptions.defaults(), new ChannelListener() {}));
        client.updateMetadata(Map.of("a", "b"));
        assertThatThrownBy(() -> client.attach("n4", Map.of(), new AttachedRecorder()))
                .isInstanceOf(IllegalStateException.class);
        assertThat(client.stats()).isNotNull();

        assertThat(attached.trySend(message())).isEqualTo(SendResult.CLOSED);
        isFailed(attached.send(message()));
        isFailed(attached.request(message(), Duration.ofSeconds(1)));
        isClosed(attached.openChannel("jobs", ChannelOptions.defaults(), new ChannelListener() {}));
        attached.updateMetadata(Map.of("a", "b"));
        attached.reportAlive(false);
        assertThat(attached.detachAsync()).isCompleted();
        CompletableFuture<Void> again = client.closeAsync();
        bus.advance(Duration.ofSeconds(1));
        assertThat(again).isCompleted();
    }

    private void checkServer() {
        assertThat(bus.server.trySend("n1", message())).isEqualTo(SendResult.CLOSED);
        isFailed(bus.server.send("n1", message()));
        isFailed(bus.server.request("n1", message(), Duration.ofSeconds(1)));
        isClosed(bus.server.openChannel("n1", "jobs", ChannelOptions.defaults(), new ChannelListener() {}));
        assertThat(bus.server.broadcast(message()).recipients()).isZero();
        assertThat(bus.server.kick("n1", "late")).isFalse();
        assertThat(bus.server.nodes().find("n1")).isEmpty();
        assertThat(bus.server.stats()).isNotNull();
        CompletableFuture<Void> again = bus.server.closeAsync();
        CompletableFuture<Void> drained = bus.server.shutdownAsync(Duration.ofSeconds(1));
        bus.advance(Duration.ofSeconds(2));
        assertThat(again).isCompleted();
        assertThat(drained).isCompleted();
    }

    @Test
    void clientThatIsClosed() {
        bus.advance(Duration.ofSeconds(1));
        bus.world.await(client.closeAsync(), Duration.ofSeconds(3));
        checkClient();
    }

    @Test
    void clientWhoseTransportIsClosedToo() {
        bus.advance(Duration.ofSeconds(1));
        bus.world.await(client.closeAsync(), Duration.ofSeconds(3));
        bus.world.await(host.transport().closeAsync(), Duration.ofSeconds(3));
        checkClient();
    }

    @Test
    void clientWhoseTransportWasClosedFirst() {
        bus.advance(Duration.ofSeconds(1));
        bus.world.await(host.transport().closeAsync(), Duration.ofSeconds(3));
        bus.advance(Duration.ofSeconds(10));
        // Nothing notified it, so it finds out with the first message, which comes back.
        isFailed(client.send(message()));
        isFailed(attached.send(message()));
        checkClient();
    }

    @Test
    void serverThatIsClosed() {
        bus.advance(Duration.ofSeconds(1));
        bus.world.await(bus.server.closeAsync(), Duration.ofSeconds(3));
        checkServer();
    }

    @Test
    void serverWhoseTransportIsClosedToo() {
        bus.advance(Duration.ofSeconds(1));
        bus.world.await(bus.server.closeAsync(), Duration.ofSeconds(3));
        bus.world.await(bus.serverHost.transport().closeAsync(), Duration.ofSeconds(3));
        checkServer();
    }
}
