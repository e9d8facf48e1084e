package dev.heartbeat.internal.server;

import dev.heartbeat.CloseReason;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.admission.Place;
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.Heartbeat;
import dev.heartbeat.internal.frame.Metadata;
import dev.heartbeat.internal.frame.MetadataMap;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.internal.frame.Update;
import dev.heartbeat.internal.liveness.PeerMonitor;
import dev.heartbeat.internal.mux.Multiplexer;
import dev.heartbeat.internal.node.Admission;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.session.Session;
import dev.heartbeat.spi.Connection;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a connection. It begins unregistered, under a deadline; REGISTER ties it to
 * a node, its own; and while it is tied, everything that comes is a sign of life of that node. A
 * gateway then registers further nodes by handles of their own. The connection ends with its own
 * node; all others only leave it. When the connection is lost, each {@link NodeBinding} stays as
 * the owner of its registration until the grace is over or the node is back on another connection.
 */
final class ServerSession extends Session {
    final ServerLoop loop;

    private @Nullable OwnBinding own;
    /** Set before the node is registered, and so seen by whoever finds the node. */
    private ClientTerms terms = ClientTerms.NONE;

    /** Whether its nodes are being sent away, as the server stops. */
    private boolean leaving;

    /** Not null while its registration waits for the authenticator. */
    private @Nullable Authentication awaited;

    /** Where its connection is counted by address; null if it is nowhere. */
    private final @Nullable Place place;

    /** Made with the first frame that it counts. */
    private @Nullable FrameAllowance allowance;

    ServerSession(ServerLoop loop, Connection connection, @Nullable Place place) {
        super(loop.shard, connection);
        this.loop = loop;
        this.place = place;
        loop.registration.await(this, timer, shard.clock().nowNs());
        loop.began(this);
    }

    // ---- frames

    @Override
    protected FrameType.Sender peer() {
        return FrameType.Sender.CLIENT;
    }

    @Override
    public void onFrame(@Nullable FrameType type, int flags, int streamId, ByteBuffer payload)
            throws ProtocolException {
        begin(type);
        loop.counters.add(Counter.FRAMES_IN, 1);
        if (own != null) {
            own.heard();
        } else if (type != null && !isAllowedUnregistered(type)) {
            throw new ProtocolException(ErrorCode.NOT_REGISTERED, type + " before REGISTER");
        }
        if (type == null) {
            return;
        }
        switch (type) {
            case HEARTBEAT_REQ -> onHeartbeat(streamId, payload);
            case REGISTER, UNREGISTER, UPDATE, PING, CHANNEL_OPEN, CHANNEL_RESET ->
                onControlFrame(type, flags, streamId, payload);
            default -> onCommonFrame(type, flags, streamId, payload);
        }
    }

    /** It makes work whatever its size, so there is a limit of them. */
    private void onControlFrame(FrameType type, int flags, int streamId, ByteBuffer payload) throws ProtocolException {
        if (!isAllowed(type)) {
            loop.floods.end(this);
            return;
        }
        switch (type) {
            case REGISTER -> loop.registration.onRegister(this, streamId, Register.read(payload));
            case UNREGISTER -> onUnregister(streamId, payload);
            case UPDATE -> onUpdate(streamId, Update.read(payload));
            default -> onCommonFrame(type, flags, streamId, payload);
        }
    }

    /** The registration of its own node comes once, and failed ones are errors, which are bounded. */
    private boolean isAllowed(FrameType type) {
        if (own == null && type == FrameType.REGISTER) {
            return true;
        }
        if (allowance == null) {
            allowance = new FrameAllowance(shard.nowNs());
        }
        return allowance.allows(loop.server.options(), shard.nowNs());
    }

    private static boolean isAllowedUnregistered(FrameType type) {
        return switch (type) {
            case REGISTER, PING, PONG, ERROR -> true;
            default -> false;
        };
    }

    /** Before the connection's own node is registered: what its process allows. */
    void agree(ClientTerms said) {
        terms = said;
    }

    /** Its own node is admitted. */
    void register(OwnBinding binding) {
        own = binding;
        state = State.REGISTERED;
        timer.cancel();
        loop.registered(this);
    }

