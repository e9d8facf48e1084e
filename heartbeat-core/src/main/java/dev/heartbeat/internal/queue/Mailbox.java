package dev.heartbeat.internal.queue;

import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.loop.Durations;
import dev.heartbeat.internal.loop.Loop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one application exchanges with a node or over a channel: those that wait to be
 * sent, the requests that wait for replies, and the delivery of what comes in. Any thread may call
 * any method. It is made with the first message, so an idle node has none.
 */
public final class Mailbox implements OutgoingMessage.Owner, PendingRequests.Way {
    private final Owner owner;
    private final Loop loop;
    private final Outbox outbox;
    private final @Nullable Runnable onDropped;
    private final int maxRequests;
    private final @Nullable Traces traces;
    /** Made with the first; guarded by this. */
    private @Nullable PendingRequests requests;
    /** Made with the first request that comes; guarded by this. */
    private @Nullable PendingReplies dueAnswers;
    /** Made with the first request that is passed on to the node; guarded by this. */
    private @Nullable ForwardedRequests passedOn;
    /** Why nothing is asked any more; guarded by this. */
    private @Nullable String closedBecause;

    /**
     * Whose messages they are, and how its application hears of them. Calls are made in its order.
     */
    public interface Owner extends CallbackOrder {

        /** A message was accepted: has the loop take it. Any thread. */
        void wake();

        /** A message that was accepted comes back. In order. */
        void onUndelivered(OutgoingMessage message, Reason reason);

        /** A message was refused as FULL, and half of the queue is free again. In order. */
        void onWritable();

        /** One message comes back, in whichever way its sender hears of it. Any thread. */
        void countUndelivered(Reason reason);

        /**
         * A request has begun to travel, and nobody waits for its answer any more: the other side
         * is notified, if it can be. Any thread.
         */
        void cancel(Envelope request);

        /** A reply came that nobody waits for. Any thread. */
        void countUnmatchedReply();

        /** Shows its messages to the application's tracer; null where nobody traces. Asked once. */
        default @Nullable Traces traces() {
            return null;
        }
    }

    /**
     * @param onDropped called for each that makes room for a newer one; null if a full queue
     *     refuses
     * @param maxRequests how many may be unanswered
     */
    public Mailbox(Owner owner, Loop loop, Outbox outbox, @Nullable Runnable onDropped, int maxRequests) {
        this.owner = owner;
        this.loop = loop;
        this.outbox = outbox;
        this.onDropped = onDropped;
        this.maxRequests = maxRequests;
        traces = owner.traces();
    }

    // ---- sending, from any thread

    public SendResult trySend(ByteBuffer message) {
        return offer(null, message, null);
    }

    /** Offers a message for another node, which the server passes on. */
    public SendResult trySend(String destination, ByteBuffer message) {
        return offer(destination, message, null);
    }

    private SendResult offer(
            @Nullable String destination, ByteBuffer message, @Nullable CompletableFuture<Void> whenSent) {
        Traces.Traced traced = sending(false, destination, message);
        SendResult result =
                offer(new OutgoingMessage(message, Envelope.to(destination).with(traced), whenSent));
        if (traced != null && result != SendResult.ACCEPTED) {
            traced.end(new UndeliveredException(PendingRequests.reasonOf(result)));
        }
        return result;
    }

    private Traces.@Nullable Traced sending(boolean isRequest, @Nullable String destination, ByteBuffer message) {
        return traces == null ? null : traces.sending(isRequest, destination, message.remaining());
    }

    /**
     * Offers messages in their order; the loop hears of them once.
     *
     * @param messages as by {@link Batch#of}
     */
    public List<SendResult> sendAll(@Nullable String destination, ByteBuffer[] messages) {
        Envelope envelope = Envelope.to(destination);
        OutgoingMessage[] offered = new OutgoingMessage[messages.length];
        for (int i = 0; i < offered.length; i++) {
            Traces.Traced traced = sending(false, destination, messages[i]);
            offered[i] = new OutgoingMessage(messages[i], envelope.with(traced), null);
        }
        List<SendResult> results = offerAll(offered);
        for (int i = 0; traces != null && i < offered.length; i++) {
            if (results.get(i) != SendResult.ACCEPTED) {
                endTrace(offered[i], new UndeliveredException(PendingRequests.reasonOf(results.get(i))));
            }
        }
        return results;
    }

