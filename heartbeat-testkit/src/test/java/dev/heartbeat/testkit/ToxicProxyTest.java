package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each toxic between two plain sockets. */
@Timeout(30)
@Tag("long")
final class ToxicProxyTest {
    private ServerSocket port;
    private ToxicProxy proxy;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        port = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = ToxicProxy.start((InetSocketAddress) port.getLocalSocketAddress());
        client = newClient();
        server = port.accept();
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        for (AutoCloseable open : new AutoCloseable[] {client, server, port}) {
            assertThat(open).satisfies(AutoCloseable::close);
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("toxic-proxy"));
    }

    private Socket newClient() throws IOException {
        Socket socket = new Socket(proxy.address().getAddress(), proxy.address().getPort());
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void send(Socket from, int count) throws IOException {
        from.getOutputStream().write(new byte[count]);
    }

    private static void receive(Socket at, int count) throws IOException {
        assertThat(at.getInputStream().readNBytes(count)).hasSize(count);
    }

    private static Duration since(long beganNs) {
        return Duration.ofNanos(System.nanoTime() - beganNs);
    }

    private static void assertSilent(Socket at) throws IOException {
        at.setSoTimeout(50);
        assertThatThrownBy(() -> at.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        at.setSoTimeout(0);
    }

    @Test
    void withoutToxicsBytesAndEndsPassBothWays() throws Exception {
        send(client, 100_000);
        receive(server, 100_000);
        send(server, 1);
        receive(client, 1);
        client.shutdownOutput();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        send(server, 2);
        server.close();
        assertThat(client.getInputStream().readAllBytes()).hasSize(2);
    }

    @Test
    void latencyDelaysOneDirectionAlone() throws Exception {
        proxy.toServer().latency(Duration.ofMillis(60), Duration.ofMillis(20));
        long began = System.nanoTime();
        send(client, 1);
        receive(server, 1);
        assertThat(since(began)).isGreaterThanOrEqualTo(Duration.ofMillis(60));

        proxy.toServer().latency(Duration.ofMinutes(1), Duration.ZERO);
        send(server, 1);
        receive(client, 1);
    }

    @Test
    void bandwidthIsBounded() throws Exception {
        proxy.toServer().bandwidth(100_000);
        long began = System.nanoTime();
        send(client, 10_000);
        receive(server, 10_000);
        assertThat(since(began)).isGreaterThanOrEqualTo(Duration.ofMillis(90));
    }

    @Test
    void slicesComeOneAfterTheOther() throws Exception {
        proxy.toServer().slicer(3, Duration.ofMillis(20));
        long began = System.nanoTime();
        send(client, 9);
        receive(server, 9);
        assertThat(since(began)).isGreaterThanOrEqualTo(Duration.ofMillis(40));
    }

    @Test
    void anEndMayComeLate() throws Exception {
        proxy.toServer().slowClose(Duration.ofMillis(60));
        long began = System.nanoTime();
        client.close();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        assertThat(since(began)).isGreaterThanOrEqualTo(Duration.ofMillis(60));
    }

    @Test
    void droppedBytesAreSilentAndTheStreamStaysLost() throws Exception {
        proxy.toServer().timeout();
        send(client, 10);
        assertSilent(server);
        send(server, 1);
        receive(client, 1);

        proxy.toServer().clear();
        send(client, 10);
        client.close();
        assertSilent(server);

        try (Socket next = newClient();
                Socket accepted = port.accept()) {
            send(next, 5);
            receive(accepted, 5);
        }
    }

    @Test
    void aLimitClosesAndCountsFromWhenItIsSet() throws Exception {
        send(client, 100);
        receive(server, 100);
        proxy.toServer().limit(10);
        send(client, 30);
        assertThat(server.getInputStream().readAllBytes()).hasSize(10);
    }

    @Test
    void aResetComesToBothSides() throws Exception {
        proxy.toServer().reset(10);
        send(client, 11);
        assertThatThrownBy(() -> server.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void allAreResetAtOnce() throws Exception {
        send(client, 1);
        receive(server, 1);
        proxy.resetAll();
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void aResetOfOneSideIsOneForTheOther() throws Exception {
        send(client, 1);
        receive(server, 1);
        client.setSoLinger(true, 0);
        client.close();
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void toxicThatPassesNothingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.toServer().bandwidth(0));
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.toServer().slicer(0, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> proxy.toServer().limit(-1));
    }

    @Test
    void aTargetThatRefusesIsAReset() throws Exception {
        port.close();
        try (Socket refused = newClient()) {
            assertThatThrownBy(() -> refused.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }
}