    /** A node is admitted, and hears of it. */
    void admitted(NodeBinding binding, Registration granted) {
        binding.takePlace();
        binding.begin(granted);
        answerRegistration(binding);
        joinIfMore(binding);
        if (leaving) {
            leaves(binding); // Its gateway has yet to hear that it is sent away.
        }
    }

    private void answerRegistration(NodeBinding node) {
        Registered answer = loop.server.registeredAnswer(node.registration().epoch());
        Standing standing = node.standing();
        encoder.registered(node.handle(), standing == null ? answer : answer.validFor(standing.validForMillis()));
    }

    static String noRoomFor(String what) {
        return "the server has no room for this " + what;
    }

    static String noShareFor(String what) {
        return "the principal or the address has no room for this " + what;
    }

    /** Refuses for a reason that may pass. */
    void sendForNow(int handle, String why) {
        long retryAfterMillis = loop.server.options.heartbeatInterval().toMillis();
        report(handle, ProtocolException.forNow(ErrorCode.NODE_CAPACITY, why, retryAfterMillis));
    }

    /** Notifies a node of what is not its fault. */
    void report(int handle, ProtocolException what) {
        onErrorSent(what.code());
        sendUncounted(handle, what);
    }

    // ---- authentication

    /** Its own registration waits for the authenticator, whose time runs instead of the session's. */
    void await(Authentication authentication) {
        if (!authentication.isOver()) {
            awaited = authentication;
            timer.cancel();
        }
    }

    boolean isAwaiting() {
        return awaited != null;
    }

    /** Goes on with its own registration, or ends. */
    Authentication.Asker registrationOf(Register register) {
        return new Authentication.Asker() {
            @Override
            public void onDecided(Grant grant) {
                ServerSession.this.onDecided(register, grant);
            }

            @Override
            public void onUndecided(String why) {
                ServerSession.this.onUndecided(why);
            }
        };
    }

    /** It has the handshake's time anew. */
    private void onDecided(Register register, Grant given) {
        awaited = null;
        loop.registration.await(this, timer, shard.clock().nowNs());
        try {
            loop.registration.onDecided(this, register, given);
        } catch (ProtocolException e) {
            fail(e);
        }
        pumpSoon();
    }

    private void onUndecided(String why) {
        awaited = null;
        sendForNow(0, why);
        finish(CloseReason.REFUSED);
    }

    private void abandonAwaited() {
        if (awaited != null) {
            awaited.abandon();
            awaited = null;
        }
    }

    private void joinIfMore(NodeBinding binding) {
        if (binding.hasMore() && binding.join()) {
            senders.add(binding);
        }
    }

    @Nullable
    OwnBinding own() {
        return own;
    }

    private OwnBinding registered() {
        return Objects.requireNonNull(own);
    }

    /** The node of a handle; null if it is not on this connection. */
    private @Nullable NodeBinding find(int handle) {
        return own == null ? null : own.find(handle);
    }

    private void onHeartbeat(int handle, ByteBuffer payload) throws ProtocolException {
        OwnBinding speaker = registered();
        Heartbeat beat = shard.heartbeat();
        beat.readRequest(handle, payload);
        NodeBinding node = speaker.known(handle);
        speaker.requireKnown(beat.covered());
        onPosition(beat.position());
        loop.counters.add(Counter.HEARTBEATS, 1);
        speaker.heardBeat();
        if (node == null) {
            return;
        }
        if (handle != 0) {
            node.heard();
        } else {
            speaker.measured(beat.rttMicros());
            loop.reported(beat.rttMicros());
        }
        Attachments others = speaker.attachments();
        if (others != null) {
            shard.work().visited(others.heard(beat.covered(), shard.clock().nowNs()));
        }
        if (speaker.owesAnswer()) {
            answerHeartbeat(handle, beat.timestamp());
        }
    }

