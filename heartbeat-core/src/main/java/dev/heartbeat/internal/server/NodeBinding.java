package dev.heartbeat.internal.server;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.CloseReason;
import dev.heartbeat.Node;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.channel.ChannelEnd;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.liveness.PeerMonitor;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.mux.Sender;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.internal.queue.Tracing;
import dev.heartbeat.internal.server.Measures.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A node's place on a connection: the one object that the bus keeps of it beside its entry and its
 * registration. It turns the verdicts on the node into what is known of it, passes to its session
 * what others decide, and has its turn when messages wait. The connection's own node is an
 * {@link OwnBinding}; each node that a gateway speaks for is an {@link AttachedBinding}.
 */
abstract class NodeBinding extends PeerMonitor implements Registration.Owner, ChannelOwner, Sender, Runnable {
    private static final VarHandle JOINED;

    static {
        try {
            JOINED = MethodHandles.lookup().findVarHandle(NodeBinding.class, "joined", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final ServerSession session;
    private @Nullable Registration registration;

    /**
     * Whether it has a turn coming, or the command for one is under way; set by any thread, cleared
     * by the loop.
     */
    @SuppressWarnings("unused") // Through JOINED.
    private volatile boolean joined;

    NodeBinding(ServerSession session) {
        this.session = session;
    }

    // ---- what the connection's own node and a gateway's differ in

    /** The connection's own node. */
    abstract OwnBinding gateway();

    /** What was granted to it by a credential of its own; null if it has none. */
    abstract @Nullable Standing standing();

    /** The node is admitted, and begins next. */
    abstract void takePlace();

    /**
     * The node is not admitted.
     *
     * @param end how the connection ends with its own node; null where it goes on
     */
    abstract void refuse(ProtocolException why, @Nullable CloseReason end) throws ProtocolException;

    /** Likewise, and is sent away. */
    abstract void turnAway(GoAwayReason why, CloseReason end, long retryAfterMillis, String text);

    /** Likewise, for a reason that may pass: there is no room. */
    abstract void refuseForNow(String why);

    /** The node takes its leave. */
    abstract void unregister();

    /** The node is silent. */
    abstract void suspected();

    /** The node is heard again. */
    abstract void recovered();

    /**
     * Whether the node may be silent because its whole connection is: then it is lost with the
     * connection, and may come back over another.
     */
    abstract boolean waitsForGateway();

    /** Sends the node away. */
    abstract void sendAway(GoAwayReason why, CloseReason end, long retryAfterMillis, String text);

    /** The node is registered over another connection. */
    abstract void onSuperseded();

    // ---- its stay

    /** The node is registered. */
    final void begin(Registration granted) {
        registration = granted;
        granted.begins(session.shard.nowNs());
        start();
        Standing standing = standing();
        if (standing != null) {
            standing.begin();
        }
    }

    /** Whether it was registered. */
    final boolean hasBegun() {
        return registration != null;
    }

    final Registration registration() {
        return Objects.requireNonNull(registration);
    }

    final boolean isCurrent() {
        return registration().entry().isCurrent(registration());
    }

    /** Ends a stay whose end nobody else was asked to report to the peer. */
    final void end(OfflineReason reason) {
        stop();
        endStanding();
        registration().entry().end(registration(), reason);
    }

    /** The connection is lost, or about to be: only the grace counts from now on. */
    final void loseConnection() {
        endStanding();
        if (session.loop.server.hasStoppedAccepting()) {
            end(OfflineReason.SHUTDOWN);
        } else if (!isCurrent()) {
            stop();
        } else if (session.loop.graceNs() == 0) {
            end(lossReason());
        } else {
            registration().entry().lose(registration(), !hasExpired() && votes());
            lost();
        }
    }

    /**
     * The node's grant is no longer valid. It loses its connection, and may come back with
     * another credential.
     */
    final void expire(String text) {
        loseConnection();
        sendAway(GoAwayReason.EXPIRED, CloseReason.EXPIRED, 0, text);
    }

    private OfflineReason lossReason() {
        return hasExpired() ? OfflineReason.EXPIRED : OfflineReason.CLOSED;
    }

    private boolean hasExpired() {
        Standing standing = standing();
        return standing != null && standing.hasExpired();
    }

    /** No further credential is judged, and the time of the last runs no more. */
    final void endStanding() {
        Standing standing = standing();
        if (standing != null) {
            standing.end();
        }
    }

    /**
     * Whether its loss speaks for the fault being on this side: nodes that have hardly been here
     * lose nothing by being lost, and come at any number.
     */
    private boolean votes() {
        return registration().hasLasted(session.loop.provenNs(), session.shard.nowNs())
                && gateway().mayVote();
    }

    /** The node is back over another connection. */
    final void moveOn() {
        if (suspectedNs() >= 0) {
            session.loop.measures.record(Kind.RECOVERY, suspectedNs());
        }
        stop();
        endStanding();
    }

    private void onEnded(OfflineReason reason, String text) {
        stop();
        endStanding();
        switch (reason) {
            case REPLACED -> sendAway(GoAwayReason.REPLACED, CloseReason.REPLACED, GoAway.NEVER, text);
            case KICKED -> sendAway(GoAwayReason.KICKED, CloseReason.KICKED, GoAway.NEVER, text);
            default -> sendAway(GoAwayReason.SHUTDOWN, CloseReason.SHUTDOWN, 0, text);
        }
    }

    // ---- verdicts

    @Override
    protected final Watch watch() {
        return session.loop;
    }

    @Override
    protected final void onSuspect() {
        if (registration().entry().suspect(registration(), SuspectReason.SILENT, votes())) {
            suspected();
        }
    }

    @Override
    protected final void onRecovered() {
        session.loop.measures.record(
                Kind.RECOVERY, silentNs() - session.loop.detector().suspectAfterNs());
        recovered();
        registration().entry().recover(registration());
    }

    @Override
    protected final void onReprieved() {
        session.loop.held.withdraw(this);
    }

    @Override
    protected final boolean onGivenUp(boolean lost) {
        if (!lost && waitsForGateway() || session.loop.held.holds(this)) {
            return false;
        }
        session.loop.measures.record(Kind.DETECTION, silentNs());
        registration().entry().end(registration(), lost ? lossReason() : OfflineReason.TIMEOUT);
        if (!lost) {
            String whom = hasOwnConnection() ? "" : "of it ";
            sendAway(
                    GoAwayReason.TIMEOUT,
                    CloseReason.TIMEOUT,
                    0,
                    "nothing heard " + whom + "for the heartbeat timeout");
        }
        return true;
    }

    // ---- what others decide, on any thread

    @Override
    public final InetSocketAddress remoteAddress() {
        return session.remoteAddress();
    }

    @Override
    public final int maxMessageBytes() {
        return session.maxMessageBytes();
    }

    @Override
    public final void cancel(Envelope request) {
        session.shard.execute(() -> session.cancel(this, request));
    }

    @Override
    public final void notPassedOn(ErrorCode code, String text) {
        session.shard.execute(() -> session.notPassedOn(this, code, text));
    }

    @Override
    public final void superseded() {
        session.shard.execute(this::onSuperseded);
    }

    @Override
    public final void ended(OfflineReason reason, String text) {
        session.shard.execute(() -> onEnded(reason, text));
    }

    // ---- channels

    /** Opens a channel to the node. Any thread. */
    final ChannelEnd open(String name, ChannelOptions options, ChannelListener listener) {
        ChannelEnd end = ChannelEnd.opening(this, session.shard, name, options, session.maxMessageBytes(), listener);
        session.shard.execute(() -> session.open(end, handle()));
        return end;
    }

    /** The channels of the node that are opening or open. Any thread. */
    final CompletableFuture<List<Channel>> channels() {
        CompletableFuture<List<Channel>> channels = callbackThreads().newFuture();
        session.shard.execute(() -> channels.complete(session.endpoints(handle()).stream()
                .filter(Channel.class::isInstance)
                .map(Channel.class::cast)
                .toList()));
        return channels;
    }

    @Override
    public final Loop loop() {
        return session.shard;
    }

    @Override
    public final String nodeId() {
        return registration().entry().id();
    }

    @Override
    public final Node node() {
        return registration().entry().snapshot(registration());
    }

    @Override
    public final CallbackThreads callbackThreads() {
        return session.loop.server.callbackThreads;
    }

    @Override
    public final void requireMayWait(String call) {
        session.loop.server.requireMayWait(call);
    }

    @Override
    public final @Nullable Tracing tracing() {
        return session.loop.server.tracing();
    }

    @Override
    public final ChannelCounts counts() {
        return session.loop.server.channels;
    }

    @Override
    public final void onMessageIn() {
        session.loop.counters.add(Counter.MESSAGES_IN, 1);
    }

    @Override
    public final void onFailure(String of, Throwable failure) {
        session.loop.server.callbackFailed(of, failure);
    }

    // ---- messages

    @Override
    public final void wake() {
        if (join()) {
            session.shard.execute(this);
        }
    }

    /** On the loop: it has messages. */
    @Override
    public final void run() {
        session.offers(this);
    }

    @Override
    public final boolean join() {
        return JOINED.compareAndSet(this, false, true);
    }

    @Override
    public final void dequeued() {
        JOINED.setVolatile(this, false);
    }

    @Override
    public final void poll(MessageList to, long room) {
        Mailbox mailbox = mailbox();
        if (mailbox != null) {
            mailbox.poll(registration(), handle(), room, to);
        }
    }

    @Override
    public final boolean hasMore() {
        Mailbox mailbox = mailbox();
        return mailbox != null && mailbox.hasMore();
    }

    @Override
    public final void onSent(OutgoingMessage message) {
        Objects.requireNonNull(mailbox()).onSent(message);
    }

    @Override
    public final void undelivered(OutgoingMessage message, Reason reason) {
        Objects.requireNonNull(mailbox()).undelivered(message, reason);
    }

    private @Nullable Mailbox mailbox() {
        return registration().entry().mailbox(registration());
    }
}
