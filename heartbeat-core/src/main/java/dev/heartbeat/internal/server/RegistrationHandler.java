package dev.heartbeat.internal.server;

import dev.heartbeat.CloseReason;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.MetadataMap;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.node.Admission;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.session.SessionTimer;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides on registrations: until when one must have come, whether it is admitted, and why not.
 * There is one for a loop, without any state of a session, so it costs a node nothing. The session
 * notifies the peer.
 */
final class RegistrationHandler {
    /** Errors that refuse a registration. */
    static final Set<ErrorCode> REFUSALS = EnumSet.of(
            ErrorCode.INVALID_NODE_ID,
            ErrorCode.INVALID_METADATA,
            ErrorCode.STALE_ATTEMPT,
            ErrorCode.NODE_ID_IN_USE,
            ErrorCode.EPOCH_REFUSED,
            ErrorCode.REPLACED,
            ErrorCode.NODE_CAPACITY,
            ErrorCode.UNAUTHORIZED);

    private final ServerLoop loop;

    RegistrationHandler(ServerLoop loop) {
        this.loop = loop;
    }

    /**
     * The deadline is one of logical time: what came while this process was stopped must be read
     * before.
     */
    void await(ServerSession session, SessionTimer timer, long sinceNs) {
        long limitNs = loop.server.options.handshakeTimeout().toNanos();
        timer.set(limitNs - (loop.shard.clock().nowNs() - sinceNs), () -> {
            if (loop.shard.clock().nowNs() - sinceNs < limitNs) {
                await(session, timer, sinceNs);
                return;
            }
            loop.counters.add(Counter.HANDSHAKE_TIMEOUTS, 1);
            session.fail(new ProtocolException(
                    ErrorCode.HANDSHAKE_TIMEOUT, "not registered within " + limitNs / 1_000_000 + " ms"));
        });
    }

    /**
     * A session asks to register this handle. Whatever must agree before a node is admitted is
     * asked here, and nothing is changed before: whether the process is who it says, and later
     * whether another server has the node.
     */
    void onRegister(ServerSession session, int handle, Register register) throws ProtocolException {
        requireMayRegister(session, handle);
        if (handle == 0 && loop.server.hasStoppedAccepting()) {
            session.closeUnregistered();
            return;
        }
        if (loop.floods.refuses(session, handle, register.nodeId())) {
            return;
        }
        Authentications authentications = loop.server.authentications;
        if (authentications == null) {
            admit(handle == 0 ? new OwnBinding(session, null) : new AttachedBinding(session, handle), register);
        } else if (handle == 0) {
            session.await(authentications.begin(
                    session,
                    register.nodeId(),
                    register.credentialBytes(),
                    register.metadata(),
                    session.registrationOf(register)));
        } else if (register.credential() != null) {
            new CredentialBinding(session, handle, register).ask(authentications, register);
        } else {
            attach(session, handle, register);
        }
    }

    /** A gateway speaks for further nodes as far as its own grant says. */
    private void attach(ServerSession session, int handle, Register register) throws ProtocolException {
        NodeBinding binding = new AttachedBinding(session, handle);
        Grant grant = Objects.requireNonNull(binding.grant());
        admitGranted(binding, register, grant.mayAttach(register.nodeId()) ? grant : Grant.none());
    }

    /** The authenticator has decided. */
    void onDecided(ServerSession session, Register register, Grant grant) throws ProtocolException {
        if (loop.server.hasStoppedAccepting()) {
            session.closeUnregistered();
            return;
        }
        admitGranted(new OwnBinding(session, grant), register, grant);
    }

    /** Likewise, about a node that a gateway speaks for. */
    void onDecided(CredentialBinding node, Register register, Grant grant) throws ProtocolException {
        if (!loop.server.hasStoppedAccepting()) {
            admitGranted(node, register, grant);
        }
    }

    /**
     * A registered node shows another credential.
     *
     * @param said what it says of itself then; null if that stays
     */
    void onCredential(NodeBinding node, byte @Nullable [] credential, @Nullable MetadataMap said)
            throws ProtocolException {
        Authentications authentications = loop.server.authentications;
        Standing standing = node.standing();
        if (authentications == null) {
            node.session.renewed(node, said); // Nobody is asked.
        } else if (standing == null) {
            throw unauthorized(0); // Its gateway registered it, without one.
        } else {
            standing.ask(authentications, credential, said);
        }
    }

    private void admitGranted(NodeBinding binding, Register register, Grant grant) throws ProtocolException {
        if (grant.isNone()) {
            refuse(binding, register.nodeId(), Admission.Refusal.UNAUTHORIZED);
        } else if (!mayNameGroupOf(grant, register.metadata())) {
            loop.counters.add(Counter.REGISTRATIONS_REFUSED, 1);
            binding.refuse(groupForbidden(), CloseReason.REFUSED);
        } else {
            admit(binding, register);
        }
    }

    /**
     * Whether a node may have these metadata, since they put it into a group.
     *
     * @param grant null where nobody is asked
     */
    boolean mayNameGroupOf(@Nullable Grant grant, Map<String, String> metadata) {
        if (grant == null) {
            return true;
        }
        String group = metadata.get(loop.server.options.groupKey());
        return group == null || grant.mayJoin(group);
    }

