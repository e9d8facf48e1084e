package dev.heartbeat.internal.queue;

import dev.heartbeat.internal.frame.Envelope;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answers that one application owes, so that an asker who gives up finds its request. Of too many
 * the oldest are forgotten: those can be answered, and not be cancelled any more. Any thread may call
 * any method.
 */
final class DueAnswers {
    private final int limit;
    private final Line line;
    /** Oldest first. */
    private final Map<DueAnswer.Key, DueAnswer> due = new LinkedHashMap<>();

    DueAnswers(int limit, Line line) {
        this.limit = limit;
        this.line = line;
    }

    Line line() {
        return line;
    }

    /** A request has come. */
    synchronized DueAnswer add(Envelope request) {
        DueAnswer answer = new DueAnswer(keyOf(request), this);
        due.put(answer.key(), answer);
        if (due.size() > limit) {
            Iterator<DueAnswer> oldest = due.values().iterator();
            oldest.next();
            oldest.remove();
        }
        return answer;
    }

    synchronized void remove(DueAnswer answer) {
        due.remove(answer.key(), answer);
    }

    /** Its asker waits no more. False if it is not due, or was forgotten. */
    boolean cancel(Envelope request) {
        DueAnswer answer;
        synchronized (this) {
            answer = due.remove(keyOf(request));
        }
        if (answer != null) {
            answer.cancel();
        }
        return answer != null;
    }

    private static DueAnswer.Key keyOf(Envelope request) {
        return new DueAnswer.Key(request.source(), request.correlation());
    }
}
