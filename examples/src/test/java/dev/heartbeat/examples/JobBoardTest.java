package dev.heartbeat.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * An application on the bus, tested on hosts that crash and networks that break, in milliseconds.
 */
final class JobBoardTest {
    private static final int PORT = 9501;
    private static final Duration A_JOB = Duration.ofMinutes(1);

    private final Simulation sim = new Simulation(42);
    private final Host boardHost = sim.newHost("board");
    private final JobBoard board =
            new JobBoard(HeartbeatServer.builder().port(PORT).transport(boardHost.transport()));

    /** A worker on a host of its own, which takes a minute for a job. */
    private Host newWorker(String id) {
        Host host = sim.newHost(id);
        HeartbeatClient[] client = new HeartbeatClient[1];
        client[0] = HeartbeatClient.builder()
                .server(boardHost.address(), PORT)
                .nodeId(id)
                .onMessage(job -> host.after(A_JOB, () -> client[0].trySend(ByteBuffer.allocate(0))))
                .transport(host.transport())
                .connect();
        sim.advance(Duration.ofSeconds(1));
        return host;
    }

    @Test
    void aJobIsDoneByWhoeverIsThere() {
        board.submit("paint");
        newWorker("w1");
        sim.advance(A_JOB);
        assertThat(board.done()).containsExactly("paint by w1");
    }

    @Test
    void theJobOfAWorkerThatLosesPowerIsDoneByAnother() {
        Host first = newWorker("w1");
        newWorker("w2");
        board.submit("paint");
        sim.advance(Duration.ofSeconds(30));
        first.powerOff();
        sim.advance(Duration.ofMinutes(2));
        assertThat(board.done()).containsExactly("paint by w2");
    }

    @Test
    void aShortPartitionTakesNoJobAway() {
        Host first = newWorker("w1");
        newWorker("w2");
        board.submit("paint");
        sim.advance(Duration.ofSeconds(30));
        sim.partition(first, boardHost);
        sim.advance(Duration.ofSeconds(20));
        sim.heal(first, boardHost);
        sim.advance(Duration.ofMinutes(1));
        assertThat(board.done()).containsExactly("paint by w1");
    }
}
