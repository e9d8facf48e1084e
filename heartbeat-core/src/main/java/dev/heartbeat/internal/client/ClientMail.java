package dev.heartbeat.internal.client;

import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.queue.Batch;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.internal.queue.SerialExecutor;
import dev.heartbeat.internal.queue.Traces;
import dev.heartbeat.internal.queue.Tracing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a client on channel 0, over all of its connections. Its calls are made in order
 * with the client's {@link ClientEvents}. Any thread, but for what comes from the server.
 */
public final class ClientMail implements Mailbox.Owner {
    private final Client client;
    private final ClientEvents events;
    private final Mailbox mailbox;
    /** Whether the loop is on its way to what waits. */
    private final AtomicBoolean woken = new AtomicBoolean();

    ClientMail(Client client, ClientEvents events) {
        this.client = client;
        this.events = events;
        mailbox = client.newMailbox(this);
    }

    Mailbox mailbox() {
        return mailbox;
    }

    // ---- what goes to the server

    public SendResult trySend(ByteBuffer message) {
        return mailbox.trySend(message);
    }

    public List<SendResult> sendAll(List<ByteBuffer> messages) {
        return mailbox.sendAll(null, Batch.of(messages));
    }

    public CompletableFuture<Void> send(ByteBuffer message) {
        return mailbox.send(message);
    }

    /**
     * @param destination the node that is asked through the server; null for the server itself
     */
    public CompletableFuture<ByteBuffer> request(@Nullable String destination, ByteBuffer message, Duration timeout) {
        if (destination != null) {
            ClientIdentity.requireNodeId(destination);
        }
        return mailbox.request(destination, message, timeout);
    }

    /** Offers a message for another node, which the server passes on if it allows that. */
    public SendResult trySend(String destination, ByteBuffer message) {
        ClientIdentity.requireNodeId(destination);
        return mailbox.trySend(destination, message);
    }

    /** Likewise, of many. */
    public List<SendResult> sendAll(String destination, List<ByteBuffer> messages) {
        ClientIdentity.requireNodeId(destination);
        return mailbox.sendAll(destination, Batch.of(messages));
    }

    @Override
    public void wake() {
        if (woken.compareAndSet(false, true) && !client.onLoop(this::sendWaiting)) {
            client.closeWithTransport();
        }
    }

    private void sendWaiting() {
        woken.set(false);
        client.sendWaiting();
    }

    @Override
    public void cancel(Envelope request) {
        boolean unused = client.onLoop(() -> client.cancelRequest(request));
    }

    @Override
    public void onUndelivered(OutgoingMessage message, Reason reason) {
        events.undelivered(message, reason);
    }

    @Override
    public void onWritable() {
        events.writable();
    }

    @Override
    public void countUndelivered(Reason reason) {
        client.counts.undelivered(reason);
    }

    @Override
    public void countUnmatchedReply() {
        client.channels.counts().unmatchedReply();
    }

    // ---- what comes from the server, on the loop

    void deliver(IncomingMessage message) {
        switch (message.envelope().kind()) {
            case MESSAGE -> mailbox.deliver(message, events::message);
            case REQUEST -> mailbox.ask(message, events::request);
            case REPLY, FAILURE -> mailbox.answered(message);
        }
    }

    @Override
    public @Nullable Traces traces() {
        return Tracing.of(events.tracing(), events.nodeId(), null);
    }

    // ---- its order

    @Override
    public void call(Runnable callback) {
        events.call(callback);
    }

    @Override
    public SerialExecutor.Owner executorOwner() {
        return events;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return events.callbackThreads();
    }
}
