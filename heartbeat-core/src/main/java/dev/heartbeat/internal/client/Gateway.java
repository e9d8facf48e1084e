package dev.heartbeat.internal.client;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.heartbeat.CloseReason;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.HandleRanges;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.loop.Backoff;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.mux.IdTable;
import dev.heartbeat.internal.server.Attachments;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's session uses this for the nodes it speaks for. It registers them, so many at a time,
 * says in its heartbeats for whom it vouches, and passes on what the server reports of one. Made
 * with the first of them, on each connection anew. Confined to the loop.
 */
final class Gateway {
    private final ClientSession session;
    private final FrameEncoder encoder;
    private final Shard shard;
    /** The number that the server takes. */
    private final long limit;

    private final int maxMessageBytes;
    /** Those that are registered, or whose answer is awaited. */
    private final IdTable<Attached> places = new IdTable<>();

    private final ArrayDeque<Attached> toRegister = new ArrayDeque<>();
    private int lastHandle;
    private int unanswered;
    private int registered;
    /** Registered, and left out of the beats. */
    private final Set<Attached> unvouched = new LinkedHashSet<>();
    /** With an update that found the socket full. */
    private final Set<Attached> waitingForRoom = new LinkedHashSet<>();

    /** Nodes to be registered later; one timer for all. */
    private final Set<Attached> later = new LinkedHashSet<>();

    private final Deadline retry = new Deadline(this::registerLater);
    private final Backoff backoff;

    private boolean sealed;
    private boolean leaving;

    Gateway(
            ClientSession session,
            FrameEncoder encoder,
            Shard shard,
            Registered agreed,
            int maxMessage,
            Backoff backoff) {
        this.session = session;
        this.encoder = encoder;
        this.shard = shard;
        this.limit = agreed.maxHandles();
        this.maxMessageBytes = maxMessage;
        this.backoff = backoff;
    }

    ClientSession session() {
        return session;
    }

    // ---- registering

    void register(Attached node) {
        node.waitsAt(this);
        enqueue(node);
        registerWaiting();
    }

    /** First its credential is asked for, where it shows one of its own. */
    private void enqueue(Attached node) {
        ClientCredentials credentials = node.credentials();
        if (credentials == null) {
            toRegister.add(node);
        } else if (session.wouldExposeCredential()) {
            refuseForGood(
                    node,
                    new HeartbeatException(
                            FailureCode.CONNECT_FAILED,
                            "the credential would go to the server in clear; add a TLS layer, or set"
                                    + " plaintextCredentials(true)"));
        } else {
            credentials.ask(new CredentialAnswer(node));
        }
    }

    /** Goes on with a node, if that still waits here. */
    private final class CredentialAnswer implements ClientCredentials.Asker {
        private final Attached node;

        CredentialAnswer(Attached node) {
            this.node = node;
        }

        private boolean isAwaited() {
            return node.isWaitingAt(Gateway.this) && !leaving && session.isOpen();
        }

        @Override
        public void onCredential() {
            if (isAwaited()) {
                toRegister.add(node);
                registerWaiting();
                session.flushWritten();
            }
        }

        @Override
        public void onNoCredential(IOException cause) {
            if (isAwaited()) {
                node.refused(new HeartbeatException(FailureCode.CONNECT_FAILED, String.valueOf(cause.getMessage())));
                node.losePlace();
                registerAgain(node, 0);
            }
        }

        @Override
        public void onNoOther() {
            if (isAwaited()) {
                refuseForGood(
                        node,
                        new HeartbeatException(
                                FailureCode.UNAUTHORIZED, "the server refused the credential, and there is no other"));
            }
        }
    }

    private void registerWaiting() {
        while (unanswered < Attachments.MAX_UNANSWERED && session.hasRoom() && !toRegister.isEmpty()) {
            Attached node = toRegister.remove();
            if (node.isDetaching() || !node.isVouched()) {
                node.losePlace();
                node.run();
            } else if (places.size() >= limit) {
                refuseForGood(
                        node,
                        new HeartbeatException(
                                FailureCode.TOO_MANY_NODES,
                                "the server allows " + limit
                                        + " nodes on a connection beside its own, and all are registered"));
            } else {
                lastHandle++;
                unanswered++;
                places.add(lastHandle, node);
                encoder.register(lastHandle, node.registration(lastHandle));
            }
        }
    }

