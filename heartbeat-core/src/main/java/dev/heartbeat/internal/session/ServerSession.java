package dev.heartbeat.internal.session;

import dev.heartbeat.CloseReason;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.mux.Multiplexer;
import dev.heartbeat.internal.node.Admission;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.queue.Outbox;
import dev.heartbeat.spi.Connection;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a connection. It begins unregistered, under a deadline; REGISTER ties it to a node; and while it is tied, everything that comes is a sign of
 * life of that node. When the connection is lost, it stays as the owner of the registration until the grace is over or the node is back on another connection.
 */
final class ServerSession extends Session implements Registration.Owner {
    private static final VarHandle WOKEN;

    static {
        try {
            WOKEN = MethodHandles.lookup().findVarHandle(ServerSession.class, "woken", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final Set<ErrorCode> REFUSES_A_REGISTRATION = EnumSet.of(
            ErrorCode.INVALID_NODE_ID,
            ErrorCode.INVALID_METADATA,
            ErrorCode.STALE_ATTEMPT,
            ErrorCode.NODE_ID_IN_USE,
            ErrorCode.EPOCH_REFUSED,
            ErrorCode.REPLACED);

    final ServerLoop loop;

    private @Nullable Registration registration;
    private @Nullable NodeWatch watch;
    private long connectionCredit;
    private long channelCredit;
    private int heartbeatsToAnswer;

    /** Whether a command to look into the outbox is under way; set by any thread, cleared by the loop. */
    @SuppressWarnings("unused") // Through WOKEN.
    private volatile boolean woken;

    ServerSession(ServerLoop loop, Connection connection) {
        super(loop.shard, connection);
        this.loop = loop;
        loop.began(this);
        awaitRegistration(shard.clock().nowNs());
    }

    /** The deadline is one of logical time: what came while this process was stopped must be read before. */
    private void awaitRegistration(long sinceNs) {
        long limitNs = loop.server.options.handshakeTimeout().toNanos();
        alarm.set(limitNs - (shard.clock().nowNs() - sinceNs), () -> {
            if (shard.clock().nowNs() - sinceNs < limitNs) {
                awaitRegistration(sinceNs);
                return;
            }
            loop.counters.add(Counter.HANDSHAKE_TIMEOUTS, 1);
            fail(new ProtocolException(
                    ErrorCode.HANDSHAKE_TIMEOUT, "not registered within " + limitNs / 1_000_000 + " ms"));
        });
    }

    // ---- frames

    @Override
    FrameType.Sender peer() {
        return FrameType.Sender.CLIENT;
    }

    @Override
    void onExpectedFrame(@Nullable FrameType type) throws ProtocolException {
        loop.counters.add(Counter.FRAMES_IN, 1);
        if (watch != null) {
            watch.heard();
        } else if (type != null && !isAllowedUnregistered(type)) {
            throw new ProtocolException(ErrorCode.NOT_REGISTERED, type + " before REGISTER");
        }
    }

    private static boolean isAllowedUnregistered(FrameType type) {
        return switch (type) {
            case REGISTER, PING, PONG, ERROR -> true;
            default -> false;
        };
    }

    @Override
    public void onRegister(int handle, Register register) throws ProtocolException {
        if (handle != 0) {
            throw new ProtocolException(ErrorCode.UNSUPPORTED_NODE_FEATURE, "only handle 0 can be registered here");
        }
        if (registration != null) {
            throw new ProtocolException(ErrorCode.ALREADY_REGISTERED, "handle 0 is registered");
        }
        Admission admission = loop.server.table.admit(new Registration.Claim(
                register.nodeId(),
                register.incarnation(),
                register.attempt(),
                register.lastEpoch(),
                register.metadata(),
                connection.remoteAddress(),
                this));
        Registration granted = admission.registration();
        if (granted == null) {
            refuse(Objects.requireNonNull(admission.refusal()));
            return;
        }
        connectionCredit = register.connectionCredit();
        channelCredit = register.channelCredit();
        begin(granted);
        tellDisplaced(admission);
    }

    private void refuse(Admission.Refusal why) throws ProtocolException {
        switch (why) {
            case STALE_ATTEMPT -> {
                refuse(ErrorCode.STALE_ATTEMPT, "this attempt or a later one of the same process was registered");
                finish(CloseReason.REFUSED);
            }
            case REPLACED -> {
                refuse(ErrorCode.REPLACED, "another process took this id over since");
                finish(CloseReason.REPLACED);
            }
            case KICKED -> {
                loop.counters.add(Counter.REGISTRATIONS_REFUSED, 1);
                sendAway(GoAwayReason.KICKED, CloseReason.KICKED, "this process was sent away before");
            }
            case ID_IN_USE -> refuse(ErrorCode.NODE_ID_IN_USE, "another process is registered by this id");
            case IMPLAUSIBLE_EPOCH -> refuse(ErrorCode.EPOCH_REFUSED, "the last epoch lies too far in the future");
        }
    }

    private void refuse(ErrorCode code, String text) throws ProtocolException {
        onRefused(0, new ProtocolException(code, text));
    }

    private void begin(Registration granted) {
        registration = granted;
        state = State.REGISTERED;
        alarm.cancel();
        loop.registered(this);
        watch = new NodeWatch(loop, this, granted);
        encoder.registered(0, loop.server.registeredAnswer(granted.epoch()));
        pump();
    }

    private static void tellDisplaced(Admission admission) {
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

    @Override
    public void onRegistered(int handle, Registered registered) {
        throw new IllegalStateException("refused by direction");
    }

    @Override
    public void onHeartbeatRequest(int handle, long timestamp, long position, int rttMicros) throws ProtocolException {
        requireHandle0(handle);
        checkPosition(position);
        loop.counters.add(Counter.HEARTBEATS, 1);
        Registration node = registration;
        if (node != null && rttMicros != 0) {
            node.rttMicros(rttMicros);
        }
        if (--heartbeatsToAnswer <= 0) {
            heartbeatsToAnswer = loop.server.options.ackEvery();
            answerHeartbeat(timestamp);
        }
    }

    @Override
    public void onHeartbeatResponse(int handle, long timestamp, long position) {
        throw new IllegalStateException("refused by direction");
    }

    @Override
    public void onUpdate(int handle) throws ProtocolException {
        requireHandle0(handle);
        throw new ProtocolException(ErrorCode.UNSUPPORTED_NODE_FEATURE, "metadata cannot be updated here");
    }

    @Override
    public void onUnregister(int handle, String text) throws ProtocolException {
        requireHandle0(handle);
        endStay(OfflineReason.UNREGISTERED);
        finish(CloseReason.UNREGISTERED);
    }

    private static void requireHandle0(int handle) throws ProtocolException {
        if (handle != 0) {
            throw new ProtocolException(
                    ErrorCode.UNKNOWN_HANDLE, "handle " + Integer.toUnsignedString(handle) + " is not registered");
        }
    }

    @Override
    public void onGoAway(GoAway goAway) {
        throw new IllegalStateException("refused by direction");
    }

    @Override
    public void onMessage(ByteBuffer message, Multiplexer.Hold hold) {
        Registration from = registration;
        Runnable taken = () -> shard.execute(() -> taken(hold));
        if (from != null && from.entry().deliver(from, message, taken)) {
            loop.counters.add(Counter.MESSAGES_IN, 1);
        } else {
            mux().forgive(hold); // The node has been taken over; this connection is about to be closed.
        }
    }

    @Override
    public void onMessageSent() {
        loop.counters.add(Counter.MESSAGES_OUT, 1);
    }

    // ---- verdicts and commands

    void probe() {
        if (state == State.REGISTERED) {
            encoder.ping();
            flush();
        }
    }

    void timedOut() {
        goAway(GoAwayReason.TIMEOUT, 0, "nothing heard for the heartbeat timeout");
        finish(CloseReason.TIMEOUT);
    }

    void closeUnregistered() {
        goAway(GoAwayReason.SHUTDOWN, 0, "");
        finish(CloseReason.SHUTDOWN);
    }

    @Override
    public void wake() {
        if (WOKEN.compareAndSet(this, false, true)) {
            shard.execute(this::wakeOnLoop);
        }
    }

    private void wakeOnLoop() {
        WOKEN.setVolatile(this, false);
        pump();
    }

    @Override
    public void superseded() {
        shard.execute(() -> {
            if (watch != null) {
                watch.superseded();
            }
            close(CloseReason.LOCAL);
        });
    }

    @Override
    public void ended(OfflineReason reason, String text) {
        shard.execute(() -> {
            stopWatching();
            switch (reason) {
                case REPLACED -> sendAway(GoAwayReason.REPLACED, CloseReason.REPLACED, text);
                case KICKED -> sendAway(GoAwayReason.KICKED, CloseReason.KICKED, text);
                default -> {
                    goAway(GoAwayReason.SHUTDOWN, 0, text);
                    finish(CloseReason.SHUTDOWN);
                }
            }
        });
    }

    private void sendAway(GoAwayReason why, CloseReason reason, String text) {
        goAway(why, GoAway.NEVER, text);
        finish(reason);
    }

    /** Sends the node away once it has all that was accepted for it; it may come back after {@code retryAfterMillis}. */
    @Override
    public void drain(long retryAfterMillis) {
        shard.execute(() -> afterDraining(() -> {
            goAway(GoAwayReason.SHUTDOWN, retryAfterMillis, "");
            flush();
        }));
    }

    private void goAway(GoAwayReason reason, long retryAfterMillis, String text) {
        if (isReading()) {
            encoder.goAway(new GoAway(ErrorCode.Scope.CONNECTION, reason, retryAfterMillis, text));
        }
    }

    private void stopWatching() {
        if (watch != null) {
            watch.stop();
        }
    }

    private void endStay(OfflineReason reason) {
        stopWatching();
        if (registration != null) {
            registration.entry().end(registration, reason);
        }
    }

    // ---- the rest of a session

    @Override
    protected void fail(ProtocolException e) {
        if (e.code() == ErrorCode.FOREIGN) {
            loop.counters.add(Counter.FOREIGN, 1);
        }
        endStay(OfflineReason.PROTOCOL_ERROR);
        super.fail(e);
    }

    @Override
    void onEnded(CloseReason reason, List<ByteBuffer> lost) {
        loop.ended(this);
        Registration was = registration;
        NodeWatch watching = watch;
        if (was == null || watching == null) {
            return;
        }
        was.entry().undelivered(was, lost);
        if (loop.server.isDraining()) {
            endStay(OfflineReason.SHUTDOWN);
        } else if (!was.entry().isCurrent(was)) {
            watching.stop();
        } else if (loop.graceNs() == 0) {
            endStay(OfflineReason.CLOSED);
        } else {
            was.entry().suspect(was, SuspectReason.LOST);
            watching.lost();
        }
    }

    @Override
    void onBytesRead(int bytes) {
        loop.counters.add(Counter.BYTES_IN, bytes);
    }

    @Override
    void onErrorSent(ErrorCode code) {
        loop.counters.error(code);
        if (REFUSES_A_REGISTRATION.contains(code)) {
            loop.counters.add(Counter.REGISTRATIONS_REFUSED, 1);
        }
    }

    @Override
    Multiplexer newMultiplexer() {
        return new Multiplexer(
                connection,
                encoder,
                this,
                new Multiplexer.Credits(connectionCredit, channelCredit, loop.server.options.windowBytes()),
                loop.server.options.maxMessageBytes(),
                loop.server.budget);
    }

    @Override
    @Nullable
    Outbox outbox() {
        return registration == null ? null : registration.entry().outbox(registration);
    }

    @Override
    Object outboxHolder() {
        return registration == null ? this : registration;
    }

    @Override
    long writeStallNs() {
        return loop.server.options.writeStallTimeout().toNanos();
    }
}
