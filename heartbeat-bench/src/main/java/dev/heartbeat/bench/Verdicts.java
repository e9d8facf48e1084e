package dev.heartbeat.bench;

import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** How often some nodes were suspected, and given up. */
final class Verdicts implements NodeListener {
    private final Predicate<String> of;
    private final LongAdder suspect = new LongAdder();
    private final LongAdder offline = new LongAdder();

    /** Of the nodes with such ids. */
    Verdicts(Predicate<String> of) {
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

    long suspect() {
        return suspect.sum();
    }

    long offline() {
        return offline.sum();
    }
}
