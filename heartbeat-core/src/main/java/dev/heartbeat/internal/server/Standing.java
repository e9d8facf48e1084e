package dev.heartbeat.internal.server;

import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.MetadataMap;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.loop.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The grant of a node's newest credential, and its time. A credential that comes in time replaces
 * it; otherwise the node is sent away. Any thread may read the grant; everything else is confined to
 * the loop.
 */
final class Standing implements Authentication.Asker {
    private static final long MILLI = 1_000_000;

    private final NodeBinding node;
    private volatile Grant grant;

    /** Null while no grant had a time. */
    private @Nullable Deadline expiry;

    private long expiresNs;
    private boolean expired;

    /** The question about the next credential; null if none waits. */
    private @Nullable Authentication asked;
    /** What came with that credential. */
    private @Nullable MetadataMap metadata;

    Standing(NodeBinding node, Grant grant) {
        this.node = node;
        this.grant = grant;
    }

    Grant grant() {
        return grant;
    }

    /** The node is registered, or its credential renewed: the time of the grant runs. */
    void begin() {
        Duration validity = grant.validity();
        if (validity == null) {
            cancelExpiry();
            return;
        }
        if (expiry == null) {
            expiry = new Deadline(this::onExpired);
        }
        expiresNs = node.session.shard.nowNs() + validity.toNanos();
        node.session.shard.arm(expiry, validity.toNanos());
    }

    /** The time that is left, as REGISTERED has it; 0 if it is not limited. */
    long validForMillis() {
        if (grant.validity() == null) {
            return 0;
        }
        long leftNs = expiresNs - node.session.shard.nowNs();
        return Math.max(1, Math.min(leftNs / MILLI, Registered.LONGEST));
    }

    boolean hasExpired() {
        return expired;
    }

    private void onExpired() {
        expired = true;
        node.expire("the credential has expired");
    }

    /** The node leaves its connection, or the connection ends. */
    void end() {
        cancelExpiry();
        if (asked != null) {
            asked.abandon();
            asked = null;
        }
    }

    private void cancelExpiry() {
        if (expiry != null) {
            node.session.shard.cancel(expiry);
        }
    }

    // ---- the next credential

    /**
     * The node shows another credential.
     *
     * @param said what it says of itself once that is accepted; null if that stays
     */
    void ask(Authentications authentications, byte @Nullable [] credential, @Nullable MetadataMap said)
            throws ProtocolException {
        if (asked != null) {
            throw new ProtocolException(ErrorCode.ALREADY_REGISTERED, "the credential before it awaits its answer");
        }
        metadata = said;
        Authentication question =
                authentications.begin(node.session, node.nodeId(), credential, metadataToJudge(), this);
        if (!question.isOver()) {
            asked = question;
        }
    }

    private MetadataMap metadataToJudge() {
        return metadata == null ? node.registration().metadata() : metadata;
    }

    @Override
    public void onDecided(Grant decided) {
        asked = null;
        ServerSession session = node.session;
        if (!session.isAt(node)) {
            return;
        }
        try {
            if (!decided.principal().equals(grant.principal())) {
                session.onRefused(node.handle(), session.loop.registration.failed(session, node.nodeId()));
            } else {
                session.loop.registration.succeeded(session, node.nodeId());
                grant = decided;
                begin();
                session.renewed(node, metadata);
            }
        } catch (ProtocolException e) {
            session.fail(e);
        }
        session.pumpSoon();
    }

    @Override
    public void onUndecided(String why) {
        asked = null;
        if (node.session.isAt(node)) {
            node.session.sendForNow(node.handle(), why);
            node.session.pumpSoon();
        }
    }
}
