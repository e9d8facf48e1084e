package dev.heartbeat.testkit.fleet;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.ChannelState;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.QueueOverflow;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.UndeliveredException.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One end of a channel: what its application asks for, and what it is notified of. */
final class ChannelUser implements ChannelListener {
    private static final int MOST_PULLS = 3;

    private final Fleet fleet;
    private final String name;
    private final boolean isOpener;
    private final boolean isServer;
    private final ChannelOptions options;
    private final BooleanSupplier awake;
    private final BooleanSupplier alive;
    private final ChannelLedger outwards;
    private final ChannelLedger inwards;
    private final RequestLedger asked;
    private final RequestLedger heard;
    /** The other side's window, as far as it is known: what it may hold. */
    private final long otherWindow;

    private @Nullable Channel channel;
    private boolean answersLate;

    // ---- what it asked for

    private boolean endAsked;
    private @Nullable String resetAsked;
    private final Deque<CompletableFuture<ByteBuffer>> waiting = new ArrayDeque<>();
    private final IdentityHashMap<ByteBuffer, RequestLedger.Question> replies = new IdentityHashMap<>();

    // ---- what it was notified of

    private boolean opened;
    private boolean ended;
    private boolean drained;
    private boolean full;
    private @Nullable ChannelCloseReason closed;
    private @Nullable ChannelCloseReason promised;
    /** Whether it hears why. */
    private boolean listens = true;

    private String why = "";

    /** The place of one end of a channel. */
    record Place(boolean isOpener, boolean isServer, BooleanSupplier awake, BooleanSupplier alive) {

        /** The place of an acceptor. */
        Place(boolean isServer, BooleanSupplier awake, BooleanSupplier alive) {
            this(false, isServer, awake, alive);
        }

        Place asOpener() {
            return new Place(true, isServer, awake, alive);
        }
    }

    /** The books of one direction. */
    record Books(ChannelLedger messages, RequestLedger questions) {}

    ChannelUser(Fleet fleet, String name, Place place, ChannelOptions options, Books out, Books in, long otherWindow) {
        this.fleet = fleet;
        this.name = name;
        this.isOpener = place.isOpener;
        this.isServer = place.isServer;
        this.awake = place.awake;
        this.alive = place.alive;
        this.options = options;
        this.outwards = out.messages;
        this.asked = out.questions;
        this.inwards = in.messages;
        this.heard = in.questions;
        this.otherWindow = otherWindow;
    }

    /** It has its channel now. */
    ChannelUser on(Channel newChannel) {
        channel = newChannel;
        var unused = newChannel.closed().whenComplete((reason, failure) -> promised = reason);
        return this;
    }

    /** Whether its process is still the one that began. */
    boolean isAlive() {
        return alive.getAsBoolean();
    }

    boolean isAwake() {
        return channel != null && isAlive() && awake.getAsBoolean();
    }

    boolean isOver() {
        return !isAlive() || closed != null && (drained || options.delivery() != Delivery.PULL);
    }

    // ---- what it does

    SendResult send(int length, boolean wantsFuture) {
        ByteBuffer message = outwards.next(length);
        SendResult result = wantsFuture ? sendForFuture(message) : offer(message);
        if (result == SendResult.ACCEPTED && !wantsFuture) {
            outwards.accepted(message, false);
        }
        boolean mustRefuse = endAsked || closed != null;
        if (result == SendResult.ACCEPTED && mustRefuse) {
            throw new Violation("I28 nothing is accepted after the end", this + " accepted a message");
        }
        full |= result == SendResult.FULL && options.overflow() == QueueOverflow.REJECT;
        outwards.checkBound(options.queueBytes(), otherWindow);
        return result;
    }

    /** Half of them in a list, which takes another way. */
    private SendResult offer(ByteBuffer message) {
        return message.remaining() % 2 == 0
                ? place().trySend(message)
                : place().sendAll(List.of(message)).get(0);
    }

    private SendResult sendForFuture(ByteBuffer message) {
        CompletableFuture<Void> left = place().send(message);
        if (left.isCompletedExceptionally()) {
            return switch (reasonOf(left)) {
                case FULL -> SendResult.FULL;
                case TOO_LARGE -> SendResult.TOO_LARGE;
                case CLOSED, DROPPED, LOST, REFUSED -> SendResult.CLOSED;
            };
        }
        ChannelLedger.Item item = outwards.accepted(message, true);
        var unused = left.whenComplete((nothing, failure) -> fleet.observe(() -> {
            outwards.settled(item, failure == null ? null : ((UndeliveredException) failure).reason());
            countUndelivered(failure);
        }));
        return SendResult.ACCEPTED;
    }

