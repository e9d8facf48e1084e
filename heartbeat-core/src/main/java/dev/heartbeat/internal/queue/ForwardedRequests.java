package dev.heartbeat.internal.queue;

import dev.heartbeat.internal.frame.Envelope;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The requests that were passed on to one node for others and that it has not answered, so that an
 * asker who gives up finds its request. The oldest are forgotten if there are too many. Any thread
 * may call any method.
 */
final class ForwardedRequests {
    private final int limit;
    /** Keyed by source and correlation, oldest first. */
    private final Map<PendingReply.Key, OutgoingMessage> requests = new LinkedHashMap<>();

    ForwardedRequests(int limit) {
        this.limit = limit;
    }

    /** The node is about to be asked. */
    synchronized void add(OutgoingMessage request) {
        requests.put(keyOf(request.envelope().source(), request.envelope()), request);
        if (requests.size() > limit) {
            Iterator<OutgoingMessage> oldest = requests.values().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** The request that this asker waits for no more; null if it was answered, or forgotten. */
    synchronized @Nullable OutgoingMessage remove(Envelope request) {
        return requests.remove(keyOf(request.source(), request));
    }

    /** The node answers this asker. Returns whether it was asked, and had not answered before. */
    synchronized boolean answered(Envelope answer) {
        return requests.remove(keyOf(answer.destination(), answer)) != null;
    }

    private static PendingReply.Key keyOf(@Nullable String asker, Envelope envelope) {
        return new PendingReply.Key(Objects.requireNonNull(asker), envelope.correlation());
    }
}
