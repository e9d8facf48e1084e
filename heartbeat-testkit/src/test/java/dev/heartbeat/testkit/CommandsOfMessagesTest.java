package dev.heartbeat.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The loop's work for a message beside writing it: one command from the sending thread, and none of
 * the loop to itself.
 */
final class CommandsOfMessagesTest {
    private static final Duration SOON = Duration.ofMillis(100);

    private final List<Channel> atServer = new ArrayList<>();
    private final Bus bus = new Bus(
            1,
            1,
            options -> options.maxNodesPerConnection(1).channel("c", ChannelOptions.defaults(), offered -> {
                atServer.add(offered);
                return new ChannelListener() {};
            }));
    private final Host host = bus.world.newHost("client");
    private final HeartbeatClient client = bus.client(host, "node").connect();

    /** Counts the commands that a loop is sent. */
    private static final class Counted extends ConcurrentLinkedQueue<Runnable> {
        private static final long serialVersionUID = 1;
        private int count;

        @Override
        public boolean add(Runnable command) {
            count++;
            return super.add(command);
        }
    }

    private static Counted countCommandsOf(Host host) {
        EventLoop loop = host.transport().eventLoops().get(0);
        Counted counted = new Counted();
        try {
            LoopAgent shard = loop.agent(unused -> {
                throw new AssertionError("nobody lives on this loop");
            });
            Field commands = requireNonNull(shard).getClass().getDeclaredField("commands");
            commands.setAccessible(true);
            commands.set(shard, counted);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("it has another name by now", e);
        }
        return counted;
    }

    private int commandsFor(Host sender, Supplier<SendResult> message) {
        bus.world.advance(SOON);
        Counted counted = countCommandsOf(sender);
        assertThat(message.get()).isSameAs(SendResult.ACCEPTED);
        bus.world.advance(SOON);
        return counted.count;
    }

    private static ByteBuffer text() {
        return Room.text("hello");
    }

    private Channel openChannel() {
        Channel channel = client.openChannel("c", ChannelOptions.defaults(), new ChannelListener() {});
        bus.world.advanceUntil(channel.opened()::isDone, Duration.ofSeconds(1));
        bus.world.advance(SOON);
        return channel;
    }

    @Test
    void messageToNodeIsOneCommand() {
        assertThat(commandsFor(bus.serverHost, () -> bus.server.trySend("node", text())))
                .isOne();
    }

    @Test
    void messageOverIdleChannelIsOneCommand() {
        openChannel();
        Channel channel = atServer.get(0);
        assertThat(commandsFor(bus.serverHost, () -> channel.trySend(text()))).isOne();
    }

    /**
     * A client's threads send its loop tasks, because the loop may not have been there before. That
     * is the one.
     */
    @Test
    void messageOfClientIsNoFurtherCommand() {
        assertThat(commandsFor(host, () -> client.trySend(text()))).isZero();
    }

    /** Over a channel it is a command of the shard all the same, and no further task. */
    @Test
    void messageOverClientsIdleChannelIsOneCommand() {
        Channel channel = openChannel();
        assertThat(commandsFor(host, () -> channel.trySend(text()))).isOne();
    }

    @Test
    void messageOfAttachedNodeIsNoFurtherCommand() {
        AttachedNode node = client.attach("attached", Map.of(), new AttachedNodeListener() {});
        bus.world.advance(SOON);
        assertThat(commandsFor(host, () -> node.trySend(text()))).isZero();
    }
}
