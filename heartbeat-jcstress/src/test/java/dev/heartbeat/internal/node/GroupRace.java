package dev.heartbeat.internal.node;

import dev.heartbeat.BroadcastResult;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.fake.FakeOwner;
import dev.heartbeat.internal.frame.SharedMessage;
import java.nio.ByteBuffer;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * The application joins nodes to groups and sends to those, while the loops begin and end the
 * nodes' stays.
 */
public final class GroupRace {
    private static final SharedMessage MESSAGE = SharedMessage.copyOf(ByteBuffer.allocate(1));

    private GroupRace() {}

    private static String members(Nodes nodes) {
        long members = nodes.table.group("red").count();
        if (members != nodes.table.groupSize("red")
                || members == 0 && nodes.table.groups().count() != 0) {
            return "the index is wrong";
        }
        return members + " in it";
    }

    /** A node is joined while its stay ends. */
    @JCStressTest
    @Outcome(id = "JOINED, 0 in it", expect = Expect.ACCEPTABLE, desc = "It was joined, and left with its end.")
    @Outcome(id = "NOT_REGISTERED, 0 in it", expect = Expect.ACCEPTABLE, desc = "It had ended.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A node that is gone is in a group.")
    @State
    public static class JoinAndEnd {
        private final Nodes nodes = new Nodes();
        private final Registration only = nodes.register(1, 1);

        @Actor
        public void application(LL_Result result) {
            result.r1 = nodes.table.join("red", "n1");
        }

        @Actor
        public void loop() {
            only.entry().end(only, OfflineReason.CLOSED);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r2 = members(nodes);
        }
    }

    /** A node is joined while its process registers over another connection. */
    @JCStressTest
    @Outcome(id = "JOINED, 1 in it", expect = Expect.ACCEPTABLE, desc = "It is joined, whichever registration it was.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Being joined was lost with a registration, though the stay goes on.")
    @State
    public static class JoinAndReturn {
        private final Nodes nodes = new Nodes();

        public JoinAndReturn() {
            nodes.register(1, 1);
        }

        @Actor
        public void application(LL_Result result) {
            result.r1 = nodes.table.join("red", "n1");
        }

        @Actor
        public void newLoop() {
            nodes.register(1, 2);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r2 = members(nodes);
        }
    }

    /** A node is joined while another process takes it over. */
    @JCStressTest
    @Outcome(id = "JOINED, 0 in it", expect = Expect.ACCEPTABLE, desc = "The old one was joined, and is gone.")
    @Outcome(id = "JOINED, 1 in it", expect = Expect.ACCEPTABLE, desc = "The new one was joined.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It is nobody's membership, or twice somebody's.")
    @State
    public static class JoinAndTakeover {
        private final Nodes nodes = new Nodes();

        public JoinAndTakeover() {
            nodes.register(1, 1);
        }

        @Actor
        public void application(LL_Result result) {
            result.r1 = nodes.table.join("red", "n1");
        }

        @Actor
        public void newLoop() {
            nodes.register(2, 1);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r2 = members(nodes);
        }
    }

    /**
     * A message is sent to a group while one member leaves, and another, who stays, changes what it
     * says of itself.
     */
    @JCStressTest
    @Outcome(id = "1 recipients, staying has 1", expect = Expect.ACCEPTABLE, desc = "The other had left.")
    @Outcome(id = "2 recipients, staying has 1", expect = Expect.ACCEPTABLE, desc = "The other had not left yet.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Who was a member all the time did not get it.")
    @State
    public static class SendAndMove {
        private final Nodes nodes = new Nodes();
        private final Registration staying = nodes.register(1, 1);
        private BroadcastResult sent;

        public SendAndMove() {
            staying.entry().changeMetadata(staying, Map.of("group", "red"));
            nodes.table.join("red", "n1");
            nodes.register("n2", 1, 1, new FakeOwner());
            nodes.table.join("red", "n2");
        }

        @Actor
        public void application() {
            sent = nodes.table.send("red", MESSAGE);
        }

        @Actor
        public void loop() {
            staying.entry().changeMetadata(staying, Map.of());
        }

        @Actor
        public void other() {
            nodes.table.leave("red", "n2");
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = sent.recipients() + " recipients";
            result.r2 = "staying has " + Nodes.take(staying);
        }
    }

    /** A message is sent to all while the only node ends. */
    @JCStressTest
    @Outcome(id = "1 accepted, 1 told", expect = Expect.ACCEPTABLE, desc = "It was accepted, and told with the end.")
    @Outcome(id = "0 accepted, 0 told", expect = Expect.ACCEPTABLE, desc = "The node was gone, and no recipient.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "An accepted message is lost in silence.")
    @State
    public static class SendAndEnd {
        private final Nodes nodes = new Nodes();
        private final Registration only = nodes.register(1, 1);
        private BroadcastResult sent;

        @Actor
        public void application() {
            sent = nodes.table.broadcast(MESSAGE);
        }

        @Actor
        public void loop() {
            only.entry().end(only, OfflineReason.CLOSED);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            nodes.environment.work();
            boolean counts = sent.recipients() == sent.accepted() + sent.full() + sent.closed();
            result.r1 = counts ? sent.accepted() + " accepted" : sent.toString();
            result.r2 = nodes.undelivered() + " told";
        }
    }

    /**
     * A message is sent to a group while its member registers over another connection: the new
     * owner must learn of it.
     */
    @JCStressTest
    @Outcome(
            id = "found at once, not woken",
            expect = Expect.ACCEPTABLE,
            desc = "It was there when the new session looked.")
    @Outcome(
            id = "found at once, woken",
            expect = Expect.ACCEPTABLE,
            desc = "It came between the new session's registration and its look, and wakes it for nothing.")
    @Outcome(id = "found later, woken", expect = Expect.ACCEPTABLE, desc = "It came after, and woke the new session.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The message waits for a session that does not know of it.")
    @State
    public static class SendAndReturn {
        private final Nodes nodes = new Nodes();
        private final FakeOwner session = new FakeOwner();
        private Registration fresh;

        public SendAndReturn() {
            Registration old = nodes.register(1, 1);
            nodes.table.join("red", "n1");
            nodes.table.send("red", MESSAGE);
            Nodes.take(old);
        }

        @Actor
        public void application() {
            nodes.table.send("red", MESSAGE);
        }

        @Actor
        public void newLoop(LL_Result result) {
            fresh = nodes.register(1, 2, session);
            result.r1 = look() ? "found at once" : "found later";
        }

        private boolean look() {
            return Nodes.take(fresh) > 0;
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            if (result.r1.equals("found later") && !(session.wakes() > 0 && look())) {
                result.r1 = "never found";
            }
            result.r2 = session.wakes() > 0 ? "woken" : "not woken";
        }
    }
}
