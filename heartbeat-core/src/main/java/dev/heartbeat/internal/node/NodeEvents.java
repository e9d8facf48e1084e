package dev.heartbeat.internal.node;

import dev.heartbeat.MassGuardStatus;
import dev.heartbeat.MessageHandler;
import dev.heartbeat.MessageTracer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.Request;
import dev.heartbeat.RequestHandler;
import dev.heartbeat.RoutePolicy;
import dev.heartbeat.SuspectReason;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.queue.CallbackFailures;
import dev.heartbeat.internal.queue.CallbackThreads;
import dev.heartbeat.internal.queue.CountsBy;
import dev.heartbeat.internal.queue.SerialExecutor;
import dev.heartbeat.internal.queue.Tracing;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The application's end of every node's serial executor, and what went wrong there. */
public final class NodeEvents {
    static final String MASS_GUARD = "the mass guard";

    private final NodeListener listener;
    private final MessageHandler messages;
    private final RequestHandler requests;
    private final RoutePolicy routes;
    private final @Nullable Tracing tracing;
    private final CallbackThreads callbackThreads;

    private final SerialExecutor fleetLane = new SerialExecutor(new FleetLane());
    /** The report of the mass guard that is due; null if none is. */
    private final AtomicReference<@Nullable MassGuardStatus> guardNews = new AtomicReference<>();

    private final CallbackFailures failures = new CallbackFailures();
    private final LongAdder coalesced = new LongAdder();
    private final CountsBy<Reason> undelivered = new CountsBy<>(Reason.class);
    private final CountsBy<OfflineReason> ends = new CountsBy<>(OfflineReason.class);
    private final LongAdder notPassedOn = new LongAdder();
    private final LongAdder forbidden = new LongAdder();
    private final LongAdder unmatchedReplies = new LongAdder();

    /** For what concerns no node in particular. */
    private final class FleetLane implements SerialExecutor.Owner {
        @Override
        public Executor workers() {
            return callbackThreads.workers();
        }

        @Override
        public void onFailure(Throwable failure) {
            failed(MASS_GUARD, failure);
        }

        @Override
        public void onIdle() {}
    }

    /**
     * @param listeners hear of everything, in their order
     */
    public NodeEvents(
            List<NodeListener> listeners,
            MessageHandler messages,
            RequestHandler requests,
            RoutePolicy routes,
            @Nullable MessageTracer tracer,
            CallbackThreads callbackThreads) {
        this.listener = NodeListeners.of(listeners, this::failed);
        this.messages = messages;
        this.requests = requests;
        this.routes = routes;
        tracing = Tracing.of(tracer, this::failed);
        this.callbackThreads = callbackThreads;
    }

    CallbackThreads callbackThreads() {
        return callbackThreads;
    }

    /** Null where nobody traces. */
    public @Nullable Tracing tracing() {
        return tracing;
    }

    void online(Node node) {
        listener.onOnline(node);
    }

    void suspect(Node node, SuspectReason reason) {
        listener.onSuspect(node, reason);
    }

    void offline(Node node, OfflineReason reason) {
        listener.onOffline(node, reason);
    }

    /** A stay has ended; its end is reported later. */
    void countEnd(OfflineReason reason) {
        ends.add(reason);
    }

    public Map<OfflineReason, Long> ends() {
        return ends.read();
    }

    void updated(Node node) {
        listener.onUpdated(node);
    }

    void duplicateIdentity(Node node) {
        listener.onDuplicateIdentity(node);
    }

    void message(Node from, ByteBuffer content) {
        messages.onMessage(from, content);
    }

    void request(Node from, Request request) {
        requests.onRequest(from, request);
    }

    boolean allows(Node from, String toNodeId) {
        return routes.allows(from, toNodeId);
    }

    void notPassedOn() {
        notPassedOn.increment();
    }

    void forbidden() {
        forbidden.increment();
    }

    void writable(Node node) {
        listener.onWritable(node);
    }

    void unmatchedReply() {
        unmatchedReplies.increment();
    }

    void undelivered(Node node, ByteBuffer content, Reason reason) {
        listener.onUndelivered(node, content, reason);
    }

    void countUndelivered(Reason reason) {
        undelivered.add(reason);
    }

    /** Any thread; returns at once. If several wait, only the last is reported. */
    public void massGuard(MassGuardStatus status) {
        if (guardNews.getAndSet(status) == null) {
            fleetLane.add(() -> {
                MassGuardStatus latest = guardNews.getAndSet(null);
                if (latest != null) {
                    listener.onMassGuard(latest);
                }
            });
        }
    }

    public void failed(String of, Throwable failure) {
        failures.add(of, failure);
    }

    void coalesced() {
        coalesced.increment();
    }

    public long failureCount() {
        return failures.count();
    }

    public long coalescedCount() {
        return coalesced.sum();
    }

    public long notPassedOnCount() {
        return notPassedOn.sum();
    }

    public long forbiddenCount() {
        return forbidden.sum();
    }

    public long unmatchedReplyCount() {
        return unmatchedReplies.sum();
    }

    /** Messages that came back. */
    public CountsBy<Reason> undelivered() {
        return undelivered;
    }
}
