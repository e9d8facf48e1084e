package dev.heartbeat.internal.client;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.heartbeat.CloseReason;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.HandleRanges;
import dev.heartbeat.internal.frame.Heartbeat;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.frame.Secret;
import dev.heartbeat.internal.liveness.PeerMonitor;
import dev.heartbeat.internal.loop.Shard;
import dev.heartbeat.internal.mux.Multiplexer;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.session.Session;
import dev.heartbeat.spi.Connection;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The client's side of a connection: registers, beats, and judges the server by its silence. */
final class ClientSession extends Session implements Renewal.Outlet {
    private static final long MAX_RTT_MICROS = 0xFFFF_FFFFL;

    private final Client client;
    private final OwnMessages own;
    private @Nullable Gateway gateway;

    private @Nullable Registered agreed;
    private @Nullable ServerMonitor server;
    private @Nullable HeartbeatSchedule beat;
    /** Not null while it is registered by a credential that expires. */
    private @Nullable Renewal renewal;

    private final long openedNs;
    private long registeredNs;
    private int rttMicros;

    /** The server's word about coming back: 0 for nothing, {@link GoAway#NEVER} for not to. */
    private long retryAfterMillis;

    private final Departure departure;
    private boolean sentAway;
    /** The server's word about the end. */
    private @Nullable HeartbeatException said;

    /** Whether the server has said no to the registration. */
    private boolean refused;

    ClientSession(Client client, Shard shard, Connection connection) {
        super(shard, connection);
        this.client = client;
        own = new OwnMessages(client.mailbox, this);
        departure = new Departure(client, this, shard);
        openedNs = shard.nowNs();
        encoder.register(0, client.registration());
        timer.set(client.options.handshakeTimeout().toNanos(), () -> abort(CloseReason.HANDSHAKE_TIMEOUT));
        flush();
    }

    long retryAfterMillis() {
        return retryAfterMillis;
    }

    /** Whether the server had the node. */
    boolean hasRegistered() {
        return agreed != null;
    }

    /** Whether the server has said nothing about the registration. */
    boolean isUnanswered() {
        return agreed == null && !refused;
    }

    /** The time that is left for the server to answer the registration. */
    long untilGivenUpNs() {
        return client.options.handshakeTimeout().toNanos() - (shard.nowNs() - openedNs);
    }

    // ---- frames

    @Override
    protected FrameType.Sender peer() {
        return FrameType.Sender.SERVER;
    }