    private List<SendResult> offerAll(OutgoingMessage[] offered) {
        MessageList dropped = new MessageList();
        List<SendResult> results = outbox.offerAll(offered, onDropped == null ? null : dropped);
        if (onDropped != null) {
            reportDropped(dropped, onDropped);
        }
        if (results.contains(SendResult.ACCEPTED)) {
            owner.wake();
        }
        return results;
    }

    /** The future completes in order when the message has left, and fails if it does not. */
    public CompletableFuture<Void> send(ByteBuffer message) {
        CompletableFuture<Void> whenSent = CallbackThreads.newFuture(owner);
        SendResult result = offer(null, message, whenSent);
        if (result != SendResult.ACCEPTED) {
            whenSent.completeExceptionally(new UndeliveredException(PendingRequests.reasonOf(result)));
        }
        return whenSent;
    }

    /**
     * @param destination the node that is asked through the server; null for the other side itself
     */
    public CompletableFuture<ByteBuffer> request(@Nullable String destination, ByteBuffer message, Duration timeout) {
        long timeoutNs = Durations.nanos(Durations.requireNotNegative("timeout", timeout));
        Objects.requireNonNull(message, "message");
        Traces.Traced traced = sending(true, destination, message);
        CompletableFuture<ByteBuffer> reply = requests().send(message, timeoutNs, destination, traced);
        if (traced != null) {
            CompletableFuture<?> unused = reply.whenComplete((answer, failure) -> traced.end(failure));
        }
        return reply;
    }

    /** Whether a request waits for its reply. */
    public boolean awaitsReplies() {
        PendingRequests asked;
        synchronized (this) {
            asked = requests;
        }
        return asked != null && !asked.isEmpty();
    }

    private synchronized PendingRequests requests() {
        PendingRequests made = requests;
        if (made == null) {
            made = new PendingRequests(loop, maxRequests, owner, this);
            if (closedBecause != null) {
                made.close(closedBecause, new ArrayList<>());
            }
            requests = made;
        }
        return made;
    }

    @Override
    public SendResult offer(OutgoingMessage message) {
        SendResult result = onDropped == null ? accept(message) : acceptDroppingOldest(message, onDropped);
        if (result == SendResult.ACCEPTED) {
            owner.wake();
        }
        return result;
    }

    /** As {@link #offer}; the caller wakes whoever takes it. */
    public SendResult accept(OutgoingMessage message) {
        return outbox.offer(message);
    }

    /** As {@link #accept}, but the oldest make room for it, and come back. */
    public SendResult acceptDroppingOldest(OutgoingMessage message, Runnable whenDropped) {
        MessageList dropped = new MessageList();
        SendResult result = outbox.offerDroppingOldest(message, dropped);
        reportDropped(dropped, whenDropped);
        return result;
    }

    private void reportDropped(MessageList dropped, Runnable whenDropped) {
        dropped.drain(oldest -> {
            int size = oldest.length(); // Before the application has it.
            whenDropped.run();
            undelivered(oldest, Reason.DROPPED);
            afterReport(oldest, () -> outbox.reported(size));
        });
    }

    /** Runs a task once the sender of a message that comes back has heard of it. */
    private void afterReport(OutgoingMessage message, Runnable task) {
        // An INLINE channel makes its calls on the loop, and they pass futures that wait for a
        // worker.
        if (hasFuture(message)) {
            owner.complete(task);
        } else {
            owner.call(task);
        }
    }

    private static boolean hasFuture(OutgoingMessage message) {
        return message.whenSent() != null || isRequest(message);
    }

    @Override
    public void withdraw(OutgoingMessage request) {
        if (outbox.withdraw(request)) {
            notifyRoom();
        } else {
            owner.cancel(request.envelope());
        }
    }

    @Override
    public void onUnmatchedReply() {
        owner.countUnmatchedReply();
    }

    /** As {@link #offer}, of a message that is passed on for another node. */
    public SendResult passOn(OutgoingMessage message) {
        if (!message.isRequest()) {
            SendResult result = offer(message);
            if (result == SendResult.TOO_LARGE) {
                failInstead(message);
            }
            return result;
        }
        ForwardedRequests requests = passedOn();
        requests.add(message); // First: the answer may be there before this returns.
        SendResult result = offer(message);
        if (result != SendResult.ACCEPTED) {
            requests.remove(message.envelope());
        }
        return result;
    }

