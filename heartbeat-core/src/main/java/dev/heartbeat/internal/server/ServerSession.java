package dev.heartbeat.internal.server;

import dev.heartbeat.CloseReason;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.internal.channel.Acceptors;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.HandleRanges;
import dev.heartbeat.internal.frame.Heartbeat;
import dev.heartbeat.internal.frame.Metadata;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.liveness.FailureDetector;
import dev.heartbeat.internal.liveness.PartialFrame;
import dev.heartbeat.internal.liveness.PeerMonitor;
import dev.heartbeat.internal.mux.Multiplexer;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.session.Session;
import dev.heartbeat.spi.Connection;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a connection. It begins unregistered, under a deadline; REGISTER ties it to
 * a node, its own; and while it is tied, everything that comes is a sign of life of that node. A
 * gateway then registers further nodes by handles of their own. The connection ends with its own
 * node; all others only leave it. When the connection is lost, each {@link NodeBinding} stays as
 * the owner of its registration until the grace is over or the node is back on another connection.
 */
final class ServerSession extends Session {
    /** Until all timers have run that are due now. */
    private static final long TURN_NS = 100_000_000;

    final ServerLoop loop;

    private @Nullable NodeBinding own;
    private @Nullable Attachments attached;
    /** Set before the node is registered, and so seen by whoever finds the node. */
    private ClientTerms terms = ClientTerms.NONE;

    private int heartbeatsToAnswer;
    /** The last beat, or what took the place of its answer. */
    private long beatNs;
    /** Bytes since, as far as they count. */
    private int readSinceBeat;

    private boolean voted;

    /** As its own node measured it; 0 before the first. Written by the loop. */
    private volatile int rttMicros;

