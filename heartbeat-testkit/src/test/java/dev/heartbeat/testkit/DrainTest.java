package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Messages accepted before a shutdown arrive and are handled, as long as the time to drain lasts;
 * on virtual time.
 */
final class DrainTest {
    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final ChannelOptions PULL =
            ChannelOptions.builder().delivery(ChannelOptions.Delivery.PULL).build();

    private final Bus bus = new Bus(21);
    private final Host host = bus.world.newHost("node");

    /**
     * Takes its time for each message. A callback cannot take virtual time, so it asks for the
     * messages one by one.
     */
    private final class Slow implements ChannelListener {
        private final Duration each;
        private int handled;
        private boolean ended;

        Slow(Duration each) {
            this.each = each;
        }

        private void receive(Channel channel) {
            channel.receiveAsync().whenComplete((message, failure) -> {
                if (failure == null) {
                    bus.world.after(each, () -> {
                        handled++;
                        receive(channel);
                    });
                } else {
                    ended = true;
                }
            });
        }
    }

    private HeartbeatClient online(HeartbeatClient.Builder builder) {
        HeartbeatClient client = builder.connect();
        bus.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        return client;
    }

    private int accepted(String id, int count, int size) {
        int accepted = 0;
        for (int i = 0; i < count; i++) {
            accepted += bus.server.trySend(id, ByteBuffer.allocate(size)) == SendResult.ACCEPTED ? 1 : 0;
        }
        return accepted;
    }

    @Test
    @Tag("M53")
    void everyMessageThatWasAcceptedIsHandledBeforeTheServerIsDown() {
        // And one message is one task, since each is a turn of its own.
        host.delayCallbacks(Duration.ofMillis(10));
        int[] handled = {0};
        online(bus.client(host, "n1").windowBytes(16_396).onMessage(message -> handled[0]++));
        int accepted = accepted("n1", 1000, 1000);
        CompletableFuture<Void> down = bus.server.shutdownAsync(Duration.ofSeconds(30));
        bus.world.await(down, Duration.ofSeconds(31));

        assertThat(accepted).isEqualTo(1000);
        assertThat(handled[0]).isEqualTo(1000);
        assertThat(bus.server.stats().messages().undeliveredTotal()).isZero();
    }