    @Override
    public void onFrame(@Nullable FrameType type, int flags, int streamId, ByteBuffer payload)
            throws ProtocolException {
        begin(type);
        if (server != null) {
            server.heard();
        } else if (type != null && !isAllowedUnregistered(type)) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, type + " before REGISTERED");
        }
        if (type == null) {
            return;
        }
        switch (type) {
            case HEARTBEAT_RES -> onHeartbeat(streamId, payload);
            case REGISTERED -> onRegistered(streamId, Registered.read(payload));
            case GO_AWAY -> onGoAway(streamId, GoAway.read(payload));
            default -> onCommonFrame(type, flags, streamId, payload);
        }
    }

    private static boolean isAllowedUnregistered(FrameType type) {
        return switch (type) {
            case REGISTERED, ERROR, GO_AWAY, PING, PONG -> true;
            default -> false;
        };
    }

    private void onRegistered(int handle, Registered registered) throws ProtocolException {
        if (handle != 0 && gateway != null) {
            gateway.onRegistered(handle, registered);
            return;
        }
        if (handle == 0 && renewal != null && renewal.isUnanswered()) {
            client.credentialAccepted();
            renewal.accepted(registered.validForMillis());
            return;
        }
        if (handle != 0 || agreed != null) {
            throw new ProtocolException(ErrorCode.UNEXPECTED_FRAME, "REGISTERED without a REGISTER");
        }
        agreed = registered;
        state = State.REGISTERED;
        registeredNs = shard.nowNs();
        timer.cancel();
        long intervalNs = MILLISECONDS.toNanos(registered.intervalMillis());
        server = new ServerMonitor(this, shard, registered);
        server.start();
        beat = new HeartbeatSchedule(shard, client.random(), intervalNs, this::sendHeartbeat);
        client.onRegistered(this, registered);
        renewLater(registered.validForMillis());
        if (client.isLeaving()) {
            shutDown(); // It was closed while this was under way.
            return;
        }
        client.channels.openWaiting(this);
        client.attached().forEach(this::register);
        update();
        wake();
    }

    private void renewLater(long validForMillis) {
        renewal = validForMillis == 0 ? null : client.renewalOn(this, shard);
        if (renewal != null) {
            renewal.accepted(validForMillis);
        }
    }

    @Override
    public void show(int handle, Secret credential) {
        encoder.update(handle, credential);
        flush();
    }

    /** Renews the credential of a node that it speaks for; null if there is nothing to renew. */
    @Nullable
    Renewal renewalOf(Attached node, Registered answer) {
        ClientCredentials own = node.credentials();
        return own == null || answer.validForMillis() == 0
                ? null
                : new Renewal(own, node.handle(), shard, client.newBackoff(), client.random(), this);
    }

    boolean wouldExposeCredential() {
        return client.wouldExposeCredential(connection);
    }

    private void sendHeartbeat() {
        // A full socket's content is on its way and a sign of life by itself.
        if (connection.isWritable()) {
            if (gateway == null) {
                beat(HandleRanges.NOBODY);
            } else {
                gateway.beat();
            }
            flush();
        }
    }

    /** A beat for one node alone. */
    void beatFor(Attached node) {
        if (hasRoom()) {
            client.counts.heartbeat();
            answerHeld();
            encoder.heartbeatRequest(node.handle(), shard.nowNs(), framesReceived(), 0, HandleRanges.NOBODY);
        }
    }

    void beat(HandleRanges covered) {
        client.counts.heartbeat();
        answerHeld();
        encoder.heartbeatRequest(0, shard.nowNs(), framesReceived(), rttMicros, covered);
    }

    private void onHeartbeat(int handle, ByteBuffer payload) throws ProtocolException {
        Heartbeat answer = shard.heartbeat();
        answer.readResponse(payload);
        onPosition(answer.position());
        long rttNs = shard.nowNs() - answer.timestamp();
        // An answer to what was sent before there was anything to answer, or after now, is to no
        // heartbeat of this connection.
        if (handle == 0 && rttNs >= 0 && rttNs <= shard.nowNs() - registeredNs) {
            rttMicros = (int) Math.min(Math.max(1, rttNs / 1000), MAX_RTT_MICROS);
            client.onHeartbeat(rttNs);
        }
    }

    private void onGoAway(int streamId, GoAway goAway) {
        if (goAway.scope() != ErrorCode.Scope.CONNECTION) {
            if (goAway.scope() == ErrorCode.Scope.NODE && gateway != null) {
                gateway.onGoAway(streamId, goAway);
            }
            return; // There are no other channels.
        }
        retryAfterMillis = goAway.retryAfterMillis();
        said = Failures.of(goAway);
        willEnd(Failures.reasonOf(goAway));
        if (state != State.REGISTERED || goAway.reason() == GoAwayReason.EXPIRED) {
            finish(Failures.reasonOf(goAway)); // Nothing more is read over there.
        } else if (!sentAway && !client.isLeaving()) {
            sentAway = true;
            departure.onGoAway(Failures.reasonOf(goAway));
        }
    }

    @Override
    protected void onError(int streamId, PeerError error) throws ProtocolException {
        if (error.scope() == ErrorCode.Scope.NODE && streamId != 0 && gateway != null) {
            super.onError(streamId, error);
            gateway.onError(streamId, error);
            return;
        }
        HeartbeatException reported = Failures.of(error);
        client.notifyError(reported);
        refused = state == State.HANDSHAKE && error.scope() == ErrorCode.Scope.NODE;
        if (refused || error.scope() == ErrorCode.Scope.CONNECTION) {
            said = reported;
            // Not sooner than a go-away said before.
            retryAfterMillis = Math.max(retryAfterMillis, error.retryAfterMillis());
        }
        super.onError(streamId, error);
        if (refused) {
            onRegistrationRefused(error.code());
        } else {
            Renewal.onError(renewal, error);
        }
    }

    private void onRegistrationRefused(@Nullable ErrorCode code) {
        if (code == ErrorCode.EPOCH_REFUSED) {
            client.identity.forgetEpoch();
        }
        if (code == ErrorCode.REPLACED) {
            finish(CloseReason.REPLACED);
        } else if (code == ErrorCode.UNAUTHORIZED && client.mayTryAnotherCredential()) {
            finish(CloseReason.GO_AWAY);
        } else {
            finish(Failures.isForGood(code) ? CloseReason.REFUSED : CloseReason.GO_AWAY);
        }
    }

    @Override
    public void onMessage(int handle, IncomingMessage message) {
        Attached node = gateway == null ? null : gateway.get(handle);
        if (handle == 0) {
            client.channels.onMessageIn();
            client.mail.deliver(message);
        } else if (node != null) {
            client.channels.onMessageIn();
            node.ensureMail().deliver(message);
        } else {
            message.consumed(); // It has left meanwhile.
        }
    }

    @Override
    public void onRequestCancelled(int handle, Envelope request) {
        Attached node = gateway == null ? null : gateway.get(handle);
        AttachedMail mail = node == null ? null : node.mail();
        if (handle == 0) {
            client.mailbox.cancelled(request);
        } else if (mail != null) {
            mail.mailbox().cancelled(request);
        }
    }

    @Override
    @Nullable
    protected ChannelOwner homeOf(int handle) {
        return handle == 0 ? client.channels : gateway == null ? null : gateway.get(handle);
    }

    @Override
    protected Acceptors acceptors() {
        return client.acceptors;
    }

    @Override
    public long rttNs() {
        return Integer.toUnsignedLong(rttMicros) * 1000;
    }

    @Override
    public void onSignOfLife(int handle) {
        // There is nobody to judge but the server.
    }

    @Override
    public boolean takesFrom(int handle, long ordinal) throws ProtocolException {
        if (handle == 0 || gateway != null && gateway.get(handle) != null) {
            return true;
        }
        if (gateway == null || gateway.isNew(handle)) {
            onRefused(
                    handle,
                    new ProtocolException(
                            ErrorCode.UNKNOWN_HANDLE,
                            "handle " + Integer.toUnsignedString(handle) + " was not registered",
                            ordinal));
        }
        return false;
    }

    @Override
    public void onFragment(int handle) {
        // It was a sign of life of the server, and there is nobody else to judge.
    }

    @Override
    public void onMessageSent() {
        client.counts.messageOut();
    }

    // ---- the server's liveness

    /** The server is silent: a PING asks whether it is there. */
    void askServer() {
        client.onSuspect();
        if (isReading()) {
            encoder.ping();
            flush();
        }
    }

    void onServerRecovered() {
        client.onRecovered();
    }

    void giveServerUp() {
        abort(CloseReason.TIMEOUT);
    }

    /** The evidence of a frame under way, for the server's monitor. */
    long frameUnderWayNs() {
        return underWayNs();
    }

    // ---- the rest of a session

    /**
     * Messages may wait in the client's outbox. Nobody joins while none do: the first who does
     * makes the multiplexer, which an idle client need not have.
     */
    void wake() {
        if (client.mailbox.hasMore() && own.join()) {
            senders.add(own);
        }
        pump();
    }

    // ---- the nodes it speaks for

    /** A node is to be registered, now or when the client is. */
    void register(Attached node) {
        if (opensChannels() && client.isAttached(node)) {
            ensureGateway().register(node);
            pumpSoon();
        }
    }

    private Gateway ensureGateway() {
        if (gateway == null) {
            gateway = new Gateway(this, encoder, shard, limits(), maxMessageBytes(), client.newBackoff());
        }
        return gateway;
    }

    private Registered limits() {
        return java.util.Objects.requireNonNull(agreed);
    }

    /** The limit holds in both directions: the client has announced to the server what it takes. */
    @Override
    protected int maxMessageBytes() {
        return (int) Math.min(limits().maxMessageBytes(), client.options.maxMessageBytes());
    }

    /** Whether there is somebody to speak to, and the socket takes it. */
    @Override
    public boolean hasRoom() {
        return state == State.REGISTERED && connection.isWritable();
    }

    boolean isOpen() {
        return state == State.REGISTERED;
    }

    /** Whether a channel can be opened on it; else it waits for the next connection. */
    boolean opensChannels() {
        return takesChannels() && !isDraining();
    }

    /** The application has messages of a registered node, or wants it to leave after them. */
    void changed(Attached node) {
        AttachedMail mail = node.mail();
        if (node.isDetaching() && !isSending(mail)) {
            ensureGateway().unregister(node);
        } else if (mail != null && mail.hasMore() && mail.join()) {
            senders.add(mail);
        }
        pumpSoon();
    }

    private boolean isSending(@Nullable AttachedMail mail) {
        return mail != null && (mail.hasMessages() || ensureMux().isSending(mail));
    }

    void flushWritten() {
        flush();
    }

    /** The client's own metadata may have changed. */
    void update() {
        if (hasRoom() && client.identity.takeUpdate()) {
            encoder.update(0, client.identity.metadata());
            flush();
        }
    }

    @Override
    protected void onRoom() {
        update();
        if (gateway != null) {
            gateway.onRoom();
        }
    }

    /** No further node is registered on it. */
    void registerNoMore() {
        if (gateway != null) {
            gateway.registerNoMore();
        }
    }

    /** The nodes that it speaks for accept no more messages. */
    void sealAttached() {
        if (gateway != null) {
            gateway.seal();
        }
    }

    /**
     * Leaves after everything that was accepted. A registration that is under way is answered
     * first: else it could come to stand when the client is gone.
     */
    void shutDown() {
        if (state == State.REGISTERED) {
            departure.onClose();
        }
    }

    /** The client goes to another server; what was accepted leaves first. */
    void move() {
        if (state == State.REGISTERED && !sentAway) {
            sentAway = true;
            departure.onMove();
        }
    }

    void sayGoodbye() {
        if (gateway != null) {
            gateway.unregisterAll();
        }
        encoder.unregister(0, "");
        finish(CloseReason.UNREGISTERED);
    }

    @Override
    protected boolean isDrained() {
        boolean answered = gateway == null || gateway.isAnswered();
        return answered && super.isDrained() && departure.isReady();
    }

    @Override
    protected void onReadingEnded() {
        // The server's silence is watched to the end.
        departure.cancelLimit();
        stopRenewal();
        if (beat != null) {
            shard.cancel(beat);
        }
    }

    private void stopRenewal() {
        if (renewal != null) {
            renewal.stop();
        }
    }

    @Override
    protected void onEnded(CloseReason reason, @Nullable Throwable cause) {
        if (server != null) {
            server.stop();
        }
        departure.cancelLimit();
        stopRenewal();
        if (beat != null) {
            shard.cancel(beat);
        }
        if (gateway != null) {
            gateway.stop();
        }
        client.onEnded(this, reason, said == null ? cause : said);
    }

    @Override
    @Nullable
    protected PeerMonitor judged() {
        return server;
    }

    @Override
    protected long suspectAfterNs() {
        return server == null ? Long.MAX_VALUE : server.detector().suspectAfterNs();
    }

    @Override
    protected void onBytesRead(int bytes) {
        // The client keeps no count of it.
    }

    @Override
    protected void onErrorSent(ErrorCode code) {
        client.notifyError(new HeartbeatException(Failures.of(code), "the server broke the protocol: " + code));
    }

    @Override
    protected Multiplexer newMultiplexer() {
        Registered limits = limits();
        return new Multiplexer(
                this,
                connection,
                encoder,
                this,
                senders,
                new Multiplexer.Credits(
                        limits.connectionCredit(), limits.channelCredit(), client.options.windowBytes()),
                new Multiplexer.Limits(
                        1,
                        maxMessageBytes(),
                        (int) Math.min(limits.maxChannels(), client.options.maxChannels()),
                        (int) Math.min(limits.maxChannels(), Integer.MAX_VALUE),
                        client.options.maxWindowBytes(),
                        new Multiplexer.Arrival(
                                client.options.fragmentTimeout().toNanos(),
                                client.options.slowMessageGrace().toNanos(),
                                client.options.minMessageBytesPerSecond()),
                        MILLISECONDS.toNanos(limits.intervalMillis())),
                client.budget);
    }

    @Override
    protected long writeStallNs() {
        return client.options.writeStallTimeout().toNanos();
    }
}
