package dev.heartbeat.tls;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the handshakes that are under way, which have an engine each. The others wait in their
 * order, with what their peers have sent so far. Any thread.
 */
final class HandshakePlaces {
    private final int limit;
    private final Set<Handshake> waiting = new LinkedHashSet<>();
    private int taken;

    HandshakePlaces(int limit) {
        this.limit = limit;
    }

    /** Takes a place, or has the handshake wait for one. */
    synchronized boolean take(Handshake handshake) {
        if (taken < limit) {
            taken++;
            return true;
        }
        waiting.add(handshake);
        return false;
    }

    void giveBack() {
        Handshake next = nextOrFree();
        if (next != null) {
            next.onPlace();
        }
    }

    private synchronized @Nullable Handshake nextOrFree() {
        if (waiting.isEmpty()) {
            taken--;
            return null;
        }
        Handshake next = waiting.iterator().next();
        waiting.remove(next);
        return next;
    }

    /** It waits no more. */
    synchronized void forget(Handshake handshake) {
        waiting.remove(handshake);
    }

    synchronized int taken() {
        return taken;
    }

    synchronized int waiting() {
        return waiting.size();
    }
}