    private static void refuseForGood(Attached node, HeartbeatException error) {
        node.refused(error);
        node.end(CloseReason.REFUSED);
    }

    void onRegistered(int handle, Registered answer) throws ProtocolException {
        Attached node = places.get(handle);
        Renewal renewal = node == null ? null : node.renewal();
        if (node != null && renewal != null && renewal.isUnanswered()) {
            accepted(node, renewal, answer);
            return;
        }
        if (node == null || node.isRegistered()) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, "REGISTERED without a REGISTER");
        }
        unanswered--;
        registered++;
        accepted(node, session.renewalOf(node, answer), answer);
        node.registered(answer.epoch(), maxMessageBytes);
        registerWaiting();
    }

    private static void accepted(Attached node, @Nullable Renewal renewal, Registered answer) {
        ClientCredentials credentials = node.credentials();
        if (credentials != null) {
            credentials.accepted();
        }
        node.renewBy(renewal);
        if (renewal != null) {
            renewal.accepted(answer.validForMillis());
        }
    }

    /** The server reports an error of one node. */
    void onError(int handle, PeerError error) {
        Attached node = places.get(handle);
        if (node == null) {
            return;
        }
        HeartbeatException report = Failures.of(error);
        if (node.isRegistered()) {
            node.refused(report); // An update.
            Renewal.onError(node.renewal(), error);
            return;
        }
        unanswered--;
        places.remove(handle);
        node.losePlace();
        if (error.code() == ErrorCode.REPLACED) {
            node.refused(report);
            node.end(CloseReason.REPLACED);
        } else if (error.code() == ErrorCode.UNAUTHORIZED && mayTryAnotherCredential(node)) {
            node.refused(report);
            registerAgain(node, error.retryAfterMillis());
        } else if (Failures.isForGood(error.code()) || error.code() == ErrorCode.ALREADY_REGISTERED) {
            refuseForGood(node, report);
        } else {
            node.refused(report);
            if (error.code() == ErrorCode.EPOCH_REFUSED) {
                node.forgetEpoch();
            }
            registerAgain(node, error.retryAfterMillis());
        }
        registerWaiting();
    }

    private static boolean mayTryAnotherCredential(Attached node) {
        ClientCredentials credentials = node.credentials();
        return credentials != null && credentials.refuse();
    }

    /** The server sends one node away. */
    void onGoAway(int handle, GoAway goAway) {
        Attached node = places.get(handle);
        if (node == null) {
            return; // It took leave meanwhile.
        }
        forget(node);
        if (goAway.retryAfterMillis() == GoAway.NEVER
                || goAway.reason() == GoAwayReason.KICKED
                || goAway.reason() == GoAwayReason.REPLACED) {
            node.end(Failures.reasonOf(goAway));
        } else {
            registerAgain(node, goAway.retryAfterMillis());
        }
        registerWaiting();
    }

    private void registerAgain(Attached node, long afterMillis) {
        if (leaving) {
            return; // It ends with the client.
        }
        if (node.isDetaching() || !node.isVouched() || afterMillis == GoAway.NEVER) {
            node.run(); // Ends it, or waits until the gateway vouches for it again.
            return;
        }
        node.waitsAt(this);
        node.notBefore(shard.nowNs() + MILLISECONDS.toNanos(afterMillis) + backoff.nextDelayNs(Long.MAX_VALUE));
        later.add(node);
        armRetry();
    }

    private void armRetry() {
        long soonest = Long.MAX_VALUE;
        for (Attached node : later) {
            soonest = Math.min(soonest, Math.max(0, node.notBeforeNs() - shard.nowNs()));
        }
        if (later.isEmpty()) {
            shard.cancel(retry);
            backoff.reset();
        } else {
            shard.arm(retry, soonest);
        }
    }

    private void registerLater() {
        List<Attached> due = new ArrayList<>();
        later.removeIf(node -> {
            boolean isDue = node.notBeforeNs() - shard.nowNs() <= 0;
            if (isDue && !node.isEnded()) {
                due.add(node);
            }
            return isDue || node.isEnded();
        });
        due.forEach(this::enqueue);
        if (!later.isEmpty()) {
            armRetry();
        }
        registerWaiting();
        session.flushWritten();
    }

    private void forget(Attached node) {
        places.remove(node.handle());
        session.onNodeLeft(node.handle());
        unvouched.remove(node);
        waitingForRoom.remove(node);
        if (node.isRegistered()) {
            registered--;
        } else {
            unanswered--; // It was sent away instead of being answered.
        }
        node.losePlace();
    }

    /** Says goodbye for one node. */
    void unregister(Attached node) {
        encoder.unregister(node.handle(), "");
        forget(node);
        node.end(CloseReason.UNREGISTERED);
        registerWaiting();
    }

    /** The client leaves: who is not registered yet is not any more. */
    void registerNoMore() {
        leaving = true;
        toRegister.clear();
        later.clear();
        shard.cancel(retry);
    }

    /** Whether the server has answered every registration. */
    boolean isAnswered() {
        return unanswered == 0;
    }

    /** Says goodbye for all that are registered; the connection ends after that. */
    void unregisterAll() {
        places.forEach(node -> {
            if (node.isRegistered()) {
                encoder.unregister(node.handle(), "");
            }
        });
    }

    // ---- what a registered node's application asks for

    void changed(Attached node) {
        if (!session.isOpen()) {
            return; // Requests of this moment are seen to on the next connection.
        }
        if (!node.isVouched()) {
            unvouched.add(node);
        } else if (unvouched.remove(node)) {
            session.beatFor(node); // It may be given up before the next beat for all.
        }
        AttachedMail mail = node.mail();
        if (!sealed && mail != null) {
            mail.holdBy(session);
        }
        if (node.hasUpdate()) {
            sendUpdate(node);
        }
        session.changed(node);
    }

    private void sendUpdate(Attached node) {
        if (!session.hasRoom()) {
            waitingForRoom.add(node);
            return;
        }
        Map<String, String> metadata = node.takeUpdate();
        if (metadata != null) {
            encoder.update(node.handle(), metadata);
        }
    }

    /** The socket takes bytes again. */
    void onRoom() {
        Set<Attached> waited = new LinkedHashSet<>(waitingForRoom);
        waitingForRoom.clear();
        waited.forEach(this::sendUpdate);
        registerWaiting();
    }

    void seal() {
        sealed = true;
        places.forEach(node -> {
            AttachedMail mail = node.mail();
            if (mail != null) {
                mail.seal();
            }
        });
    }

    // ---- messages and life

    @Nullable
    Attached get(int handle) {
        Attached node = places.get(handle);
        return node == null || !node.isRegistered() ? null : node;
    }

    /** Whether it was never asked for. */
    boolean isNew(int handle) {
        return places.isNew(handle);
    }

    /** The beats that are due now: one, unless a great many ranges are to be named. */
    void beat() {
        if (unvouched.isEmpty()) {
            session.beat(registered == 0 ? HandleRanges.NOBODY : HandleRanges.ALL);
            return;
        }
        Ranges ranges = new Ranges(session);
        places.forEach(ranges::add);
        ranges.end();
    }

    /**
     * Collects the handles of those it vouches for. Handles between two of them may be covered,
     * except one that is left out.
     */
    private static final class Ranges {
        private final ClientSession session;
        private final int[] bounds = new int[2 * HandleRanges.MAX_RANGES];
        private int count;
        private boolean open;
        private boolean beaten;

        Ranges(ClientSession session) {
            this.session = session;
        }

        void add(Attached node) {
            if (!node.isRegistered()) {
                return;
            }
            if (!node.isVouched()) {
                open = false;
            } else if (open) {
                bounds[2 * count - 1] = node.handle();
            } else {
                if (count == HandleRanges.MAX_RANGES) {
                    flush();
                }
                bounds[2 * count] = node.handle();
                bounds[2 * count + 1] = node.handle();
                count++;
                open = true;
            }
        }

        private void flush() {
            session.beat(HandleRanges.ranges(Arrays.copyOf(bounds, 2 * count)));
            count = 0;
            beaten = true;
        }

        void end() {
            if (count > 0) {
                flush();
            } else if (!beaten) {
                session.beat(HandleRanges.NOBODY);
            }
        }
    }

    // ---- the end

    void stop() {
        shard.cancel(retry);
    }
}