    private static Reason reasonOf(CompletableFuture<?> failed) {
        Throwable failure = failed.handle((nothing, thrown) -> thrown).join();
        return ((UndeliveredException) failure).reason();
    }

    private void countUndelivered(@Nullable Throwable failure) {
        if (isServer && failure instanceof UndeliveredException) {
            fleet.talks().undeliveredAtServer();
        }
    }

    CompletableFuture<ByteBuffer> ask(int padding, Duration timeout) {
        RequestLedger.Question question = asked.ask(now(), timeout);
        CompletableFuture<ByteBuffer> reply = place().request(asked.contentOf(question, padding), timeout);
        boolean refused = reply.isCompletedExceptionally();
        if (refused) {
            asked.notAccepted(question);
        }
        var unused = reply.whenComplete((content, failure) -> fleet.observe(() -> {
            question.cancelled = failure instanceof CancellationException;
            asked.completed(question, content, failure, now());
            if (!refused) {
                countUndelivered(failure);
            }
            boolean givenUp = failure instanceof TimeoutException || failure instanceof CancellationException;
            if (isServer && givenUp) {
                fleet.talks().givenUpAtServer();
            }
        }));
        return reply;
    }

    void cancelOnePull() {
        CompletableFuture<ByteBuffer> last = waiting.pollLast();
        if (last != null) {
            last.cancel(false);
        }
    }

    /** Receives what there is, up to so many. */
    void pull(int most, @Nullable Duration timeout) {
        if (options.delivery() != Delivery.PULL) {
            return;
        }
        waiting.removeIf(CompletableFuture::isDone);
        for (int i = 0; i < most && waiting.size() < MOST_PULLS && !drained; i++) {
            CompletableFuture<ByteBuffer> next =
                    timeout == null ? place().receiveAsync() : place().receiveAsync(timeout);
            if (!next.isDone()) {
                waiting.add(next);
            }
            Duration begun = now();
            var unused = next.whenComplete(
                    (message, failure) -> fleet.observe(() -> received(message, failure, begun, timeout)));
        }
    }

    private void received(
            @Nullable ByteBuffer message, @Nullable Throwable failure, Duration begun, @Nullable Duration timeout) {
        if (message != null) {
            heard();
            inwards.delivered(message);
        } else if (failure instanceof TimeoutException) {
            if (timeout == null || now().compareTo(begun.plus(timeout)) < 0) {
                throw new Violation("I30 a receive does not time out early", this + " did after " + begun);
            }
        } else if (failure instanceof HeartbeatException) {
            if (place().state() != ChannelState.CLOSED) {
                throw new Violation("I28 a channel that is open can be received from", this + ": " + failure);
            }
            drained = true;
        } else if (!(failure instanceof CancellationException)) {
            throw new Violation("I30 each future completes", this + ": a receive failed: " + failure);
        }
    }

    void answerLate() {
        answersLate = true;
    }

    void end() {
        if (!endAsked) {
            endAsked = true;
            place().end();
        }
    }

    boolean hasAskedForEnd() {
        return endAsked;
    }

    void reset(String text) {
        if (resetAsked == null) {
            resetAsked = text;
            place().reset(text);
        }
    }

    /** Its acceptor said no; so it has no listener, and hears nothing more but by its future. */
    void refused(String text) {
        resetAsked = text;
        listens = false;
        drained = true;
        var unused = place().closed().whenComplete((reason, failure) -> closed = reason);
    }

    // ---- what it is notified of

    @Override
    public void onOpened(Channel told) {
        fleet.observe(() -> {
            checkNotClosed("opened");
            if (opened || !isOpener) {
                throw new Violation("I28 channels open, talk, end and close", this + " is opened again");
            }
            opened = true;
        });
    }

    @Override
    public void onMessage(Channel told, ByteBuffer message) {
        fleet.observe(() -> {
            checkTalking("a message");
            heard();
            inwards.delivered(message);
        });
        if (isServer) {
            fleet.throwIfPlanted();
        }
    }

    private void heard() {
        if (isServer) {
            fleet.talks().heardAtServer();
        }
    }

    private void checkTalking(String what) {
        checkNotClosed(what);
        if (ended || isOpener && !opened) {
            throw new Violation(
                    "I28 channels open, talk, end and close",
                    this + " is told " + what + (ended ? " after the end" : " before it is open"));
        }
    }

