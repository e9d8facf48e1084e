package dev.heartbeat.internal.node;

import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.NodeState;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SuspectReason;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Two loops change one node at the same time, and others look. */
public final class TransitionRace {
    private TransitionRace() {}

    /** Another process takes a node over while the silence of the old one is judged. */
    @JCStressTest
    @Outcome(
            id = "online1 suspect1 offline1 online2, counted 100, held 1",
            expect = Expect.ACCEPTABLE,
            desc = "The old registration was suspected, then replaced.")
    @Outcome(
            id = "online1 offline1 online2, counted 100, held 1",
            expect = Expect.ACCEPTABLE,
            desc = "The old registration was replaced, after which its silence means nothing.")
    @Outcome(
            expect = Expect.FORBIDDEN,
            desc = "A displaced registration changed the node, or events and truth are apart.")
    @State
    public static class TakeoverAndSilence {
        private final Nodes nodes = new Nodes();
        private final Registration old = nodes.register(1, 1);

        @Actor
        public void newLoop() {
            nodes.register(2, 1);
        }

        @Actor
        public void oldLoop() {
            old.entry().suspect(old, SuspectReason.SILENT);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            nodes.environment.work();
            result.r1 = nodes.told();
            result.r2 = nodes.counted();
        }
    }

    /** The same process registers again while the end of its old connection ends the node. */
    @JCStressTest
    @Outcome(
            id = "online1 suspect1 online1, counted 100, held 1",
            expect = Expect.ACCEPTABLE,
            desc = "It came back in time; the old connection's end means nothing.")
    @Outcome(
            id = "online1 offline1 online1, counted 100, held 1",
            expect = Expect.ACCEPTABLE,
            desc = "The node had ended; a new stay begins.")
    @Outcome(
            expect = Expect.FORBIDDEN,
            desc = "The node is gone though it is registered, or events and truth are apart.")
    @State
    public static class ReturnAndEnd {
        private final Nodes nodes = new Nodes();
        private final Registration old = nodes.register(1, 1);

        @Actor
        public void newLoop() {
            nodes.register(1, 2);
        }

        @Actor
        public void oldLoop() {
            old.entry().end(old, OfflineReason.CLOSED);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            nodes.environment.work();
            result.r1 = nodes.told();
            result.r2 = nodes.counted();
        }
    }

    /** Two processes register the same id at once. */
    @JCStressTest
    @Outcome(
            id = {"online1 offline1 online2, counted 100, held 1", "online2 offline2 online1, counted 100, held 1"},
            expect = Expect.ACCEPTABLE,
            desc = "Whoever was later has the node, and the other was replaced.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have the node, or nobody.")
    @State
    public static class TwoTakeovers {
        private final Nodes nodes = new Nodes();

        @Actor
        public void first() {
            nodes.register(1, 1);
        }

        @Actor
        public void second() {
            nodes.register(2, 1);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            nodes.environment.work();
            result.r1 = nodes.told();
            result.r2 = nodes.counted();
        }
    }

    /** Somebody looks a node up while it is taken over: what is seen belongs together. */
    @JCStressTest
    @Outcome(id = "process 1, epoch 1, ONLINE", expect = Expect.ACCEPTABLE, desc = "Before the takeover.")
    @Outcome(id = "process 2, epoch 2, ONLINE", expect = Expect.ACCEPTABLE, desc = "After the takeover.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A node between two registrations, or none.")
    @State
    public static class TakeoverAndLookup {
        private final Nodes nodes = new Nodes();
        private final long epochBefore = nodes.register(1, 1).epoch() - 1;

        @Actor
        public void loop() {
            nodes.register(2, 1);
        }

        @Actor
        public void application(L_Result result) {
            Node node = nodes.table.find("n1").orElse(null);
            result.r1 = node == null
                    ? "none"
                    : "process " + node.incarnation() + ", epoch " + (node.epoch() - epochBefore) + ", " + node.state();
        }
    }

    /**
     * Somebody counts the nodes while one becomes suspect. The counters are two, so a count may be
     * read between them.
     */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "Before.")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "After.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Between the two counters.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE_INTERESTING, desc = "The first was read before, the second after.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A node is counted twice in one state.")
    @State
    public static class SuspicionAndCount {
        private final Nodes nodes = new Nodes();
        private final Registration registered = nodes.register(1, 1);

        @Actor
        public void loop() {
            registered.entry().suspect(registered, SuspectReason.SILENT);
        }

        @Actor
        public void application(II_Result result) {
            result.r1 = (int) nodes.table.count(NodeState.ONLINE);
            result.r2 = (int) nodes.table.count(NodeState.SUSPECT);
        }
    }

    /**
     * A message is offered while its node ends. The result is whether it was accepted, and how
     * often it was reported as undelivered.
     */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Accepted before the end, and told with it.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Refused.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Accepted and lost, or refused and told.")
    @State
    public static class MessageAndEnd {
        private final Nodes nodes = new Nodes();
        private final Registration registered = nodes.register(1, 1);

        @Actor
        public void application(II_Result result) {
            result.r1 = nodes.offer() ? 1 : 0;
        }

        @Actor
        public void loop() {
            registered.entry().end(registered, OfflineReason.CLOSED);
        }

        @Arbiter
        public void afterwards(II_Result result) {
            nodes.environment.work();
            result.r2 = nodes.undelivered();
        }
    }

    /**
     * A node comes and goes while a listener that fell behind catches up. The result is whether the
     * last event is the truth.
     */
    @JCStressTest
    @Outcome(
            id = "online1",
            expect = Expect.ACCEPTABLE,
            desc = "Whatever was left out, the last event is the last state.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The listener believes what is not true.")
    @State
    public static class BacklogAndListener {
        private final Nodes nodes = new Nodes();
        private final Registration registered = nodes.register(1, 1);

        public BacklogAndListener() {
            for (int i = 1; i < NodeListener.MAX_PENDING_EVENTS; i += 2) {
                comeAndGo();
            }
        }

        private void comeAndGo() {
            registered.entry().suspect(registered, SuspectReason.SILENT);
            registered.entry().recover(registered);
        }

        @Actor
        public void worker() {
            nodes.environment.work();
        }

        @Actor
        public void loop() {
            comeAndGo();
        }

        @Arbiter
        public void afterwards(L_Result result) {
            nodes.environment.work();
            String told = nodes.told();
            result.r1 = told.substring(told.lastIndexOf(' ') + 1);
        }
    }
}
