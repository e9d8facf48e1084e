package dev.heartbeat.testkit.fleet;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.AttachedNodeState;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node that a member is the gateway of: it shares the member's process and its connection, and
 * nothing else.
 */
final class GatewayNode {
    /** Between the gateway's id and a number of its own. */
    private static final char SEPARATOR = ':';

    private final Fleet fleet;
    private final Member gateway;
    private final String id;
    private @Nullable Attachment current;
    /**
     * The number of times it was registered anew; what was on its way then may be lost, though its
     * connection was not.
     */
    private int returns;

    GatewayNode(Fleet fleet, Member gateway, int number) {
        this.fleet = fleet;
        this.gateway = gateway;
        id = gateway.id() + SEPARATOR + number;
    }

    /** Whether a node of this id may be one that a gateway beats for. */
    static boolean mayBe(String id) {
        return id.indexOf(SEPARATOR) >= 0;
    }

    String id() {
        return id;
    }

    /** Another process of its gateway has begun. */
    void attach(HeartbeatClient client, String process) {
        fleet.census().processStarted(id, gateway.host());
        current = new Attachment(client, process);
    }

    /** The process of its gateway is gone with what it had accepted. */
    void died() {
        if (current != null) {
            fleet.toServer().forgetOpen(current.senderName());
        }
    }

    SendResult send(int padding) {
        return current == null || !gateway.isAwake() ? SendResult.CLOSED : current.send(padding);
    }

    @Nullable
    Channel open(String name, ChannelOptions options, ChannelListener listener) {
        return current == null ? null : current.node.openChannel(name, options, listener);
    }

    /** Messages that were lost with a connection before are not asked for any more. */
    void forgetOpen() {
        fleet.toNodes().forgetOpen(id);
        if (current != null) {
            fleet.toServer().forgetOpen(current.senderName());
        }
    }

    /** Ended for good, by the server or with its gateway. */
    boolean isEnded() {
        return current == null || current.node.state() == AttachedNodeState.ENDED;
    }

    boolean isRegistered() {
        return current != null && current.node.state() == AttachedNodeState.REGISTERED;
    }

    private int losses() {
        return gateway.losses() + returns;
    }

    void checkSettled() {
        if (current != null && !isEnded()) {
            fleet.toServer().checkSettled(current.senderName(), losses());
        }
    }

    @Override
    public String toString() {
        return id + " of " + gateway;
    }

    /** The reports of it within one process of its gateway. */
    private final class Attachment implements AttachedNodeListener {
        private final String process;
        private final AttachedNode node;
        private long lastEpoch;
        private @Nullable CloseReason ended;

        Attachment(HeartbeatClient client, String process) {
            this.process = process;
            node = client.attach(id, Map.of("group", Member.group(id)), this);
        }

        String senderName() {
            return id + "/" + process;
        }

        SendResult send(int padding) {
            SendResult result = node.trySend(fleet.toServer().next(senderName(), padding));
            if (result == SendResult.ACCEPTED) {
                fleet.toServer().accepted(senderName(), losses());
            }
            return result;
        }

        @Override
        public void onRegistered(long epoch) {
            fleet.observe(() -> {
                if (ended != null) {
                    throw new Violation(
                            "I24 a client that is closed stays closed", GatewayNode.this + " is registered");
                }
                if (epoch <= lastEpoch) {
                    throw new Violation(
                            "I8 epochs grow over servers", GatewayNode.this + ": " + epoch + " after " + lastEpoch);
                }
            });
            returns += lastEpoch == 0 ? 0 : 1;
            lastEpoch = epoch;
        }

        @Override
        public void onRefused(HeartbeatException error) {
            if (String.valueOf(error.getMessage()).contains("EPOCH_REFUSED")) {
                lastEpoch = 0; // A clock was set back by more than a day, so epochs begin anew.
            }
        }

        @Override
        public void onMessage(ByteBuffer message) {
            fleet.observe(() -> fleet.toNodes().delivered(id, process, message));
        }

        @Override
        public void onUndelivered(ByteBuffer message, UndeliveredException.Reason reason) {
            fleet.observe(() -> fleet.toServer().undelivered(message, reason));
        }

        @Override
        public void onEnded(CloseReason reason) {
            ended = reason;
        }
    }
}