    @Test
    @Tag("M53")
    void slowHandlerHoldsTheShutdownUntilItIsDone() {
        Slow slow = new Slow(Duration.ofMillis(10));
        online(bus.client(host, "n1").channel("jobs", PULL, channel -> {
            slow.receive(channel);
            return slow;
        }));
        Channel jobs = bus.server.openChannel("n1", "jobs", ChannelOptions.defaults(), new ChannelListener() {});
        bus.advance(Duration.ofMillis(100));
        for (int i = 0; i < 1000; i++) {
            assertThat(jobs.trySend(ByteBuffer.allocate(100))).isEqualTo(SendResult.ACCEPTED);
        }
        CompletableFuture<Void> down = bus.server.shutdownAsync(Duration.ofSeconds(30));
        Duration took = bus.world.advanceUntil(down::isDone, Duration.ofSeconds(31));
        bus.advance(slow.each); // A fetched message counts as handled.

        assertThat(slow.handled).isEqualTo(1000);
        assertThat(slow.ended).isTrue();
        assertThat(took).isBetween(Duration.ofMillis(9900), Duration.ofSeconds(13));
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "OFFLINE(SHUTDOWN)");
    }

    @Test
    @Tag("M53")
    void clientThatNeverFinishesHoldsTheShutdownNoLongerThanItsTime() {
        bus.client(bus.world.newHost("other"), "n2").connect();
        List<Channel> ignored = new ArrayList<>();
        online(bus.client(host, "n1").channel("jobs", PULL, channel -> {
            ignored.add(channel);
            return new ChannelListener() {};
        }));
        ChannelRecorder opener = new ChannelRecorder();
        Channel jobs = bus.server.openChannel("n1", "jobs", ChannelOptions.defaults(), opener);
        bus.advance(Duration.ofMillis(100));
        for (int i = 0; i < 1000; i++) {
            assertThat(jobs.trySend(ByteBuffer.allocate(1000))).isEqualTo(SendResult.ACCEPTED);
        }
        CompletableFuture<Void> down = bus.server.shutdownAsync(Duration.ofSeconds(8));
        Duration took = bus.world.advanceUntil(down::isDone, Duration.ofSeconds(20));

        assertThat(took).isBetween(Duration.ofSeconds(8), Duration.ofMillis(10_100));
        long undelivered = bus.server.stats().messages().undeliveredTotal();
        assertThat(undelivered).isBetween(850L, 999L);
        assertThat(opener.events)
                .filteredOn(event -> event.startsWith("undelivered 1000 bytes "))
                .hasSize((int) undelivered);
        assertThat(bus.told.of("n2")).containsExactly("ONLINE", "OFFLINE(SHUTDOWN)");
    }

    @Test
    @Tag("M53")
    void shutdownWithoutTimeDrainsNothing() {
        online(bus.client(host, "n1").windowBytes(16_396));
        host.delayCallbacks(Duration.ofHours(1));
        for (int i = 0; i < 1000; i++) {
            assertThat(bus.server.trySend("n1", ByteBuffer.allocate(1000))).isEqualTo(SendResult.ACCEPTED);
        }
        CompletableFuture<Void> down = bus.server.shutdownAsync(Duration.ZERO);
        Duration took = bus.world.advanceUntil(down::isDone, Duration.ofSeconds(20));

        assertThat(took).isLessThanOrEqualTo(LINGER.plusMillis(100));
        assertThat(bus.server.stats().messages().undeliveredTotal()).isGreaterThan(900);
        assertThat(bus.told.count("undelivered"))
                .isEqualTo(bus.server.stats().messages().undeliveredTotal());
    }

    @Test
    void answersStillComeBack() {
        List<Request> heard = new ArrayList<>();
        HeartbeatClient client = online(bus.client(host, "n1").onRequest(heard::add));
        CompletableFuture<ByteBuffer> reply = bus.server.request("n1", ByteBuffer.allocate(3), Duration.ofSeconds(20));
        bus.advance(Duration.ofMillis(100));
        CompletableFuture<Void> down = bus.server.shutdownAsync(Duration.ofSeconds(30));
        heard.forEach(request -> request.reply(ByteBuffer.allocate(7)));
        bus.world.await(down, Duration.ofSeconds(31));

        assertThat(reply).isCompleted();
        assertThat(reply.join().remaining()).isEqualTo(7);
        assertThat(client.state()).isNotEqualTo(dev.heartbeat.ClientState.CLOSED);
    }

    @Test
    void requestsAreAnsweredBeforeTheClientLeaves() {
        List<Request> heard = new ArrayList<>();
        Bus asked = new Bus(23, 1, options -> options.onRequest((node, request) -> heard.add(request)));
        HeartbeatClient client = asked.client(asked.world.newHost("node"), "n1").connect();
        asked.world.advanceUntil(client.registered()::isDone, Duration.ofSeconds(1));
        CompletableFuture<ByteBuffer> reply = client.request(ByteBuffer.allocate(3), Duration.ofSeconds(20));
        asked.advance(Duration.ofMillis(100));
        CompletableFuture<Void> down = asked.server.shutdownAsync(Duration.ofSeconds(30));
        asked.world.after(Duration.ofSeconds(4), () -> heard.get(0).reply(ByteBuffer.allocate(9)));
        asked.world.await(down, Duration.ofSeconds(31));

        assertThat(reply).isCompleted();
        assertThat(reply.join().remaining()).isEqualTo(9);
        assertThat(asked.world.now()).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void everyNodeOfAGatewayGetsWhatWasAcceptedForIt() {
        HeartbeatClient gateway = online(bus.client(host, "g").windowBytes(16_396));
        List<AttachedRecorder> told = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            AttachedRecorder recorder = new AttachedRecorder();
            told.add(recorder);
            gateway.attach("n" + i, Map.of(), recorder);
        }
        bus.advance(Duration.ofSeconds(1));
        host.delayCallbacks(Duration.ofMillis(200));
        for (int i = 0; i < 50; i++) {
            accepted("n" + i, 40, 1000);
        }
        CompletableFuture<Void> down = bus.server.shutdownAsync(Duration.ofSeconds(60));
        Duration took = bus.world.advanceUntil(down::isDone, Duration.ofSeconds(62));

        assertThat(told)
                .allSatisfy(recorder -> assertThat(recorder.events())
                        .filteredOn(event -> event.startsWith("message"))
                        .hasSize(40));
        assertThat(bus.server.stats().messages().undeliveredTotal()).isZero();
        assertThat(took).isGreaterThan(LINGER);
    }

    @Test
    void clientThatClosesSendsAllThatItHadAccepted() {
        HeartbeatClient client = online(bus.client(host, "n1").listener(new ClientRecorder()));
        bus.world.link(host, bus.serverHost, LinkSettings.LAN.withBytesPerSecond(150_000));
        for (int i = 0; i < 1000; i++) {
            assertThat(client.trySend(ByteBuffer.allocate(1000))).isEqualTo(SendResult.ACCEPTED);
        }
        CompletableFuture<Void> closed = client.closeAsync();
        assertThat(client.trySend(ByteBuffer.allocate(1))).isEqualTo(SendResult.CLOSED);
        Duration took = bus.world.advanceUntil(closed::isDone, Duration.ofSeconds(12));

        assertThat(took).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(9));
        assertThat(bus.told.count("message")).isEqualTo(1000);
        assertThat(bus.told.of("n1")).endsWith("OFFLINE(UNREGISTERED)");
        assertThat(client.stats().messages().undeliveredTotal()).isZero();
    }

    @Test
    void clientThatCannotSendItAllClosesWhenItsTimeIsOver() {
        HeartbeatClient client = online(
                bus.client(host, "n1").drainTimeout(Duration.ofSeconds(3)).listener(new ClientRecorder()));
        bus.world.link(host, bus.serverHost, LinkSettings.LAN.withBytesPerSecond(50_000));
        for (int i = 0; i < 1000; i++) {
            assertThat(client.trySend(ByteBuffer.allocate(1000))).isEqualTo(SendResult.ACCEPTED);
        }
        CompletableFuture<Void> closed = client.closeAsync();
        Duration took = bus.world.advanceUntil(closed::isDone, Duration.ofSeconds(12));

        assertThat(took).isBetween(Duration.ofSeconds(3), Duration.ofMillis(5_500));
        assertThat(client.stats().messages().undeliveredTotal()).isBetween(300L, 900L);
    }
}
