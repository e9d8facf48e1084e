package dev.heartbeat.bench.load.server;

import dev.heartbeat.ConnectionStats;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Measure;
import dev.heartbeat.bench.Verdicts;
import dev.heartbeat.bench.load.hostile.Attackers;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import dev.heartbeat.tls.BenchmarkKeys;
import dev.heartbeat.tls.ServerTls;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Heartbeat, as an application embeds it, on one of its transports. */
final class BusServer implements LoadedServer {
    private final Verdicts verdicts = new Verdicts(id -> !id.startsWith(Attackers.PREFIX));
    private final HeartbeatServer server;

    BusServer(TransportProvider transport, Terms terms, Endpoint endpoint) {
        // All nodes of the load come from one address, and faster than any fleet behind one would.
        HeartbeatServer.Builder builder = HeartbeatServer.builder().attemptsPerSecondPerAddress(0);
        if (endpoint.isTls()) {
            ServerTls.Builder tls = BenchmarkKeys.builder(endpoint.engine());
            endpoint.ticketKeyFile().ifPresent(tls::ticketKeys);
            builder.layer(tls.build());
        }
        if (terms.grace().isZero()) {
            // Nodes that go are not waited for, however many they are: the load resets all its
            // connections at once.
            builder.massGuardMaxHold(Duration.ZERO);
            // Nor kept: what is measured is what those take that are there.
            builder.offlineMaximum(0);
        }
        server = builder.host("127.0.0.1")
                .port(endpoint.port())
                .transport(transport.create(TransportOptions.defaults()))
                .heartbeatInterval(terms.interval())
                .suspectAfter(terms.suspectAfter())
                .heartbeatTimeout(terms.timeout())
                .grace(terms.grace())
                .ackEvery(terms.answerEvery())
                .listener(verdicts)
                .start();
    }

    @Override
    public int port() {
        return server.localAddress().getPort();
    }

    @Override
    public long lagNanos() {
        Measure lag = server.stats().loops().lag();
        return (lag.p99() == null ? lag.max() : lag.p99()).toNanos();
    }

    @Override
    public long suspect() {
        return verdicts.suspect();
    }

    @Override
    public long offline() {
        return verdicts.offline();
    }

    @Override
    public long open() {
        return server.stats().connections().open();
    }

    @Override
    public Map<String, Long> refusals() {
        ConnectionStats seen = server.stats().connections();
        Map<String, Long> refusals = new TreeMap<>(seen.errorsSent());
        seen.refusals().forEach((why, times) -> refusals.put(why.name(), times));
        refusals.put("HANDSHAKE_TIMEOUT", seen.handshakeTimeouts());
        refusals.put("WRITE_STALL", seen.writeStalls());
        refusals.put("FOREIGN", seen.foreign());
        refusals.put("LAYER_FAILURE", seen.layerFailures());
        refusals.put("FLOOD", seen.floods());
        refusals.put("BANNED", seen.banned());
        refusals.values().removeIf(times -> times == 0);
        return refusals;
    }
}
