package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.wire.BareTls;
import dev.heartbeat.tls.BenchmarkTls;
import java.io.IOException;

/** TLS 1.3 of the connections to one server, and the sessions that its nodes have. */
final class Encryption {
    /** The part of the handshakes that may be full although sessions are to be resumed. */
    private static final double FULL = 0.01;

    private final BenchmarkTls.Clients clients = new BenchmarkTls.Clients(BenchmarkTls.best());
    private final BareTls.Memory memory = new BareTls.Memory();
    private final boolean resumes;
    private int sessions;
    private int fullBefore;

    Encryption(Sessions kind) {
        resumes = kind == Sessions.RESUMED;
    }

    /** The nodes are about to connect. */
    void begin() {
        fullBefore = clients.full();
    }

    BareTls newClient(Link link) throws IOException {
        return new BareTls(clients.newClient(resumes ? link.index + 1 : ++sessions), memory);
    }

    void release(BareTls tls) {
        clients.release(tls.engine());
    }

    /** Refuses a turn whose handshakes were not of the kind that is measured. */
    void requireKind(int count, boolean hadSessions) throws LoadException {
        int full = clients.full() - fullBefore;
        if (resumes && hadSessions ? full > count * FULL : full < count) {
            throw new LoadException("of " + count + " handshakes " + full + " were full");
        }
    }
}