    /** The same words whatever the reason: they must not show which ids exist. */
    static ProtocolException unauthorized(long retryAfterMillis) {
        return ProtocolException.forNow(ErrorCode.UNAUTHORIZED, "the credential is not accepted", retryAfterMillis);
    }

    /** The refusal of a credential: a failure of its node, from its address. */
    ProtocolException failed(ServerSession session, String nodeId) {
        long nowNs = loop.shard.nowNs();
        loop.counters.add(Counter.UNAUTHORIZED, 1);
        loop.server.log.unauthorized(session.remoteAddress(), nowNs);
        return unauthorized(loop.server.failures.failed(session.remoteAddress(), nodeId, nowNs));
    }

    /** A credential is accepted. */
    void succeeded(ServerSession session, String nodeId) {
        loop.server.failures.succeeded(session.remoteAddress(), nodeId);
    }

    static ProtocolException groupForbidden() {
        return new ProtocolException(ErrorCode.FORBIDDEN, "the group in the metadata is not granted to the node");
    }

    /**
     * A handle is registered once; of the others, which the connection's own node speaks for, there
     * is a limit.
     */
    private void requireMayRegister(ServerSession session, int handle) throws ProtocolException {
        OwnBinding own = session.own();
        if (handle == 0) {
            if (own != null || session.isAwaiting()) {
                throw new ProtocolException(
                        ErrorCode.ALREADY_REGISTERED,
                        own != null ? "handle 0 is registered" : "handle 0 awaits its answer");
            }
            return;
        }
        if (own == null) {
            throw new ProtocolException(ErrorCode.NOT_REGISTERED, "handle 0 comes first");
        }
        own.requireMayRegister(handle);
    }

    private void admit(NodeBinding binding, Register register) throws ProtocolException {
        ServerSession session = binding.session;
        if (binding.handle() == 0) {
            session.agree(loop.termsOf(register));
        }
        Admission admission = loop.server.table.admit(new Registration.Claim(
                register.nodeId(),
                register.incarnation(),
                register.attempt(),
                register.lastEpoch(),
                register.metadata(),
                binding));
        if (admission.refusal() != null) {
            refuse(binding, register.nodeId(), admission.refusal());
            return;
        }
        if (binding.standing() != null) {
            succeeded(session, register.nodeId());
        }
        session.admitted(binding, Objects.requireNonNull(admission.registration()));
        notifyDisplaced(admission);
        if (binding.handle() == 0 && loop.server.hasStoppedAccepting()) {
            // The server began to stop meanwhile, and its walk through the nodes may have missed this one.
            session.endOwn(OfflineReason.SHUTDOWN);
            session.closeUnregistered();
        }
    }

    private void refuse(NodeBinding node, String nodeId, Admission.Refusal why) throws ProtocolException {
        switch (why) {
            case KICKED -> {
                loop.counters.add(Counter.REGISTRATIONS_REFUSED, 1);
                node.turnAway(
                        GoAwayReason.KICKED, CloseReason.KICKED, GoAway.NEVER, "this process was sent away before");
            }
            case OVERLOADED -> {
                loop.counters.add(Counter.REGISTRATIONS_REFUSED, 1);
                loop.counters.add(Counter.REFUSED_BY_OVERLOAD, 1);
                node.turnAway(
                        GoAwayReason.OVERLOADED,
                        CloseReason.GO_AWAY,
                        loop.server.overload.retryAfterMillis(),
                        "the server is overloaded");
            }
            case NO_CAPACITY -> {
                loop.server.log.noCapacity(loop.shard.nowNs());
                node.refuseForNow(ServerSession.noRoomFor("node"));
            }
            case NODES_OF_PRINCIPAL, NODES_OF_ADDRESS, METADATA_OF_PRINCIPAL, METADATA_OF_ADDRESS -> {
                loop.counters.add(Counter.REFUSED_BY_QUOTA, 1);
                loop.server.log.noShare(node, nodeId, why, loop.shard.nowNs());
                node.refuseForNow(ServerSession.noShareFor("node"));
            }
            case UNAUTHORIZED ->
                node.refuse(
                        node.standing() == null ? unauthorized(0) : failed(node.session, nodeId), CloseReason.REFUSED);
            case STALE_ATTEMPT ->
                refuse(
                        node,
                        ErrorCode.STALE_ATTEMPT,
                        "this attempt or a later one of the same process was registered",
                        CloseReason.REFUSED);
            case REPLACED ->
                refuse(node, ErrorCode.REPLACED, "another process took this id over since", CloseReason.REPLACED);
            case ID_IN_USE -> refuse(node, ErrorCode.NODE_ID_IN_USE, "another process is registered by this id", null);
            case IMPLAUSIBLE_EPOCH ->
                refuse(node, ErrorCode.EPOCH_REFUSED, "the last epoch lies too far in the future", null);
        }
    }

    private static void refuse(NodeBinding node, ErrorCode code, String text, @Nullable CloseReason end)
            throws ProtocolException {
        node.refuse(new ProtocolException(code, text), end);
    }

    private static void notifyDisplaced(Admission admission) {
        Registration displaced = admission.displaced();
        if (displaced == null) {
            return;
        }
        if (admission.replaced()) {
            displaced.owner().ended(OfflineReason.REPLACED, "another process registered this id");
        } else {
            displaced.owner().superseded();
        }
    }
}
