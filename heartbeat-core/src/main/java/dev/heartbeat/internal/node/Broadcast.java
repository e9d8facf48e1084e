package dev.heartbeat.internal.node;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.SendResult;
import dev.heartbeat.SlowMemberPolicy;
import dev.heartbeat.internal.frame.SharedMessage;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to many, and what became of it so far. Confined to the thread that sends
 * it; the message itself is one buffer in all queues, which nobody moves.
 */
final class Broadcast {
    private final SharedMessage message;
    private final @Nullable String group;
    private final SlowMemberPolicy policy;

    private long accepted;
    private long full;
    private long closed;
    private long tooLarge;
    private long dropped;
    private long removed;

    private Broadcast(SharedMessage message, @Nullable String group, SlowMemberPolicy policy) {
        this.message = message;
        this.group = group;
        this.policy = policy;
    }

    static Broadcast toAnyone(SharedMessage message) {
        return new Broadcast(message, null, SlowMemberPolicy.SKIP);
    }

    static Broadcast toGroup(String group, SlowMemberPolicy policy, SharedMessage message) {
        return new Broadcast(message, group, policy);
    }

    /** Whether it is for this node, which is registered. Under the entry's lock. */
    boolean isFor(NodeEntry entry) {
        return group == null || entry.isIn(group);
    }

    /**
     * Offers it to a recipient. Under the entry's lock, so that whatever is told of it is told
     * before the end of the stay.
     *
     * @return whether it was accepted
     */
    boolean offer(NodeEntry entry, Mailbox mailbox) {
        SendResult result = mailbox.accept(new OutgoingMessage(message));
        if (result == SendResult.FULL) {
            result = offerOnceMore(entry, mailbox);
        }
        switch (result) {
            case ACCEPTED -> accepted++;
            case FULL -> full++;
            case CLOSED -> closed++;
            case TOO_LARGE -> tooLarge++;
        }
        return result == SendResult.ACCEPTED;
    }

    private SendResult offerOnceMore(NodeEntry entry, Mailbox mailbox) {
        switch (policy) {
            case SKIP -> {}
            case DROP_OLDEST -> {
                return mailbox.acceptDroppingOldest(new OutgoingMessage(message), () -> dropped++);
            }
            case REMOVE -> {
                if (group != null && entry.leave(group)) {
                    removed++;
                }
            }
        }
        return SendResult.FULL;
    }

    /** The stay of somebody who was chosen is over. */
    void missed() {
        closed++;
    }

    long dropped() {
        return dropped;
    }

    BroadcastResult result() {
        long recipients = accepted + full + closed + tooLarge;
        return new BroadcastResult(recipients, accepted, full, closed, dropped, removed, tooLarge);
    }
}
