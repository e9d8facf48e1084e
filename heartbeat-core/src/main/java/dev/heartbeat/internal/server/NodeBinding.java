package dev.heartbeat.internal.server;

import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.Node;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.channel.ChannelCounts;
import dev.heartbeat.internal.channel.ChannelEnd;
import dev.heartbeat.internal.channel.ChannelOwner;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.liveness.PeerMonitor;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.mux.Sender;
import dev.heartbeat.internal.node.Registration;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.internal.server.Measures.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A node's place on a connection: the one object that the bus keeps of it beside its entry and its
 * registration. It turns the verdicts on the node into what is known of it, passes to its session
 * what others decide, and has its turn when messages wait. The session knows the differences
 * between the connection's own node and those a gateway speaks for.
 */
final class NodeBinding extends PeerMonitor implements Registration.Owner, ChannelOwner, Sender, Runnable {
    private static final VarHandle JOINED;

    static {
        try {
            JOINED = MethodHandles.lookup().findVarHandle(NodeBinding.class, "joined", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ServerSession session;
    private final int handle;
    private @Nullable Registration registration;

    /**
     * Whether it has a turn coming, or the command for one is under way; set by any thread, cleared
     * by the loop.
     */
    @SuppressWarnings("unused") // Through JOINED.
    private volatile boolean joined;

    NodeBinding(ServerSession session, int handle) {
        this.session = session;
        this.handle = handle;
    }

    /** The node is registered. */
    void begin(Registration granted) {
        registration = granted;
        granted.begins(session.shard.nowNs());
        start();
    }

    Registration registration() {
        return Objects.requireNonNull(registration);
    }

    @Override
    public int handle() {
        return handle;
    }

    boolean isCurrent() {
        return registration().entry().isCurrent(registration());
    }

    /** Ends a stay whose end nobody else was asked to report to the peer. */
    void end(OfflineReason reason) {
        stop();
        registration().entry().end(registration(), reason);
    }

    /** The connection is lost, or about to be: only the grace counts from now on. */
    void loseConnection() {
        if (session.loop.server.isDraining()) {
            end(OfflineReason.SHUTDOWN);
        } else if (!isCurrent()) {
            stop();
        } else if (session.loop.graceNs() == 0) {
            end(OfflineReason.CLOSED);
        } else {
            registration().entry().lose(registration(), votes());
            lost();
        }
    }

    /**
     * Whether its loss speaks for the fault being on this side: nodes that have hardly been here
     * lose nothing by being lost, and come at any number.
     */
    private boolean votes() {
        return registration().hasLasted(session.loop.provenNs(), session.shard.nowNs()) && session.mayVote();
    }

    /** The node is back over another connection. */
    void moveOn() {
        if (suspectedNs() >= 0) {
            session.loop.measures.record(Kind.RECOVERY, suspectedNs());
        }
        stop();
    }

    // ---- verdicts

    @Override
    protected Watch watch() {
        return session.loop;
    }

    @Override
    protected long othersSilentNs() {
        return session.gatewaySilentNs(this);
    }

    @Override
    protected long underWayNs() {
        return session.underWayNs(this);
    }

    @Override
    protected void onSuspect() {
        if (registration().entry().suspect(registration(), SuspectReason.SILENT, votes())) {
            session.suspected(this);
        }
    }

    @Override
    protected void onRecovered() {
        session.loop.measures.record(
                Kind.RECOVERY, silentNs() - session.loop.detector().suspectAfterNs());
        session.recovered(this);
        registration().entry().recover(registration());
    }

    @Override
    protected void onReprieved() {
        session.loop.held.withdraw(this);
    }

    @Override
    protected boolean onGivenUp(boolean lost) {
        if (!lost && session.waitsForGateway(this) || session.loop.held.holds(this)) {
            return false;
        }
        session.loop.measures.record(Kind.DETECTION, silentNs());
        registration().entry().end(registration(), lost ? OfflineReason.CLOSED : OfflineReason.TIMEOUT);
        if (!lost) {
            session.timedOut(this);
        }
        return true;
    }

    // ---- what others decide, on any thread

    @Override
    public InetSocketAddress remoteAddress() {
        return session.remoteAddress();
    }

    @Override
    public boolean hasOwnConnection() {
        return handle == 0;
    }

    @Override
    public int rttMicros() {
        return handle == 0 ? session.rttMicros() : 0;
    }

    @Override
    public int maxMessageBytes() {
        return session.maxMessageBytes();
    }

    @Override
    public void cancel(Envelope request) {
        session.shard.execute(() -> session.cancel(this, request));
    }

    @Override
    public void notPassedOn(String text) {
        session.shard.execute(() -> session.notPassedOn(this, text));
    }

    @Override
    public void superseded() {
        session.shard.execute(() -> session.superseded(this));
    }

    @Override
    public void ended(OfflineReason reason, String text) {
        session.shard.execute(() -> session.ended(this, reason, text));
    }

    /** The connection drains with its own node. */
    @Override
    public void drain(long retryAfterMillis) {
        if (handle == 0) {
            session.shard.execute(() -> session.drain(retryAfterMillis));
        }
    }

    // ---- channels

    /** Opens a channel to the node. Any thread. */
    ChannelEnd open(String name, ChannelOptions options, ChannelListener listener) {
        ChannelEnd end = ChannelEnd.opening(this, session.shard, name, options, session.maxMessageBytes(), listener);
        session.shard.execute(() -> session.open(end, handle));
        return end;
    }

    @Override
    public Loop loop() {
        return session.shard;
    }

    @Override
    public String nodeId() {
        return registration().entry().id();
    }

    @Override
    public Node node() {
        return registration().entry().snapshot(registration());
    }

    @Override
    public CallbackThreads callbackThreads() {
        return session.loop.server.callbackThreads;
    }

    @Override
    public void requireMayWait(String call) {
        session.loop.server.requireMayWait(call);
    }

    @Override
    public ChannelCounts counts() {
        return session.loop.server.channels;
    }

    @Override
    public void onMessageIn() {
        session.loop.counters.add(Counter.MESSAGES_IN, 1);
    }

    @Override
    public void onFailure(String of, Throwable failure) {
        session.loop.server.callbackFailed(of, failure);
    }

    // ---- messages

    @Override
    public void wake() {
        if (join()) {
            session.shard.execute(this);
        }
    }

    /** On the loop: it has messages. */
    @Override
    public void run() {
        session.offers(this);
    }

    @Override
    public boolean join() {
        return JOINED.compareAndSet(this, false, true);
    }

    @Override
    public void dequeued() {
        JOINED.setVolatile(this, false);
    }

    @Override
    public void poll(MessageList to, long room) {
        Mailbox mailbox = mailbox();
        if (mailbox != null) {
            mailbox.poll(registration(), handle, room, to);
        }
    }

    @Override
    public boolean hasMore() {
        Mailbox mailbox = mailbox();
        return mailbox != null && mailbox.hasMore();
    }

    @Override
    public void onSent(OutgoingMessage message) {
        Objects.requireNonNull(mailbox()).onSent(message);
    }

    @Override
    public void undelivered(OutgoingMessage message, Reason reason) {
        Objects.requireNonNull(mailbox()).undelivered(message, reason);
    }

    private @Nullable Mailbox mailbox() {
        return registration().entry().mailbox(registration());
    }
}
