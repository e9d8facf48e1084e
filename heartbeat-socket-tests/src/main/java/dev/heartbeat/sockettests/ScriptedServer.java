package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * A server that does what the test says, and a real client that comes to it, and comes back soon.
 */
final class ScriptedServer implements AutoCloseable {
    /** This server's default terms. */
    static final long CREDIT = 65_536;

    private static final int PATIENCE_MILLIS = 30_000;

    final Told told = new Told();
    final HeartbeatClient client;
    private final Transport transport;
    private final ServerSocket listening;
    private final LogFile log = new LogFile();

    ScriptedServer() throws IOException {
        this(options -> options);
    }

    ScriptedServer(UnaryOperator<HeartbeatClient.Builder> options) throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listening.setSoTimeout(PATIENCE_MILLIS);
        transport = TestedTransport.start(1);
        HeartbeatClient.Builder builder = HeartbeatClient.builder()
                .server("127.0.0.1", listening.getLocalPort())
                .nodeId("n1")
                .transport(transport)
                .handshakeTimeout(Duration.ofMinutes(1))
                .reconnectBase(Duration.ofMillis(1))
                .reconnectCap(Duration.ofMillis(5))
                .listener(new ClientRecorder(told))
                .onMessage(message -> told.add("message of " + message.remaining()));
        client = options.apply(builder).connect();
    }

    /** The client's next connection. */
    RawPeer accept() throws IOException {
        return RawPeer.accepted(listening.accept());
    }

    /** The client's next connection, registered. */
    RawPeer acceptAndRegister(long epoch) throws IOException {
        RawPeer peer = accept();
        assertThat(peer.next().type()).isEqualTo(Frame.REGISTER);
        peer.send(registered(epoch));
        return peer;
    }

    static Frame registered(long epoch) {
        return registered(epoch, CREDIT);
    }

    /** The usual times: nothing happens by itself within a test. */
    static Frame registered(long epoch, long credit) {
        return registered(epoch, credit, 0);
    }

    /**
     * @param channels how many each side may have open
     */
    static Frame registered(long epoch, long credit, int channels) {
        return Frame.of(
                Frame.REGISTERED,
                0,
                Frame.u64(epoch)
                        + Frame.u32(10_000)
                        + Frame.u32(25_000)
                        + Frame.u32(30_000)
                        + Frame.u32(30_000)
                        + Frame.u32(10 << 20)
                        + Frame.u32(0)
                        + Frame.u32(channels)
                        + Frame.u64(credit)
                        + Frame.u64(credit));
    }

    @Override
    public void close() throws IOException {
        // Whatever connection there is ends with the transport; nobody is left who could answer a
        // goodbye.
        transport.close();
        listening.close();
        assertThat(log.stackTraces()).isEmpty();
    }
}
