package dev.heartbeat.internal.client;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.Secret;
import dev.heartbeat.internal.loop.Backoff;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;
import java.io.IOException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Shows the server another credential, on the live connection, before a registration expires: after
 * a random time between three and four fifths of what is left, and again until one is accepted. One
 * for each registration by a credential. Confined to the loop.
 */
final class Renewal implements ClientCredentials.Asker {
    private static final long SOONEST_NS = SECONDS.toNanos(1);

    private final ClientCredentials credentials;
    private final int handle;
    private final Shard shard;
    private final Backoff backoff;
    private final RandomGenerator random;
    private final Outlet outlet;

    private final Deadline due = new Deadline(this::ask);
    private long expiresNs;
    /** Whether the answer to a credential is awaited. */
    private boolean unanswered;

    private boolean over;

    /** The way to the server. */
    interface Outlet {

        /** Whether the socket takes bytes. */
        boolean hasRoom();

        void show(int handle, Secret credential);
    }

    Renewal(
            ClientCredentials credentials,
            int handle,
            Shard shard,
            Backoff backoff,
            RandomGenerator random,
            Outlet outlet) {
        this.credentials = credentials;
        this.handle = handle;
        this.shard = shard;
        this.backoff = backoff;
        this.random = random;
        this.outlet = outlet;
    }

    /**
     * The server has accepted the credential.
     *
     * @param validForMillis 0 if it does not expire
     */
    void accepted(long validForMillis) {
        unanswered = false;
        backoff.reset();
        shard.cancel(due);
        if (validForMillis > 0 && !over) {
            long leftNs = MILLISECONDS.toNanos(validForMillis);
            expiresNs = shard.nowNs() + leftNs;
            shard.arm(due, Math.max(SOONEST_NS, leftNs / 5 * 3 + random.nextLong(leftNs / 5 + 1)));
        }
    }

    /** Whether the server is to answer a credential. */
    boolean isUnanswered() {
        return unanswered;
    }

    /** The server has refused the credential, or cannot decide. The registration goes on. */
    private void refused(@Nullable ErrorCode code, long retryAfterMillis) {
        unanswered = false;
        boolean mayTryAnother = code != ErrorCode.UNAUTHORIZED || credentials.refuse();
        if (mayTryAnother && retryAfterMillis != GoAway.NEVER) {
            again(MILLISECONDS.toNanos(retryAfterMillis));
        }
    }

    /**
     * Hands it an error of its node, if that may answer a credential. One that is about the metadata
     * does no harm: the answer to the credential follows.
     */
    static void onError(@Nullable Renewal renewal, PeerError error) {
        if (renewal != null && renewal.unanswered && isAnswer(error)) {
            renewal.refused(error.code(), error.retryAfterMillis());
        }
    }

    private static boolean isAnswer(PeerError error) {
        return error.scope() == ErrorCode.Scope.NODE
                && (error.code() == ErrorCode.UNAUTHORIZED || error.code() == ErrorCode.NODE_CAPACITY);
    }

    /** The connection ends. */
    void stop() {
        over = true;
        shard.cancel(due);
    }

    private void ask() {
        credentials.ask(this);
    }

    @Override
    public void onCredential() {
        Secret next = credentials.current();
        if (over || next == null) {
            return;
        }
        if (outlet.hasRoom()) {
            unanswered = true;
            outlet.show(handle, next);
        } else {
            again(0);
        }
    }

    @Override
    public void onNoCredential(IOException cause) {
        again(0);
    }

    @Override
    public void onNoOther() {
        again(0);
    }

    /** What is too late is left to the server, which sends the node away. */
    private void again(long afterNs) {
        long leftNs = expiresNs - shard.nowNs();
        if (!over && leftNs > 0) {
            shard.arm(due, afterNs + Math.max(SOONEST_NS, backoff.nextDelayNs(Math.max(1, leftNs / 4))));
        }
    }
}
