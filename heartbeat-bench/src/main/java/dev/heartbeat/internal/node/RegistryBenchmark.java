package dev.heartbeat.internal.node;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.bench.fake.BenchNode;
import dev.heartbeat.bench.fake.BenchTransport;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of an application's questions with 100,000 nodes: while nothing happens, and while the
 * loop's thread has nodes lose their connections and come back, one after the other and as fast as
 * it can.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class RegistryBenchmark {
    private static final int NODES = 100_000;

    private final BenchTransport transport = new BenchTransport();
    private final HeartbeatServer server =
            HeartbeatServer.builder().port(1).transport(transport).startAsync().join();
    private BenchNode[] fleet = {};
    private String[] ids = {};

    /** The place of a thread on its way through all nodes. */
    @State(Scope.Thread)
    public static class Walk {
        private int at;

        int next() {
            at = at + 1 < NODES ? at + 1 : 0;
            return at;
        }
    }

    @Setup
    public void register() {
        ids = IntStream.range(0, NODES).mapToObj(i -> "node-" + i).toArray(String[]::new);
        fleet = IntStream.range(0, NODES)
                .mapToObj(i -> new BenchNode(transport, ids[i]))
                .toArray(BenchNode[]::new);
        Random random = new Random(1);
        for (int i = NODES - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            String id = ids[i];
            ids[i] = ids[other];
            ids[other] = id;
        }
    }

    private Optional<Node> findNext(Walk walk) {
        return server.nodes().find(ids[walk.next()]);
    }

    @Benchmark
    public Optional<Node> find(Walk walk) {
        return findNext(walk);
    }

    @Benchmark
    public long count() {
        return server.nodes().count(NodeState.ONLINE);
    }

    @Benchmark
    @Group("beside_a_writer")
    public Optional<Node> findBesideWriter(Walk walk) {
        return findNext(walk);
    }

    @Benchmark
    @Group("count_beside_a_writer")
    public long countBesideWriter() {
        return server.nodes().count(NodeState.ONLINE);
    }

    @Benchmark
    @Group("beside_a_writer")
    public void comeBack(Walk walk) {
        fleet[walk.next()].comeBack();
    }

    @Benchmark
    @Group("count_beside_a_writer")
    public void comeBackAgain(Walk walk) {
        fleet[walk.next()].comeBack();
    }
}
