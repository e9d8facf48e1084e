package dev.heartbeat.races;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.fake.FakeConnection;
import dev.heartbeat.fake.FakeTransport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A message is offered while the loop runs the command that sends what waits. Whoever offers sends
 * a command only if none is under way, and the loop clears that flag before it looks: so the
 * message is seen by the look under way, or brings the loop back.
 */
public final class MessageAndLoopRace {
    private static final String REGISTER =
            "ab020600000000000000001f 0123456789abcdef 00000001 0000000000010000 0000000000010000 02 6e31";
    private static final String REGISTERED =
            "ab0209000000000000000034 19aa1bb548000007 00002710 000061a8 00007530 00007530"
                    + "00a00000 00000000 00000000 0000000000010000 0000000000010000";

    private static final int DATA = 0x03;

    private MessageAndLoopRace() {}

    private static void read(FakeConnection connection, String hex) {
        connection.handler().onRead(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    private static HeartbeatServer server(FakeTransport transport, NodeListener listener) {
        return HeartbeatServer.builder()
                .transport(transport)
                .listener(listener)
                .grace(Duration.ZERO)
                .startAsync()
                .join();
    }

    private static ByteBuffer message() {
        return ByteBuffer.allocate(1);
    }

    private static final class Undelivered implements NodeListener {
        private int count;

        @Override
        public void onUndelivered(Node node, ByteBuffer message, UndeliveredException.Reason reason) {
            count++;
        }
    }

    /** A server's message to a node. */
    @JCStressTest
    @Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "The message came before the loop looked.")
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "The message came after, and brought the loop back.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A message is lost, or waits though nobody will look again.")
    @State
    public static class OfServer {
        private final FakeTransport transport = new FakeTransport();
        private final HeartbeatServer server = server(transport, new NodeListener() {});
        private final FakeConnection connection = transport.open();

        public OfServer() {
            read(connection, REGISTER);
            server.trySend("n1", message());
        }

        @Actor
        public void application() {
            server.trySend("n1", message());
        }

        @Actor
        public void loop(II_Result sent) {
            transport.loop().run();
            sent.r1 = connection.frames(DATA);
        }

        @Arbiter
        public void afterwards(II_Result sent) {
            transport.loop().run();
            sent.r2 = connection.frames(DATA);
        }
    }

    /** A client's message to its server. */
    @JCStressTest
    @Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "The message came before the loop looked.")
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "The message came after, and brought the loop back.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A message is lost, or waits though nobody will look again.")
    @State
    public static class OfClient {
        private final FakeTransport transport = new FakeTransport();
        private final HeartbeatClient client = HeartbeatClient.builder()
                .server("127.0.0.1", 1)
                .nodeId("n1")
                .transport(transport)
                .connect();
        private final FakeConnection connection;

        public OfClient() {
            transport.run();
            connection = transport.open();
            read(connection, REGISTERED);
            client.trySend(message());
        }

        @Actor
        public void application() {
            client.trySend(message());
        }

        @Actor
        public void loop(II_Result sent) {
            transport.loop().run();
            sent.r1 = connection.frames(DATA);
        }

        @Arbiter
        public void afterwards(II_Result sent) {
            transport.loop().run();
            sent.r2 = connection.frames(DATA);
        }
    }

    /**
     * A message is offered while its node is lost, without a grace: it comes back, or was never
     * accepted.
     */
    @JCStressTest
    @Outcome(
            id = "1, 1",
            expect = Expect.ACCEPTABLE,
            desc = "Accepted before the end of the node, and told as undelivered.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Refused: the node was gone.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Accepted and lost, or refused and told.")
    @State
    public static class AndEndOfNode {
        private final FakeTransport transport = new FakeTransport();
        private final Undelivered undelivered = new Undelivered();
        private final HeartbeatServer server = server(transport, undelivered);
        private final FakeConnection connection = transport.open();

        public AndEndOfNode() {
            read(connection, REGISTER);
        }

        @Actor
        public void application(II_Result result) {
            result.r1 = server.trySend("n1", message()) == SendResult.ACCEPTED ? 1 : 0;
        }

        @Actor
        public void loop() {
            connection.handler().onClosed(null);
        }

        @Arbiter
        public void afterwards(II_Result result) {
            transport.run();
            result.r2 = undelivered.count + connection.frames(DATA);
        }
    }
}
