package dev.heartbeat.tls;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the handshakes that are under way, which have an engine each. The others wait in their
 * order, with what their peers have sent so far. While some wait, handshakes end whose peers owe an
 * answer for long, so that slow peers do not keep others out. Any thread.
 */
final class HandshakePlaces {
    /** Patience with an honest peer's answer that has to be sent twice. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);

    private final int limit;
    private final Set<Handshake> waiting = new LinkedHashSet<>();
    /** Handshakes that have a place and wait for their peer, each with the time since when. */
    private final Map<Handshake, Long> resting = new LinkedHashMap<>();

    private volatile int taken;
    /** Handshakes that were asked for their place and have it still. */
    private int wanted;

    HandshakePlaces(int limit) {
        this.limit = limit;
    }

    /** Takes a place, or has the handshake wait for one. */
    boolean take(Handshake handshake, long nowNs) {
        synchronized (this) {
            if (taken < limit) {
                taken++;
                return true;
            }
            waiting.add(handshake);
        }
        askSlowPeers(nowNs);
        return false;
    }

    /** Ends handshakes whose peers are slow, as many as others wait. */
    void askSlowPeers(long nowNs) {
        if (taken == limit) {
            slowest(nowNs).forEach(Handshake::onPlaceWanted);
        }
    }

    private synchronized List<Handshake> slowest(long nowNs) {
        List<Handshake> slow = new ArrayList<>();
        Iterator<Map.Entry<Handshake, Long>> longest = resting.entrySet().iterator();
        while (wanted < waiting.size() && longest.hasNext()) {
            Map.Entry<Handshake, Long> next = longest.next();
            if (nowNs - next.getValue() < PATIENCE_NS) {
                break;
            }
            longest.remove();
            slow.add(next.getKey());
            wanted++;
        }
        return slow;
    }

    /** A handshake that has a place waits for its peer from now on. */
    synchronized void rest(Handshake handshake, long nowNs) {
        resting.put(handshake, nowNs);
    }

    /** Its peer has answered, or it has ended. */
    synchronized void goOn(Handshake handshake) {
        resting.remove(handshake);
    }

    void giveBack() {
        Handshake next = nextOrFree();
        if (next != null) {
            next.onPlace();
        }
    }

    private synchronized @Nullable Handshake nextOrFree() {
        wanted = Math.max(0, wanted - 1);
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

    int taken() {
        return taken;
    }

    synchronized int waiting() {
        return waiting.size();
    }
}