    private void checkNotClosed(String what) {
        if (closed != null) {
            throw new Violation(
                    "I28 onClosed is the last call", this + " is told " + what + " after it was closed: " + closed);
        }
    }

    @Override
    public void onRequest(Channel told, Request request) {
        fleet.observe(() -> {
            checkTalking("a request");
            heard();
            RequestLedger.Question question = heard.heard(request.content());
            answer(request, question);
        });
    }

    /** At once mostly; at times later, perhaps too late; and at times never. */
    private void answer(Request request, RequestLedger.Question question) {
        int choice = fleet.simulation().random().nextInt(10);
        if (choice == 9) {
            return;
        }
        if (choice >= 7 || answersLate) {
            Duration later = Duration.ofMillis(fleet.simulation().random().nextInt(3000));
            fleet.simulation().after(later, () -> {
                if (isAwake()) {
                    fleet.observe(() -> answerNow(request, question, choice == 7));
                }
            });
        } else {
            answerNow(request, question, choice == 6);
        }
    }

    private void answerNow(Request request, RequestLedger.Question question, boolean fails) {
        ByteBuffer reply = heard.replyTo(question, fleet.simulation().random().nextInt(100));
        // Before: it may arrive before the call returns.
        if (fails) {
            heard.failed(question);
            var unused = request.fail(RequestLedger.refusalOf(question));
        } else {
            heard.replied(question);
            replies.put(reply, question);
            if (request.reply(reply) != SendResult.ACCEPTED) {
                replies.remove(reply);
            }
        }
    }

    @Override
    public void onWritable(Channel told) {
        fleet.observe(() -> checkNotClosed("writable"));
        full = false;
    }

    @Override
    public void onUndelivered(Channel told, ByteBuffer message, Reason reason) {
        if (isServer) {
            fleet.talks().undeliveredAtServer();
        }
        fleet.observe(() -> {
            checkNotClosed("a message that comes back");
            boolean isFailure = !outwards.isOfThese(message)
                    && String.valueOf(text(message)).startsWith("no ");
            if (replies.remove(message) == null && !isFailure) {
                outwards.cameBack(message, reason);
            }
        });
    }

    private static String text(ByteBuffer message) {
        return java.nio.charset.StandardCharsets.US_ASCII
                .decode(message.duplicate())
                .toString();
    }

    @Override
    public void onEnded(Channel told) {
        fleet.observe(() -> {
            checkTalking("the end");
            ended = true;
        });
    }

    @Override
    public void onClosed(Channel told, ChannelCloseReason reason, String text) {
        fleet.observe(() -> {
            checkNotClosed("closed");
            asked.checkCompletedBy(now()); // Before the last call.
        });
        closed = reason;
        why = text;
    }

    // ---- what is known of it

    boolean wasOpened() {
        return opened || !isOpener;
    }

    boolean listens() {
        return listens;
    }

    boolean heardEnd() {
        return ended;
    }

    @Nullable
    ChannelCloseReason closedFor() {
        return closed;
    }

    String why() {
        return why;
    }

    @Nullable
    String resetText() {
        return resetAsked;
    }

    long maxWindow() {
        return options.maxWindowBytes();
    }

    boolean isPulling() {
        return options.delivery() == Delivery.PULL;
    }

    /** After everything has come to rest. */
    void checkAtRest() {
        if (!isAlive()) {
            return;
        }
        if (closed == null) {
            throw new Violation(
                    "I28 channels open, talk, end and close",
                    this + " is " + place().state() + ", " + (ended ? "ended there" : "not ended there")
                            + (endAsked ? ", ended here" : ""));
        }
        if (promised != closed || place().state() != ChannelState.CLOSED) {
            throw new Violation(
                    "I28 channels open, talk, end and close",
                    this + " was told " + closed + ", its future " + promised + ", it is " + place().state());
        }
        if (isPulling() && !drained) {
            throw new Violation("I28 a channel that is closed says so", this + " waits for more messages");
        }
        if (full && closed == ChannelCloseReason.COMPLETED) {
            throw new Violation("I31 after FULL comes writable", this + " was never told");
        }
        asked.checkAllCompleted();
    }

    private Channel place() {
        return java.util.Objects.requireNonNull(channel);
    }

    private Duration now() {
        return fleet.simulation().now();
    }

    @Override
    public String toString() {
        return name + (isOpener ? " (who opened)" : " (who accepted)") + (isServer ? " at the server" : "");
    }
}
