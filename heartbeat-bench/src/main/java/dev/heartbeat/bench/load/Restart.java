package dev.heartbeat.bench.load;

import dev.heartbeat.bench.Progress;
import dev.heartbeat.bench.load.Contestant.Running;
import dev.heartbeat.bench.load.Contestant.Started;
import dev.heartbeat.bench.load.generator.Turn;
import dev.heartbeat.bench.load.server.Endpoint;
import dev.heartbeat.bench.load.server.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * All nodes of a server come back at once, after its process has ended and another is in its place.
 * With TLS they resume their sessions, whose keys both processes have from the same file.
 */
public final class Restart {
    private static final int FIRST_AT_ONCE = 500;
    private static final int TICKET_KEY_BYTES = 48;

    private final LoadRun.Options options;
    private final List<Started> contestants;
    private final int nodes;
    private final int atOnce;
    private final List<Return> seen = new CopyOnWriteArrayList<>();

    /**
     * A restart of each of the contestants.
     *
     * @param atOnce how many nodes have begun and are not registered yet
     */
    public Restart(LoadRun.Options options, int nodes, int atOnce) {
        this.options = options;
        this.nodes = nodes;
        this.atOnce = atOnce;
        contestants = options.contestants().stream()
                .filter(Started.class::isInstance)
                .map(Started.class::cast)
                .toList();
    }

    /**
     * One restart.
     *
     * @param contestant who it was
     * @param turn the connections of all nodes to the second process
     * @param state what that counted
     * @param lagNanos the 99th percentile of how late its loops were
     */
    public record Return(Contestant contestant, Turn turn, State state, long lagNanos) {}

    /** The restarts so far. Any thread. */
    public List<Return> soFar() {
        return List.copyOf(seen);
    }

    /** Starts the processes, and ends them; reports each restart. */
    public List<Return> run(Progress progress) throws IOException, InterruptedException {
        for (int round = 0; round < options.rounds(); round++) {
            for (Started contestant : contestants) {
                progress.step(contestant.label());
                restart(contestant);
            }
        }
        return soFar();
    }

    private void restart(Started contestant) throws IOException, InterruptedException {
        Path ticketKeys = Files.createTempFile("heartbeat-bench", ".tickets");
        try (Load load = Load.start(options.loadCore())) {
            byte[] key = new byte[TICKET_KEY_BYTES];
            new SecureRandom().nextBytes(key);
            Files.write(ticketKeys, key);
            Endpoint endpoint = contestant.endpoint().at(freePort(), ticketKeys);
            Started there = contestant.at(endpoint);
            try (Running first = start(there)) {
                load.connect(first.target(), nodes, FIRST_AT_ONCE);
                first.target().requireProcess().end();
            }
            load.reset();
            try (Running second = start(there)) {
                Turn turn = load.connect(second.target(), nodes, atOnce);
                long lag = second.target().requireProcess().numbers("lag")[0];
                load.open(nodes, Duration.ZERO, options.measured());
                seen.add(new Return(contestant, turn, second.target().state(), lag));
            }
        } finally {
            Files.delete(ticketKeys);
        }
    }

    private Running start(Started contestant) throws IOException, InterruptedException {
        Optional<Running> running = contestant.start(options.serverCore(), options.serverJava());
        return running.orElseThrow(() -> new IOException(contestant.label() + " is not available here"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
