package dev.heartbeat.internal.client;

import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.mux.Sender;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;

/**
 * The client's own messages, on channel 0 of one session. That session holds the outbox, so one
 * that lost the client takes nothing more. Confined to the loop.
 */
final class OwnMessages implements Sender {
    private final Mailbox mailbox;
    private final ClientSession holder;
    private boolean joined;

    OwnMessages(Mailbox mailbox, ClientSession holder) {
        this.mailbox = mailbox;
        this.holder = holder;
    }

    @Override
    public int handle() {
        return 0;
    }

    @Override
    public boolean join() {
        boolean first = !joined;
        joined = true;
        return first;
    }

    @Override
    public void dequeued() {
        joined = false;
    }

    @Override
    public void poll(MessageList to, long room) {
        mailbox.poll(holder, 0, room, to);
    }

    @Override
    public boolean hasMore() {
        return mailbox.hasMore();
    }

    @Override
    public void onSent(OutgoingMessage message) {
        mailbox.onSent(message);
    }

    @Override
    public void undelivered(OutgoingMessage message, Reason reason) {
        mailbox.undelivered(message, reason);
    }
}
