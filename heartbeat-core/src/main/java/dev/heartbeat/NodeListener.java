package dev.heartbeat;

import java.nio.ByteBuffer;

/**
 * Hears what becomes of nodes. For each stay of a node, from its registration to its end, the calls
 * match {@code online (suspect online)* suspect? offline}.
 *
 * <p><b>Threads.</b> Calls for one node are never concurrent and come in order, in one line with
 * the node's messages: a node's {@code onOffline} follows every message of it that was received
 * before. Different nodes run side by side on the transport's worker threads, or on the
 * application's own ({@link ServerSetters#callbackExecutor}). A call may block: it delays its own
 * node only, as long as worker threads are left ({@link
 * dev.heartbeat.spi.TransportOptions.Builder#workerThreads}). An exception from it is logged,
 * counted, and affects nothing else. Several listeners of one server are called one after the other
 * ({@link HeartbeatServer.Builder#listener}), so each delays those behind it.
 *
 * <p><b>Bound.</b> While a listener is busy with a node, at most {@value #MAX_PENDING_EVENTS}
 * further events of that node wait for it; beyond that, transitions that cancel each other out are
 * not reported one by one but counted ({@link LivenessStats#coalescedEvents}), and the last state
 * always is. So a listener that fell behind has nothing to fetch: its next event agrees with its
 * last. One that lost its own books (it threw, or began late) writes them anew from
 * {@link HeartbeatServer#nodes()}, whose epochs say which of two accounts of a node is newer.
 *
 * @since 0.1
 */
public interface NodeListener {

    /** The most events of one node that wait to be reported one by one. */
    int MAX_PENDING_EVENTS = 16;

    /** It registered, or came back from suspicion; after a reconnect the epoch is a new one. */
    default void onOnline(Node node) {}

    /** It may be gone; either {@link #onOnline} or {@link #onOffline} follows. */
    default void onSuspect(Node node, SuspectReason reason) {}

    /**
     * It has replaced its metadata while it was registered. If it makes several changes faster than
     * this is called, only the newest is reported.
     */
    default void onUpdated(Node node) {}

    /**
     * Two processes run with its identity: both were restored from one snapshot of a process, or of
     * the machine. Each took the node from the other while that was alive, and the one whose
     * connection was the older was now sent away for good; its client closes with
     * {@link CloseReason#DUPLICATE_IDENTITY}. The node itself stays as it is. Called once for each
     * process that is sent away; one call may stand for several while the listener is busy with the
     * node.
     */
    default void onDuplicateIdentity(Node node) {}

    /** It is gone. Nothing follows for this stay. */
    default void onOffline(Node node, OfflineReason reason) {}

    /**
     * A message was refused as {@link SendResult#FULL}, and half of the node's queue is free again.
     */
    default void onWritable(Node node) {}

    /**
     * A message that {@link HeartbeatServer#trySend} had accepted was not delivered: its node went
     * offline, its connection was lost while the message was on its way, so that part of it may
     * have arrived, or it had to leave a full queue for a newer one to a group
     * ({@link SlowMemberPolicy#DROP_OLDEST}). The message's content is as it was given; the buffer
     * belongs to the application again. One that was sent to many comes as a read-only view. A
     * message that its node refused ({@link UndeliveredException.Reason#REFUSED}) comes here too,
     * even if its {@link HeartbeatServer#send} had completed; then as a view of its buffer.
     *
     * <p>Of several listeners each has a position and a limit of its own. The buffer belongs to the
     * one that was added last, and each other gets a view of it, which is valid until the call
     * returns.
     */
    default void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {}

    /**
     * The mass guard began to hold verdicts of silence, began to release them, or ended
     * ({@link HeartbeatServer.Builder#massGuardShare}). While it holds them, much of the fleet is
     * SUSPECT, and the fault may well be on this side: a good time for an alarm, and a bad one for
     * moving everybody's work. Not in order with any node's events; a slow listener receives only
     * the latest.
     */
    default void onMassGuard(MassGuardStatus status) {}
}