    /** A failure that is accepted, however long its text is: what does not fit is cut off. */
    public OutgoingMessage failure(Envelope envelope, String why) {
        return OutgoingMessage.failure(envelope, why, outbox.maxMessageBytes());
    }

    /** An answer is longer than its asker takes, who would wait for it in vain. */
    private void failInstead(OutgoingMessage message) {
        if (message.envelope().isAnswer()) {
            SendResult unused = offer(failure(message.envelope().failureInstead(), tooLong(message)));
        }
    }

    /** The reason a reply is TOO_LARGE. */
    String tooLong(OutgoingMessage reply) {
        return "reply is " + reply.length() + " bytes, allowed is 0 to " + outbox.maxMessageBytes();
    }

    /** The node for which a request was passed on waits for no answer any more. */
    public void cancelPassedOn(Envelope request) {
        OutgoingMessage asked = passedOn().remove(request);
        if (asked != null) {
            withdraw(asked);
        }
    }

    /** An answer to a request that was passed on comes from the node. */
    public boolean answersPassedOn(Envelope answer) {
        return passedOn().answered(answer);
    }

    private synchronized ForwardedRequests passedOn() {
        ForwardedRequests made = passedOn;
        if (made == null) {
            made = new ForwardedRequests(maxRequests);
            passedOn = made;
        }
        return made;
    }

    // ---- sending, for who holds it

    /** From now on only this holder can take what waits. */
    public void holdBy(Object holder) {
        outbox.holdBy(holder);
    }

    /** The holder takes what waits now; what is offered from now on waits for the next holder. */
    public void seal() {
        outbox.seal();
    }

    /** Waiting messages may still be taken, and no more are accepted. */
    public void refuseMore() {
        outbox.refuseMore();
    }

    /**
     * Moves messages to {@code to}, if {@code by} holds the mailbox: one if there is one, and more
     * as long as they fit {@code room} bytes together with their frames.
     *
     * @return how many
     */
    public int poll(Object by, int handle, long room, MessageList to) {
        int polled = outbox.poll(by, handle, room, to);
        notifyRoom();
        return polled;
    }

    /** Notifies the application of room, if it was refused for want of it. */
    void notifyRoom() {
        if (outbox.hasRoomAgain()) {
            owner.call(owner::onWritable);
        }
    }

    /** Whether there is something for the holder to take. */
    public boolean hasMore() {
        return !outbox.isEmpty();
    }

    /** Sets the bound of a message anew. Waiting messages that are longer come back. */
    public void limitMessages(int maxMessageBytes) {
        MessageList tooLong = new MessageList();
        outbox.limitMessages(maxMessageBytes, tooLong);
        tooLong.drain(message -> {
            failInstead(message); // First: the application may change what comes back.
            undelivered(message, Reason.TOO_LARGE);
        });
        notifyRoom();
    }

    @Override
    public void onSent(OutgoingMessage message) {
        CompletableFuture<Void> whenSent = message.whenSent();
        if (whenSent != null) {
            owner.complete(() -> whenSent.complete(null));
        } else if (message.isRequest()) {
            message.forgetContent(); // It is kept until it is answered.
        }
        if (traces != null) {
            endTrace(message, null);
        }
    }

    /** What was passed on for another node is not traced here, and a request is by its reply. */
    private static void endTrace(OutgoingMessage message, @Nullable Throwable failure) {
        if (!message.isRequest() && message.envelope().context() instanceof Traces.Traced traced) {
            traced.end(failure);
        }
    }

    /** One that asks on behalf of this side, and not of a node for which it is passed on. */
    private static boolean isRequest(OutgoingMessage message) {
        return message.isRequest() && message.envelope().source() == null;
    }

    @Override
    public void undelivered(OutgoingMessage message, Reason reason) {
        comesBack(message, reason, owner::complete);
    }