    private void onUpdate(int handle, Update update) throws ProtocolException {
        NodeBinding node = registered().known(handle);
        if (node == null) {
            return;
        }
        node.heard();
        Metadata metadata = update.metadata();
        MetadataMap said = metadata == null ? null : metadata.checked();
        if (update.credential() != null) {
            loop.registration.onCredential(node, update.credentialBytes(), said);
        } else if (said != null) {
            changeMetadata(node, said);
        }
    }

    private void changeMetadata(NodeBinding node, MetadataMap said) throws ProtocolException {
        if (!loop.registration.mayNameGroupOf(node.grant(), said)) {
            sendRefusal(node.handle(), RegistrationHandler.groupForbidden());
            return;
        }
        Admission.Refusal why = node.registration().entry().changeMetadata(node.registration(), said);
        if (why == Admission.Refusal.NO_CAPACITY) {
            loop.server.log.noCapacity(loop.shard.nowNs());
            sendForNow(node.handle(), noRoomFor("metadata"));
        } else if (why != null) {
            loop.counters.add(Counter.REFUSED_BY_QUOTA, 1);
            loop.server.log.noShare(node, node.nodeId(), why, loop.shard.nowNs());
            sendForNow(node.handle(), noShareFor("metadata"));
        }
    }

    /**
     * Another credential of a node is accepted, which hears of it.
     *
     * @param said what it says of itself now; null if that stays
     */
    void renewed(NodeBinding node, @Nullable MetadataMap said) throws ProtocolException {
        answerRegistration(node);
        if (said != null) {
            changeMetadata(node, said);
        }
        Grant granted = node.grant();
        if (granted != null) {
            Narrowing.apply(node, granted);
        }
    }

    /** Whether the node is registered, on this connection, and that goes on. */
    boolean isAt(NodeBinding node) {
        return isRegistered() && find(node.handle()) == node && node.isCurrent();
    }

    private void onUnregister(int handle, ByteBuffer payload) throws ProtocolException {
        String unused = GoAway.readText(payload); // It need only be well formed.
        NodeBinding node = registered().known(handle);
        if (node != null) {
            node.unregister();
        }
    }

    @Override
    public boolean takesFrom(int handle, long ordinal) throws ProtocolException {
        if (handle == 0) {
            return true;
        }
        try {
            NodeBinding node = registered().known(handle);
            if (node == null) {
                return false;
            }
            node.heard();
            return true;
        } catch (ProtocolException e) {
            // The error is the message's only: its fragments are still to be counted.
            onRefused(handle, new ProtocolException(e.code(), e.text(), ordinal));
            return false;
        }
    }

    @Override
    public void onFragment(int handle) {
        NodeBinding node = handle == 0 ? null : find(handle);
        if (node != null) {
            node.heard();
        }
    }

    @Override
    public void onMessage(int handle, IncomingMessage message) {
        NodeBinding from = find(handle);
        if (from != null && loop.server.table.post().deliver(from.registration(), message)) {
            loop.counters.add(Counter.MESSAGES_IN, 1);
        } else {
            // The node has been taken over, or has left this connection meanwhile.
            message.consumed();
        }
    }

    @Override
    public void onRequestCancelled(int handle, Envelope request) {
        NodeBinding from = find(handle);
        if (from != null) {
            loop.server.table.post().cancelled(from.registration(), request);
        }
    }

    @Override
    public void onSignOfLife(int handle) {
        onFragment(handle);
    }

    @Override
    @Nullable
    protected ChannelOwner homeOf(int handle) {
        return find(handle);
    }

    @Override
    protected Acceptors acceptors() {
        return loop.server.acceptors;
    }

