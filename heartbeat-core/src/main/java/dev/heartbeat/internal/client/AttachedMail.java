package dev.heartbeat.internal.client;

import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.mux.Sender;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.internal.queue.SerialExecutor;
import dev.heartbeat.internal.queue.Traces;
import dev.heartbeat.internal.queue.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a node that a client speaks for, over all of its connections: made with the
 * first. Its calls are made in order with the node's events. As a {@link Sender} it lets the node
 * leave behind its last message.
 */
final class AttachedMail implements Mailbox.Owner, Sender {
    private final Attached node;
    private final Client client;
    private final AttachedNodeListener listener;
    private final Mailbox mailbox;
    /** Whether the session of the node's place holds the outbox. */
    private boolean held;

    private boolean joined;

    AttachedMail(Attached node, Client client, AttachedNodeListener listener) {
        this.node = node;
        this.client = client;
        this.listener = listener;
        mailbox = client.newMailbox(this);
    }

    Mailbox mailbox() {
        return mailbox;
    }

    // ---- what comes from the server, on the loop

    void deliver(IncomingMessage message) {
        switch (message.envelope().kind()) {
            case MESSAGE -> mailbox.deliver(message, this::handOver);
            case REQUEST -> mailbox.ask(message, listener::onRequest);
            case REPLY, FAILURE -> mailbox.answered(message);
        }
    }

    private void handOver(IncomingMessage message) {
        String source = message.envelope().source();
        if (source == null) {
            listener.onMessage(message.content());
        } else {
            listener.onNodeMessage(source, message.content());
        }
    }

    // ---- what goes to the server, on the loop

    /** From now on the outbox obeys this session, until it is sealed or held by the next. */
    void holdBy(ClientSession session) {
        if (!held) {
            held = true;
            mailbox.holdBy(session);
        }
    }

    /** Its session takes what waits now; what comes from now on waits for the next connection. */
    void seal() {
        if (held) {
            mailbox.seal();
        }
    }

    /** The node has no place on a connection any more. */
    void losePlace() {
        held = false;
    }

    boolean hasMessages() {
        return held && mailbox.hasMore();
    }

    @Override
    public int handle() {
        return node.handle();
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
        Gateway at = node.registeredAt();
        if (at == null) {
            return; // Without a handle its messages would be taken for the gateway's own.
        }
        int polled = mailbox.poll(at.session(), node.handle(), room, to);
        if (polled == 0 && node.isDetaching() && node.isRegistered()) {
            at.unregister(node); // Whatever was accepted for it has been written before.
        }
    }

    @Override
    public boolean hasMore() {
        return node.isDetaching() || hasMessages();
    }

    @Override
    public void onSent(OutgoingMessage message) {
        mailbox.onSent(message);
    }

    @Override
    public void undelivered(OutgoingMessage message, Reason reason) {
        mailbox.undelivered(message, reason);
    }

    // ---- the rest of its owner, from any thread

    @Override
    public void wake() {
        node.messagesWait();
    }

    @Override
    public void cancel(Envelope request) {
        boolean unused = client.onLoop(() -> {
            Gateway at = node.registeredAt();
            if (at != null) {
                at.session().cancelRequest(node.handle(), request);
            }
        });
    }

    @Override
    public void onUndelivered(OutgoingMessage message, Reason reason) {
        listener.onUndelivered(message.content(), reason);
    }

    @Override
    public void onWritable() {
        listener.onWritable();
    }

    @Override
    public void countUndelivered(Reason reason) {
        client.counts.undelivered(reason);
    }

    @Override
    public void countUnmatchedReply() {
        client.channels.counts().unmatchedReply();
    }

    @Override
    public @Nullable Traces traces() {
        return Tracing.of(node.tracing(), node.id(), null);
    }

    @Override
    public void call(Runnable callback) {
        node.call(callback);
    }

    @Override
    public SerialExecutor.Owner executorOwner() {
        return node;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return node.callbackThreads();
    }
}