    /** The sender hears of it, once. */
    private void comesBack(OutgoingMessage message, Reason reason, Consumer<Runnable> completing) {
        if (message.isWithdrawn()) {
            return; // Its sender knows.
        }
        owner.countUndelivered(reason);
        if (traces != null) {
            endTrace(message, new UndeliveredException(reason));
        }
        if (message.isRequest() && !isRequest(message)) {
            passedOn().remove(message.envelope());
        }
        CompletableFuture<Void> whenSent = message.whenSent();
        if (whenSent != null) {
            completing.accept(() -> {
                if (!whenSent.completeExceptionally(new UndeliveredException(reason)) && reason == Reason.REFUSED) {
                    // It had left, and its sender knows.
                    owner.call(() -> owner.onUndelivered(message, reason));
                }
            });
        } else if (isRequest(message)) {
            requests().fail(message.envelope().correlation(), new UndeliveredException(reason), completing);
        } else {
            owner.call(() -> owner.onUndelivered(message, reason));
        }
    }

    /**
     * Accepts no more. Waiting messages come back, and requests fail, behind nobody's callbacks.
     *
     * @param behind runs when all of their futures are completed, on the same thread
     */
    public void close(Reason reason, String why, Runnable behind) {
        List<Runnable> completions = new ArrayList<>();
        outbox.close().drain(message -> comesBack(message, reason, completions::add));
        PendingRequests asked;
        synchronized (this) {
            closedBecause = why;
            asked = requests;
        }
        if (asked != null) {
            asked.close(why, completions);
        }
        completions.add(behind);
        owner.callbackThreads().aside(() -> completions.forEach(Runnable::run));
    }

    // ---- delivery

    /**
     * Hands a message to the application, in order. Its credit returns when that has handled it.
     */
    public void deliver(IncomingMessage message, Consumer<? super IncomingMessage> handler) {
        Traces seen = traces;
        if (seen == null) {
            take(message, handler);
        } else {
            take(
                    message,
                    whole -> seen.handle(whole.envelope(), whole.content().remaining(), () -> handler.accept(whole)));
        }
    }

    /** Sees to a message in order, for whomever it is. Its credit returns after that. */
    public void take(IncomingMessage message, Consumer<? super IncomingMessage> handler) {
        owner.call(() -> {
            try {
                handler.accept(message);
            } finally {
                message.consumed();
            }
        });
    }

    /** Has the application answer a request, in order. */
    public void ask(IncomingMessage request, Consumer<? super Request> handler) {
        ask(request, this::offer, handler);
    }

    /**
     * Likewise.
     *
     * @param back how answers go out
     */
    public void ask(
            IncomingMessage request, Function<OutgoingMessage, SendResult> back, Consumer<? super Request> handler) {
        PendingReply due = dueAnswers().add(request.envelope());
        take(request, whole -> IncomingRequest.hand(this, whole.envelope(), whole.content(), back, due, handler));
    }

    /** Hands a message to the application at once, on the calling thread. */
    public void deliverNow(Envelope envelope, ByteBuffer content, Consumer<? super ByteBuffer> handler) {
        if (traces == null) {
            handler.accept(content);
        } else {
            traces.handle(envelope, content.remaining(), () -> handler.accept(content));
        }
    }

    @Nullable
    Traces traces() {
        return traces;
    }

    /** Has the application answer a request at once, on the calling thread. */
    public void askNow(Envelope envelope, ByteBuffer content, Consumer<? super Request> handler) {
        IncomingRequest.hand(this, envelope, content, this::offer, dueAnswers().add(envelope), handler);
    }

    /**
     * Has the server's policy see to a request for another node, in order. One whose asker gives up
     * meanwhile is not passed on; one whose asker gives up while it is, is given to {@code late}
     * then.
     */
    public void route(
            IncomingMessage request, Consumer<? super IncomingMessage> passOn, Consumer<? super Envelope> late) {
        PendingReply due = dueAnswers().add(request.envelope());
        take(request, whole -> {
            if (due.isCancelled()) {
                return;
            }
            try {
                passOn.accept(whole);
            } finally {
                due.settle();
            }
            if (due.isCancelled()) {
                late.accept(whole.envelope());
            }
        });
    }

    /**
     * The other side waits for no answer to this request any more.
     *
     * @return false if none is due to it
     */
    @SuppressWarnings("UnusedReturnValue")
    public boolean cancelled(Envelope request) {
        return dueAnswers().cancel(request);
    }

    private synchronized PendingReplies dueAnswers() {
        PendingReplies made = dueAnswers;
        if (made == null) {
            made = new PendingReplies(maxRequests, owner);
            dueAnswers = made;
        }
        return made;
    }

    /** An answer to one of its requests. */
    public void answered(IncomingMessage answer) {
        requests().onAnswer(answer);
    }
}
