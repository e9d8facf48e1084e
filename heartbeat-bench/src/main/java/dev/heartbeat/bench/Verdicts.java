package dev.heartbeat.bench;

import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** The number of times that some nodes were suspected, and given up. */
public final class Verdicts implements NodeListener {
    private final Predicate<String> of;
    private final LongAdder suspect = new LongAdder();
    private final LongAdder offline = new LongAdder();

    /** The verdicts on the nodes with such ids. */
    public Verdicts(Predicate<String> of) {
        this.of = of;
    }

    @Override
    public void onSuspect(Node node, SuspectReason reason) {
        if (of.test(node.id())) {
            suspect.increment();
        }
    }

    @Override
    public void onOffline(Node node, OfflineReason reason) {
        if (of.test(node.id())) {
            offline.increment();
        }
    }

    /** The number of times that one of them was suspected. */
    public long suspect() {
        return suspect.sum();
    }

    /** The number of times that one of them was given up. */
    public long offline() {
        return offline.sum();
    }
}