    @Override
    protected void requireGranted(ChannelOwner home, String channelName) throws ProtocolException {
        Grant granted = ((NodeBinding) home).grant();
        if (granted != null && !granted.mayOpen(channelName)) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN_ON_CHANNEL, "channel " + channelName + " is not granted to the node");
        }
    }

    @Override
    protected int maxMessageBytes() {
        return terms.maxMessageBytes();
    }

    @Override
    public long rttNs() {
        return own == null ? 0 : Integer.toUnsignedLong(own.rttMicros()) * 1000;
    }

    @Override
    @Nullable
    public Object origin() {
        return loop.server.gate.originOf(remoteAddress());
    }

    @Override
    public void onHeld(long bytes) {
        loop.counters.add(Counter.BYTES_HELD, bytes);
    }

    @Override
    public void onWithheld() {
        loop.withheld.add(this);
    }

    @Override
    public void onMessageSent() {
        loop.counters.add(Counter.MESSAGES_OUT, 1);
    }

    // ---- verdicts and commands

    boolean isRegistered() {
        return state == State.REGISTERED;
    }

    /** Asks whether the peer is there. */
    void ping() {
        if (isRegistered()) {
            encoder.ping();
            flush();
        }
    }

    void closeUnregistered() {
        announceShutdown(0);
        finish(CloseReason.SHUTDOWN);
    }

    /** Whether it has yet to register. */
    boolean isUnregistered() {
        return state == State.HANDSHAKE;
    }

    /** How far an unregistered one has got. */
    int stage() {
        return isAwaiting() ? 2 : hasFrameUnderWay() ? 1 : 0;
    }

    /** The server is overloaded, and nobody has registered here. */
    void shed() {
        goAway(
                0,
                new GoAway(
                        ErrorCode.Scope.CONNECTION,
                        GoAwayReason.OVERLOADED,
                        loop.server.overload.retryAfterMillis(),
                        "the server is overloaded"));
        finish(CloseReason.GO_AWAY);
    }

    /** A node has messages to be sent. */
    void offers(NodeBinding binding) {
        senders.add(binding);
        pumpSoon();
    }

    void cancel(NodeBinding binding, Envelope request) {
        if (find(binding.handle()) == binding) {
            cancelRequest(binding.handle(), request);
        }
    }

    void notPassedOn(NodeBinding binding, ErrorCode code, String text) {
        if (state == State.REGISTERED && find(binding.handle()) == binding) {
            reportOnChannel0(code, text);
            pumpSoon();
        }
    }

    /**
     * Its own node has another connection. Whether another process is still there, a PING of this
     * number finds out.
     */
    void askForTwin(long number) {
        supersede(loop.twinNs());
        loop.superseded(this);
        encoder.ping(number);
        flush();
    }

    /**
     * A process gives its old connection up before it registers over another. So whoever answers
     * now is another process.
     */
    @Override
    protected void onLateRead(ByteBuffer bytes) {
        OwnBinding before = own;
        if (state != State.SUPERSEDED || before == null) {
            return;
        }
        PongWatch watch = new PongWatch(before.twinToken());
        onBytesRead(bytes.remaining());
        try {
            while (bytes.hasRemaining() && !watch.isAnswered()) {
                decodeLate(bytes, watch);
            }
            if (watch.isAnswered()) {
                onTwin(before);
            }
        } catch (ProtocolException e) {
            close(CloseReason.LOCAL);
        }
    }

    /**
     * Two processes claim to be one. The younger connection has the node already; after several
     * times in turn the older is sent a notice to stay away.
     */
    private void onTwin(OwnBinding before) {
        if (before.isDuplicate()) {
            encoder.goAway(0, GoAway.duplicateIdentity());
            finish(CloseReason.DUPLICATE_IDENTITY);
        } else {
            close(CloseReason.LOCAL);
        }
    }

    /**
     * Sends the node away once the socket has taken all that was accepted for it; it may come back
     * after {@code retryAfterMillis}. The node closes when its application has handled all of it.
     * Whatever takes longer than the server's time to drain is ended by the server.
     */
    void drain(long retryAfterMillis) {
        leaving = true;
        OwnBinding node = registered();
        if (!isReading()) {
            node.loseConnection(); // It can come back no more: its time to do so is over.
            return;
        }
        leaves(node);
        Attachments others = node.attachments();
        if (others != null) {
            others.forEach(this::leaves);
        }
        endChannels();
        afterDraining(() -> {
            announceShutdown(retryAfterMillis);
            flush();
        });
    }

    /** The node gets what was accepted for it by now, and nothing more. */
    private void leaves(NodeBinding node) {
        node.registration().entry().acceptNoMore(node.registration());
        joinIfMore(node); // A message may be accepted whose turn is not yet asked for.
    }

    private void announceShutdown(long retryAfterMillis) {
        goAway(0, new GoAway(ErrorCode.Scope.CONNECTION, GoAwayReason.SHUTDOWN, retryAfterMillis, ""));
    }

    /** Sends the node of a handle away for now; with its own node, the connection ends. */
    void sendAwayForNow(int handle, long retryAfterMillis, String text) {
        ErrorCode.Scope scope = handle == 0 ? ErrorCode.Scope.CONNECTION : ErrorCode.Scope.NODE;
        goAway(handle, new GoAway(scope, GoAwayReason.OVERLOADED, retryAfterMillis, text));
        if (handle == 0) {
            finish(CloseReason.GO_AWAY);
        }
    }

    void goAway(int handle, GoAway goAway) {
        if (isReading()) {
            encoder.goAway(handle, goAway);
        }
    }

    void flushWritten() {
        flush();
    }

    void endOwn(OfflineReason reason) {
        if (own != null) {
            own.end(reason);
        }
    }

    // ---- the rest of a session

    @Override
    protected void fail(ProtocolException e) {
        if (e.code() == ErrorCode.FOREIGN) {
            loop.counters.add(Counter.FOREIGN, 1);
            loop.server.log.foreign(remoteAddress(), e, loop.shard.nowNs());
        }
        endOwn(OfflineReason.PROTOCOL_ERROR);
        super.fail(e);
    }

    @Override
    protected void onReadingEnded() {
        abandonAwaited();
        if (own != null) {
            own.endStanding();
            own.loseOthers();
        }
    }

    @Override
    protected void onEnded(CloseReason reason, @Nullable Throwable cause) {
        loop.ended(this);
        abandonAwaited();
        loop.counters.closed(reason);
        if (own != null) {
            loseAll(own);
        }
    }

    private static void loseAll(OwnBinding gateway) {
        try {
            gateway.loseConnection();
        } finally {
            gateway.loseOthers();
        }
    }

    @Nullable
    Place place() {
        return place;
    }

    Connection connection() {
        return connection;
    }

    InetSocketAddress remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    @Nullable
    protected PeerMonitor judged() {
        return own;
    }

    @Override
    protected long suspectAfterNs() {
        return loop.detector().suspectAfterNs();
    }

    /**
     * The evidence of a frame under way for the connection's own node. The frame may not be another
     * node's, so it is none for those.
     */
    long frameUnderWayNs() {
        return underWayNs();
    }

    @Override
    protected void onBytesRead(int bytes) {
        loop.counters.add(Counter.BYTES_IN, bytes);
        if (own != null) {
            own.read(bytes);
        }
    }

    /**
     * The client hears of the server by the answers to its beats. Under much traffic without a
     * beat, they wait behind it, in the client's kernel perhaps, and a PING takes the place of the
     * answers.
     */
    @Override
    protected void onDecoded() {
        if (own != null && own.isBeatOverdue() && isRegistered() && connection.isWritable()) {
            own.heardBeat();
            encoder.ping();
        }
    }

    @Override
    public void onAnswerTaken(long waitedNs) {
        loop.measures.record(Measures.Kind.CONTROL_DELAY, waitedNs);
    }

    @Override
    protected void onErrorSent(ErrorCode code) {
        loop.counters.error(code);
        if (RegistrationHandler.REFUSALS.contains(code)) {
            loop.counters.add(Counter.REGISTRATIONS_REFUSED, 1);
        }
        if (code == ErrorCode.FORBIDDEN || code == ErrorCode.FORBIDDEN_ON_CHANNEL) {
            loop.counters.add(Counter.FORBIDDEN, 1);
        }
    }

    @Override
    protected Multiplexer newMultiplexer() {
        return new Multiplexer(
                this,
                connection,
                encoder,
                this,
                senders,
                terms.credits(loop.server.options),
                terms.limits(loop.server.options),
                loop.server.budget);
    }

    @Override
    protected long writeStallNs() {
        return loop.server.options.writeStallTimeout().toNanos();
    }
}
