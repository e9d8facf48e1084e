package dev.heartbeat.internal.queue;

import dev.heartbeat.internal.frame.Envelope;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answers that one application owes, so that an asker who gives up finds its request. The
 * oldest are forgotten if there are too many: those can be answered, and not be cancelled any more.
 * Any thread may call any method.
 */
final class PendingReplies {
    private final int limit;
    private final CallbackOrder order;
    /** Oldest first. */
    private final Map<PendingReply.Key, PendingReply> due = new LinkedHashMap<>();

    PendingReplies(int limit, CallbackOrder order) {
        this.limit = limit;
        this.order = order;
    }

    CallbackOrder order() {
        return order;
    }

    /** A request has come. */
    synchronized PendingReply add(Envelope request) {
        PendingReply answer = new PendingReply(keyOf(request), this);
        due.put(answer.key(), answer);
        if (due.size() > limit) {
            Iterator<PendingReply> oldest = due.values().iterator();
            oldest.next();
            oldest.remove();
        }
        return answer;
    }

    synchronized void remove(PendingReply answer) {
        due.remove(answer.key(), answer);
    }

    /** Its asker waits no more. False if it is not due, or was forgotten. */
    boolean cancel(Envelope request) {
        PendingReply answer;
        synchronized (this) {
            answer = due.remove(keyOf(request));
        }
        if (answer != null) {
            answer.cancel();
        }
        return answer != null;
    }

    private static PendingReply.Key keyOf(Envelope request) {
        return new PendingReply.Key(request.source(), request.correlation());
    }
}
