package dev.heartbeat.sockettests;

import dev.heartbeat.MessageHandler;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A server's reports, and an application that takes a node's messages only when the test lets it.
 */
final class Application implements NodeListener, MessageHandler {
    final Told told = new Told();
    private final Map<String, CountDownLatch> busy = new ConcurrentHashMap<>();

    @Override
    public void onOnline(Node node) {
        told.add(node.id() + " ONLINE");
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        told.add(node.id() + " SUSPECT(" + reason + ")");
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        told.add(node.id() + " OFFLINE(" + reason + ")");
    }

    @Override
    public void onUpdated(Node node) {
        told.add(node.id() + " updated " + node.metadata());
    }

    @Override
    public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
        told.add(node.id() + " undelivered " + text(message));
    }

    @Override
    public void onMessage(Node from, ByteBuffer message) {
        CountDownLatch latch = busy.get(from.id());
        if (latch != null) {
            await(latch);
        }
        told.add(from.id() + " message " + text(message));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(ByteBuffer message) {
        return message.remaining() > 40
                ? "of " + message.remaining()
                : StandardCharsets.UTF_8.decode(message.duplicate()).toString();
    }

    /** From now on it takes no message of this node. */
    void block(String node) {
        busy.put(node, new CountDownLatch(1));
    }

    /** It takes what has come, and whatever comes. */
    void unblock(String node) {
        CountDownLatch latch = busy.remove(node);
        if (latch != null) {
            latch.countDown();
        }
    }

    void unblockAll() {
        busy.keySet().forEach(this::unblock);
    }
}