    ServerSession(ServerLoop loop, Connection connection) {
        super(loop.shard, connection);
        this.loop = loop;
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
            case REGISTER -> onRegister(streamId, Register.read(payload));
            case UNREGISTER -> onUnregister(streamId, payload);
            case UPDATE -> onUpdate(streamId, Metadata.read(payload));
            default -> onCommonFrame(type, flags, streamId, payload);
        }
    }

    private static boolean isAllowedUnregistered(FrameType type) {
        return switch (type) {
            case REGISTER, PING, PONG, ERROR -> true;
            default -> false;
        };
    }

    private void onRegister(int handle, Register register) throws ProtocolException {
        requireMayRegister(handle);
        if (handle == 0 && loop.server.isDraining()) {
            closeUnregistered();
            return;
        }
        loop.registration.onRegister(this, handle, register);
    }

    /**
     * A handle is registered once; of the others, which the connection's own node speaks for, there
     * is a limit.
     */
    private void requireMayRegister(int handle) throws ProtocolException {
        if (handle == 0) {
            if (own != null) {
                throw new ProtocolException(ErrorCode.ALREADY_REGISTERED, "handle 0 is registered");
            }
            return;
        }
        if (own == null) {
            throw new ProtocolException(ErrorCode.NOT_REGISTERED, "handle 0 comes first");
        }
        ensureAttachments().requireMayRegister(handle, loop.server.options.maxNodesPerConnection(), connection);
    }

    /** Before the connection's own node is registered: what its process allows. */
    void agree(ClientTerms said) {
        terms = said;
    }

    /** A node is admitted, and hears of it. */
    void admitted(NodeBinding binding, Registration granted) {
        if (binding.handle() == 0) {
            own = binding;
            state = State.REGISTERED;
            timer.cancel();
            loop.registered(this);
            heardBeat(shard.clock().nowNs());
        } else {
            ensureAttachments().add(binding);
        }
        binding.begin(granted);
        encoder.registered(binding.handle(), loop.server.registeredAnswer(granted.epoch()));
        joinIfMore(binding);
    }

    /**
     * The server began to stop meanwhile, and whoever went through the nodes may have missed this
     * one.
     */
    void closeIfDraining() {
        if (loop.server.isDraining()) {
            endOwn(OfflineReason.SHUTDOWN);
            closeUnregistered();
        }
    }

    /**
     * A node is not admitted.
     *
     * @param end how the connection ends with it; null where it goes on
     */
    void refused(int handle, ProtocolException why, @Nullable CloseReason end) throws ProtocolException {
        if (handle == 0) {
            onRefused(0, why);
        } else {
            // It is about others, and is not counted against what this gateway may do wrong.
            sendRefusal(handle, why);
        }
        finishRefused(handle, end);
    }

    /** Likewise, because this process was sent away before. */
    void refusedForGood(int handle, String why) {
        if (handle == 0) {
            goAway(GoAwayReason.KICKED, GoAway.NEVER, why);
            finish(CloseReason.KICKED);
        } else {
            encoder.goAway(handle, new GoAway(ErrorCode.Scope.NODE, GoAwayReason.KICKED, GoAway.NEVER, why));
        }
    }

    /** Likewise, because there is no room. */
    void refusedForNow(int handle) {
        sendNoCapacity(handle, "node");
        finishRefused(handle, CloseReason.REFUSED);
    }

    private void finishRefused(int handle, @Nullable CloseReason end) {
        if (handle == 0 && end != null) {
            finish(end);
        }
    }

    /** There is no room for what a node is, or says of itself: that may change. */
    private void sendNoCapacity(int handle, String forWhat) {
        onErrorSent(ErrorCode.NODE_CAPACITY);
        loop.server.log.noCapacity(loop.shard.nowNs());
        sendUncounted(
                handle,
                new ProtocolException(ErrorCode.NODE_CAPACITY, "the server has no room for this " + forWhat),
                loop.server.options.heartbeatInterval().toMillis());
    }

    private void joinIfMore(@Nullable NodeBinding binding) {
        if (binding != null && binding.hasMore() && binding.join()) {
            senders.add(binding);
        }
    }

    private Attachments ensureAttachments() {
        if (attached == null) {
            attached = new Attachments(shard.nowNs());
        }
        return attached;
    }

    /**
     * The node of a handle; null if it has left this connection, which the peer may not know yet.
     */
    private @Nullable NodeBinding binding(int handle) throws ProtocolException {
        if (handle == 0) {
            return own;
        }
        if (attached == null) {
            throw Attachments.unknown(handle);
        }
        return attached.known(handle);
    }

    private void onHeartbeat(int handle, ByteBuffer payload) throws ProtocolException {
        Heartbeat beat = shard.heartbeat();
        beat.readRequest(handle, payload);
        NodeBinding node = binding(handle);
        requireKnown(beat.covered());
        onPosition(beat.position());
        loop.counters.add(Counter.HEARTBEATS, 1);
        heardBeat(shard.clock().nowNs());
        if (node == null) {
            return;
        }
        if (handle != 0) {
            node.heard();
        } else if (beat.rttMicros() != 0) {
            rttMicros = beat.rttMicros();
        }
        if (attached != null) {
            shard.work().visited(attached.heard(beat.covered(), shard.clock().nowNs()));
        }
        if (--heartbeatsToAnswer <= 0) {
            heartbeatsToAnswer = loop.server.options.ackEvery();
            answerHeartbeat(handle, beat.timestamp());
        }
    }

    private void requireKnown(HandleRanges covered) throws ProtocolException {
        for (int i = 0; i < covered.ranges(); i++) {
            NodeBinding unused = binding(covered.last(i));
        }
    }

    private void onUpdate(int handle, Metadata metadata) throws ProtocolException {
        NodeBinding node = binding(handle);
        if (node == null) {
            return;
        }
        node.heard();
        boolean changed = node.registration().entry().changeMetadata(node.registration(), metadata.checked());
        if (!changed && node.isCurrent()) {
            sendNoCapacity(handle, "metadata");
        }
    }

    private void onUnregister(int handle, ByteBuffer payload) throws ProtocolException {
        String unused = GoAway.readText(payload); // It need only be well formed.
        NodeBinding node = binding(handle);
        if (handle == 0) {
            endOwn(OfflineReason.UNREGISTERED);
            finish(CloseReason.UNREGISTERED);
        } else if (node != null) {
            node.end(OfflineReason.UNREGISTERED);
            forget(node);
        }
    }

    @Override
    public boolean takesFrom(int handle, long ordinal) throws ProtocolException {
        if (handle == 0) {
            return true;
        }
        try {
            NodeBinding node = binding(handle);
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

    private @Nullable NodeBinding find(int handle) {
        return handle == 0 ? own : attached == null ? null : attached.get(handle);
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
    protected int maxMessageBytes() {
        return terms.maxMessageBytes();
    }

    @Override
    public long rttNs() {
        return Integer.toUnsignedLong(rttMicros) * 1000;
    }

    @Override
    public void onMessageSent() {
        loop.counters.add(Counter.MESSAGES_OUT, 1);
    }

    // ---- verdicts and commands

    /**
     * A node is silent; the connection's own is asked whether it is there. Others cannot be: a PONG
     * would be the gateway's.
     */
    void suspected(NodeBinding binding) {
        if (binding.handle() != 0) {
            ensureAttachments().suspected(binding);
        } else if (state == State.REGISTERED) {
            encoder.ping();
            flush();
        }
    }

    void recovered(NodeBinding binding) {
        if (attached == null) {
            return;
        }
        if (binding == own) {
            attached.lookAtSuspects(); // Whose verdict waited for its.
        } else {
            attached.recovered(binding);
        }
    }

    /** The time since a beat last spoke for all nodes of the connection. */
    long gatewaySilentNs(NodeBinding binding) {
        return binding.handle() == 0 || attached == null
                ? Long.MAX_VALUE
                : attached.silentNs(shard.clock().nowNs());
    }

    /**
     * Whether a node may be silent because its whole connection is: then it is lost with the
     * connection, and may come back over another.
     */
    boolean waitsForGateway(NodeBinding binding) {
        if (binding.handle() == 0 || own == null) {
            return false;
        }
        if (!own.isSuspected() && loop.detector().judge(own.silentNs()) != FailureDetector.Verdict.ALIVE) {
            binding.lookAgainAfter(TURN_NS); // The gateway is about to be looked at itself.
            return true;
        }
        return own.isSuspected();
    }

    /**
     * Whether one more loss of this connection counts for the mass guard. Losses of a connection
     * that speaks for many and is young count once altogether.
     */
    boolean mayVote() {
        boolean first = !voted;
        voted = true;
        return first || attached == null || attached.haveLasted(loop.provenNs(), shard.nowNs());
    }

    void timedOut(NodeBinding binding) {
        String whom = binding.handle() == 0 ? "" : "of it ";
        sendAway(
                binding,
                GoAwayReason.TIMEOUT,
                CloseReason.TIMEOUT,
                0,
                "nothing heard " + whom + "for the heartbeat timeout");
    }

    void closeUnregistered() {
        goAway(GoAwayReason.SHUTDOWN, 0, "");
        finish(CloseReason.SHUTDOWN);
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

    void notPassedOn(NodeBinding binding, String text) {
        if (state == State.REGISTERED && find(binding.handle()) == binding) {
            reportOnChannel0(ErrorCode.NOT_PASSED_ON, text);
            pumpSoon();
        }
    }

    void superseded(NodeBinding binding) {
        boolean wasSilent = binding.isSuspected();
        binding.moveOn();
        if (binding.handle() != 0) {
            forget(binding); // A PONG would be the gateway's, and says nothing of the node.
        } else if (wasSilent || state != State.REGISTERED) {
            close(CloseReason.LOCAL);
        } else {
            supersede(loop.twinNs());
            loop.superseded(this);
            encoder.ping(twinToken(binding));
            flush();
        }
    }

    /** No PING of this connection had this payload before. */
    private static long twinToken(NodeBinding binding) {
        return binding.registration().epoch();
    }

    /**
     * A process gives its old connection up before it registers over another. So whoever answers
     * now is another process.
     */
    @Override
    protected void onLateRead(ByteBuffer bytes) {
        NodeBinding before = own;
        if (state != State.SUPERSEDED || before == null) {
            return;
        }
        PongWatch watch = new PongWatch(twinToken(before));
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
    private void onTwin(NodeBinding before) {
        Registration of = before.registration();
        if (of.entry().isDuplicate(of, shard.nowNs())) {
            loop.server.log.duplicateIdentity(of, shard.nowNs());
            encoder.goAway(0, GoAway.duplicateIdentity());
            finish(CloseReason.DUPLICATE_IDENTITY);
        } else {
            close(CloseReason.LOCAL);
        }
    }

    void ended(NodeBinding binding, OfflineReason reason, String text) {
        binding.stop();
        switch (reason) {
            case REPLACED -> sendAway(binding, GoAwayReason.REPLACED, CloseReason.REPLACED, GoAway.NEVER, text);
            case KICKED -> sendAway(binding, GoAwayReason.KICKED, CloseReason.KICKED, GoAway.NEVER, text);
            default -> sendAway(binding, GoAwayReason.SHUTDOWN, CloseReason.SHUTDOWN, 0, text);
        }
    }

    /** Sends a node away, with which the connection ends if it is its own. */
    private void sendAway(NodeBinding binding, GoAwayReason why, CloseReason end, long retryAfterMillis, String text) {
        if (binding.handle() == 0) {
            goAway(why, retryAfterMillis, text);
            finish(end);
        } else {
            sendAway(binding, why, retryAfterMillis, text);
        }
    }

    /** Sends one node away; its neighbours and the connection stay. */
    private void sendAway(NodeBinding binding, GoAwayReason why, long retryAfterMillis, String text) {
        if (attached == null || attached.get(binding.handle()) != binding) {
            return; // It left meanwhile.
        }
        forget(binding);
        if (isReading()) {
            encoder.goAway(binding.handle(), new GoAway(ErrorCode.Scope.NODE, why, retryAfterMillis, text));
            flush();
        }
    }

    private void forget(NodeBinding binding) {
        if (attached != null) {
            attached.forget(binding);
            onNodeLeft(binding.handle());
        }
    }

    /**
     * Sends the node away once the socket has taken all that was accepted for it; it may come back
     * after {@code retryAfterMillis}. The node closes when its application has handled all of it.
     * Whatever takes longer than the server's time to drain is ended by the server.
     */
    void drain(long retryAfterMillis) {
        // A message may be accepted whose turn is not yet asked for.
        joinIfMore(own);
        if (attached != null) {
            attached.forEach(this::joinIfMore);
        }
        endChannels();
        afterDraining(() -> {
            goAway(GoAwayReason.SHUTDOWN, retryAfterMillis, "");
            flush();
        });
    }

    private void goAway(GoAwayReason reason, long retryAfterMillis, String text) {
        if (isReading()) {
            encoder.goAway(0, new GoAway(ErrorCode.Scope.CONNECTION, reason, retryAfterMillis, text));
        }
    }

    private void endOwn(OfflineReason reason) {
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
        loseOthers();
    }

    @Override
    protected void onEnded(CloseReason reason, @Nullable Throwable cause) {
        loop.ended(this);
        if (reason == CloseReason.WRITE_STALLED) {
            loop.counters.add(Counter.WRITE_STALLS, 1);
        }
        try {
            if (own != null) {
                own.loseConnection();
            }
        } finally {
            loseOthers();
        }
    }

    /**
     * Whatever became of the connection's own node, the others may come back over another
     * connection.
     */
    private void loseOthers() {
        if (attached != null) {
            attached.forEach(NodeBinding::loseConnection);
            attached = null;
        }
    }

    InetSocketAddress remoteAddress() {
        return connection.remoteAddress();
    }

    int rttMicros() {
        return rttMicros;
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
    long underWayNs(NodeBinding binding) {
        return binding == own ? underWayNs() : Long.MAX_VALUE;
    }

    @Override
    protected void onBytesRead(int bytes) {
        loop.counters.add(Counter.BYTES_IN, bytes);
        readSinceBeat = Math.min(readSinceBeat + bytes, PartialFrame.MIN_GAIN);
    }

    /**
     * The client hears of the server by the answers to its beats. Under much traffic without a
     * beat, they wait behind it, in the client's kernel perhaps, and a PING takes the place of the
     * answers.
     */
    @Override
    protected void onDecoded() {
        if (readSinceBeat >= PartialFrame.MIN_GAIN && state == State.REGISTERED) {
            long nowNs = shard.clock().nowNs();
            if (nowNs - beatNs > loop.overdueNs() && connection.isWritable()) {
                heardBeat(nowNs);
                encoder.ping();
            }
        }
    }

    private void heardBeat(long nowNs) {
        beatNs = nowNs;
        readSinceBeat = 0;
    }

    @Override
    protected void onErrorSent(ErrorCode code) {
        loop.counters.error(code);
        if (RegistrationHandler.REFUSALS.contains(code)) {
            loop.counters.add(Counter.REGISTRATIONS_REFUSED, 1);
        }
    }

    @Override
    protected Multiplexer newMultiplexer() {
        ServerOptions options = loop.server.options;
        return new Multiplexer(
                this,
                connection,
                encoder,
                this,
                senders,
                new Multiplexer.Credits(terms.connectionCredit(), terms.channelCredit(), options.windowBytes()),
                new Multiplexer.Limits(
                        2,
                        options.maxMessageBytes(),
                        options.maxChannels(),
                        terms.maxChannels(),
                        options.maxWindowBytes(),
                        new Multiplexer.Arrival(
                                options.fragmentTimeout().toNanos(),
                                options.slowMessageGrace().toNanos(),
                                options.minMessageBytesPerSecond()),
                        options.heartbeatInterval().toNanos()),
                loop.server.budget);
    }

    @Override
    protected long writeStallNs() {
        return loop.server.options.writeStallTimeout().toNanos();
    }
}
