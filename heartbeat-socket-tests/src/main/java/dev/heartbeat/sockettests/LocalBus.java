package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A server on real sockets, on a free port of this machine. */
final class LocalBus implements AutoCloseable {
    final Application application = new Application();
    final Told told = application.told;
    final HeartbeatServer server;
    private final Transport transport;
    private final LogFile log = new LogFile();

    LocalBus() {
        this(options -> options);
    }

    LocalBus(UnaryOperator<HeartbeatServer.Builder> options) {
        transport = TestedTransport.start(2);
        HeartbeatServer.Builder builder = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .handshakeTimeout(Duration.ofMinutes(1))
                .transport(transport)
                .listener(application)
                .onMessage(application);
        server = options.apply(builder).start();
    }

    int port() {
        return server.localAddress().getPort();
    }

    RawPeer connect() throws IOException {
        return RawPeer.connect(port());
    }

    /** A peer that is registered. */
    RawPeer connect(String id) throws IOException {
        RawPeer peer = connect();
        peer.register(id);
        return peer;
    }

    long errors(String code) {
        return server.stats().connections().errorsSent().getOrDefault(code, 0L);
    }

    @Override
    public void close() {
        application.unblockAll();
        server.close();
        transport.close();
        assertThat(log.stackTraces()).isEmpty();
    }
}
