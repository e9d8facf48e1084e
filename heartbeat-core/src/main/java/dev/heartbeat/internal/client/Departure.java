package dev.heartbeat.internal.client;

import dev.heartbeat.CloseReason;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;
import org.jspecify.annotations.Nullable;

/**
 * The end of a client's session in good order, because the server asks for it or the application
 * does. What was accepted leaves first, within the time to drain. Confined to the loop.
 */
final class Departure {
    private final Client client;
    private final ClientSession session;
    private final Shard shard;

    /** Bounds how long it drains; null while it does not. */
    private @Nullable Deadline limit;
    /**
     * Whether the application is to handle what came, and to hear what it asked for, before the
     * connection ends.
     */
    private boolean handlesFirst;

    Departure(Client client, ClientSession session, Shard shard) {
        this.client = client;
        this.session = session;
        this.shard = shard;
    }

    /**
     * The server asks to go: the application first handles what came, and what it answers and asks
     * meanwhile still goes out; then what was accepted leaves; then the connection ends.
     */
    void onGoAway(CloseReason reason) {
        leaveInOrder(() -> session.finish(reason));
    }

    /** The client goes to another server: as if this one had asked, and with a goodbye. */
    void onMove() {
        leaveInOrder(session::sayGoodbye);
    }

    private void leaveInOrder(Runnable end) {
        session.registerNoMore();
        handlesFirst = true;
        limitToProgress(session.progress());
        session.afterDraining(() -> {
            handlesFirst = false;
            client.mailbox.seal();
            session.sealAttached();
            // Behind the commands of threads that had a message accepted before.
            shard.execute(() -> {
                if (!client.isLeaving()) {
                    session.endChannels();
                    limitToProgress(session.progress());
                    session.afterDraining(end);
                }
            });
        });
    }

    /** The application closes the client. */
    void onClose() {
        session.registerNoMore();
        handlesFirst = false;
        session.wake(); // A message may have been accepted whose turn is not yet asked for.
        session.endChannels();
        limit(session::stopDraining);
        session.afterDraining(session::sayGoodbye);
    }

    /** Whether the application has handled what it is to handle first. */
    boolean isReady() {
        return !handlesFirst || session.isHandled() && !client.awaitsReplies();
    }

    /**
     * A server that does not let it go, or an application that does not get on, must not hold the
     * node for ever.
     */
    private void limitToProgress(long before) {
        limit(() -> {
            if (session.progress() == before) {
                session.stopDraining();
            } else if (session.isDraining()) {
                limitToProgress(session.progress());
            }
        });
    }

    private void limit(Runnable action) {
        cancelLimit();
        Deadline next = new Deadline(action);
        limit = next;
        shard.arm(next, client.options.drainTimeout().toNanos());
    }

    void cancelLimit() {
        if (limit != null) {
            shard.cancel(limit);
            limit = null;
        }
    }
}
