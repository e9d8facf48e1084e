package dev.heartbeat.internal.node;

import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.internal.queue.SerialExecutor;
import dev.heartbeat.internal.queue.Traces;
import dev.heartbeat.internal.queue.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one stay of a node: made with the first, and passed on from one registration of
 * the process to the next. Its calls go through the executor of the {@link NodeEntry}, in order
 * with the node's events.
 */
final class NodeMail implements Mailbox.Owner {
    private final NodeEntry entry;
    private final NodeTable table;
    private final Mailbox mailbox;
    /** The latest of the stay. */
    private volatile Registration holder;

    NodeMail(NodeEntry entry, NodeTable table, Registration holder) {
        this.entry = entry;
        this.table = table;
        this.holder = holder;
        mailbox = table.newMailbox(this, holder.owner.loop());
        mailbox.limitMessages(holder.owner.maxMessageBytes());
        mailbox.holdBy(holder);
    }

    Mailbox mailbox() {
        return mailbox;
    }

    /**
     * The same process is registered anew: what waits for the node goes on waiting, unless the new
     * connection takes no message of that length.
     */
    void passTo(Registration next) {
        holder = next;
        mailbox.limitMessages(next.owner.maxMessageBytes());
        mailbox.holdBy(next);
    }

    // ---- what comes from the node

    /** Hands a message to the application, or passes it on to another node. */
    void deliver(Registration from, IncomingMessage message) {
        if (message.envelope().destination() != null) {
            route(from, message);
            return;
        }
        switch (message.envelope().kind()) {
            case MESSAGE ->
                mailbox.deliver(message, whole -> table.events().message(entry.snapshot(from), whole.content()));
            case REQUEST -> ask(from, message);
            case REPLY, FAILURE -> mailbox.answered(message);
        }
    }

    /** An answer is for the process that asked, over whichever connection. */
    private void ask(Registration from, IncomingMessage request) {
        mailbox.ask(
                request,
                answer -> table.post().answer(from, answer),
                asked -> table.events().request(entry.snapshot(from), asked));
    }

    private void route(Registration from, IncomingMessage message) {
        Envelope envelope = message.envelope();
        Grant granted = from.owner.grant();
        boolean isGranted = granted == null || granted.mayAddress(String.valueOf(envelope.destination()));
        switch (envelope.kind()) {
            case MESSAGE -> {
                if (isGranted) {
                    mailbox.take(message, whole -> passOn(from, whole));
                } else {
                    forbid(from, message);
                }
            }
            case REQUEST -> {
                if (isGranted) {
                    mailbox.route(message, whole -> passOn(from, whole), this::cancelPassedOn);
                } else {
                    forbid(from, message);
                }
            }
            case REPLY, FAILURE -> {
                if (mailbox.answersPassedOn(envelope) || isGranted) {
                    mailbox.take(message, whole -> passOn(from, whole));
                } else {
                    message.consumed(); // Nobody waits for it.
                    countUnmatchedReply();
                }
            }
        }
    }

    /** Before anything shows of the node that it is for. */
    private void forbid(Registration from, IncomingMessage message) {
        String text = "not passed on to " + message.envelope().destination() + ": it is not granted to the node";
        message.consumed();
        table.events().forbidden();
        report(from, message.envelope(), ErrorCode.FORBIDDEN_ON_CHANNEL, text);
    }

    /** The node waits for no answer to this request any more. */
    void cancelled(Envelope request) {
        if (!mailbox.cancelled(request) && request.destination() != null) {
            cancelPassedOn(request);
        }
    }

    private void cancelPassedOn(Envelope request) {
        table.cancelPassedOn(String.valueOf(request.destination()), request.passedOnFrom(entry.id()));
    }

    private void passOn(Registration from, IncomingMessage message) {
        String destination = String.valueOf(message.envelope().destination());
        boolean isAllowed;
        try {
            isAllowed = table.events().allows(entry.snapshot(from), destination);
        } catch (Throwable failure) {
            notPassedOn(from, message.envelope(), destination, "the server's policy failed");
            throw failure;
        }
        if (!isAllowed) {
            notPassedOn(from, message.envelope(), destination, "the server does not allow it");
            return;
        }
        OutgoingMessage passedOn =
                new OutgoingMessage(message.content(), message.envelope().passedOnFrom(entry.id()), null);
        SendResult result = table.passOn(destination, passedOn);
        if (result != SendResult.ACCEPTED) {
            String why = result == SendResult.CLOSED ? "it is not registered" : "its queue: " + result;
            notPassedOn(from, message.envelope(), destination, why);
        }
    }

    /**
     * A message of this node to another did not reach it. A requester is answered; every other
     * sender is notified.
     */
    void notPassedOn(Registration from, Envelope envelope, String destination, String why) {
        String text = "not passed on to " + destination + ": " + why;
        table.events().notPassedOn();
        report(from, envelope, ErrorCode.NOT_PASSED_ON, text);
    }

    private void report(Registration from, Envelope envelope, ErrorCode code, String text) {
        if (envelope.kind() == Envelope.Kind.REQUEST) {
            OutgoingMessage failure = mailbox.failure(envelope.failureOfTheWay(), text);
            if (table.post().answer(from, failure) == SendResult.ACCEPTED) {
                return;
            }
        }
        from.owner.notPassedOn(code, text);
    }

    // ---- what goes to the node

    @Override
    public void wake() {
        entry.wakeOwner();
    }

    @Override
    public void onUndelivered(OutgoingMessage message, Reason reason) {
        String source = message.envelope().source();
        if (source == null) {
            table.events().undelivered(entry.snapshot(holder), message.content(), reason);
        } else {
            table.notPassedOn(source, message.envelope(), entry.id(), reason);
        }
    }

    @Override
    public void onWritable() {
        table.events().writable(entry.snapshot(holder));
    }

    @Override
    public void cancel(Envelope request) {
        holder.owner.cancel(request);
    }

    @Override
    public void countUndelivered(Reason reason) {
        table.events().countUndelivered(reason);
    }

    @Override
    public void countUnmatchedReply() {
        table.events().unmatchedReply();
    }

    @Override
    public @Nullable Traces traces() {
        return Tracing.of(table.events().tracing(), entry.id(), null);
    }

    // ---- its order

    @Override
    public void call(Runnable callback) {
        entry.call(callback);
    }

    @Override
    public SerialExecutor.Owner executorOwner() {
        return entry;
    }

    @Override
    public CallbackThreads callbackThreads() {
        return table.events().callbackThreads();
    }
}
