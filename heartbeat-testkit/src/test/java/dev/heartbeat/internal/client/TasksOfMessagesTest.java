package dev.heartbeat.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import dev.heartbeat.fake.FakeConnection;
import dev.heartbeat.fake.FakeTransport;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.Registered;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A client's messages cost its loop one task, whatever they make due. */
final class TasksOfMessagesTest {
    private static final int DATA = 0x03;
    private static final long PLENTY = 1 << 20;

    private final FakeTransport transport = new FakeTransport();
    private final HeartbeatClient client = HeartbeatClient.builder()
            .server("127.0.0.1", 1)
            .nodeId("n1")
            .transport(transport)
            .connect();
    private final FakeConnection connection = connect();

    private FakeConnection connect() {
        transport.run();
        FakeConnection opened = transport.open();
        read(
                opened,
                to -> to.registered(
                        0, new Registered(1, 10_000, 25_000, 30_000, 30_000, PLENTY, 1000, 100, PLENTY, PLENTY, 1)));
        return opened;
    }

    private void read(FakeConnection by, Consumer<FrameEncoder> frame) {
        FakeConnection server = new FakeConnection(transport.loop());
        frame.accept(new FrameEncoder(server));
        ByteBuffer bytes = server.readOff();
        transport.loop().handle(() -> by.handler().onRead(bytes));
        transport.run();
    }

    private Channel open(int id) {
        Channel channel = client.openChannel("c" + id, ChannelOptions.defaults(), new ChannelListener() {});
        transport.run();
        read(connection, to -> to.channelAccept(id, PLENTY));
        assertThat(channel.opened()).isCompleted();
        return channel;
    }

    private int tasksFor(Runnable messages) {
        connection.readOff();
        messages.run();
        return transport.loop().run();
    }

    private static void send(Channel channel) {
        assertThat(channel.trySend(ByteBuffer.allocate(1))).isSameAs(SendResult.ACCEPTED);
    }

    @Test
    void messageOverIdleChannelIsOneTask() {
        Channel channel = open(1);
        for (int i = 0; i < 3; i++) {
            assertThat(tasksFor(() -> send(channel))).isOne();
            assertThat(connection.frames(DATA)).isOne();
        }
    }

    @Test
    void messagesOverSeveralChannelsAreOneTask() {
        List<Channel> channels = IntStream.of(1, 3, 5).mapToObj(this::open).toList();
        assertThat(tasksFor(() -> channels.forEach(TasksOfMessagesTest::send))).isOne();
        assertThat(connection.frames(DATA)).isEqualTo(3);
    }

    @Test
    void messageBeforeTheChannelIsOpenFollows() {
        Channel channel = client.openChannel("c", ChannelOptions.defaults(), new ChannelListener() {});
        send(channel);
        transport.run();
        read(connection, to -> to.channelAccept(1, PLENTY));
        assertThat(connection.frames(DATA)).isOne();
    }
}
