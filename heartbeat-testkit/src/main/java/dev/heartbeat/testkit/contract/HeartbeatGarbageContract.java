package dev.heartbeat.testkit.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.NodeState;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A heartbeat costs no garbage on a transport that keeps {@link GarbageContract}: neither the
 * server that answers it, nor the client that sends it.
 *
 * @since 0.1
 */
public abstract class HeartbeatGarbageContract implements TransportUnderTest {
    private static final int WARM_UP = 30_000;
    private static final int MEASURED = 30_000;

    /** Many, for a timer's tick lets none of them beat more than sixty times a second. */
    private static final int CLIENTS = 100;

    private static final int WARM_UP_OF_CLIENTS = 10_000;
    private static final int MEASURED_OF_CLIENTS = 10_000;

    /** The JDK's selector takes about a byte for each wake-up, when it makes room for keys. */
    private static final double TOLERANCE = 2;

    private static final byte[] REGISTER =
            frame("ab020600000000000000001f 0123456789abcdef 00000001 0000000000010000 0000000000010000 02 6e31");
    private static final byte[] BEAT =
            frame("ab0201000000000000000017 1122334455667788 0000000000000000 8200040000019f");
    private static final byte[] BEAT_FOR_ALL =
            frame("ab020100000000000000001a 1122334455667788 0000000000000000 010000 8200040000019f");
    private static final int REGISTERED_SIZE = 64;
    private static final int ANSWER_SIZE = 28;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<HeartbeatClient> clients = new ArrayList<>();
    private @Nullable Transport serverTransport;
    private @Nullable Transport clientTransport;
    private @Nullable HeartbeatServer listening;

    /** For a nested class of the transport's own test. */
    protected HeartbeatGarbageContract() {}

    /**
     * {@return the bytes that the polling itself may take for each turn: what the transport stands
     * on may be none of its making}
     */
    protected double bytesPerPoll() {
        return 0;
    }

    private static byte[] frame(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @BeforeEach
    void listen() throws Exception {
        serverTransport = start(TransportOptions.builder().eventLoops(1).build());
        clientTransport = start(TransportOptions.builder().eventLoops(1).build());
        listening = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .heartbeatInterval(Duration.ofMillis(10))
                .suspectAfter(Duration.ofSeconds(10))
                .heartbeatTimeout(Duration.ofSeconds(20))
                .transport(serverSide())
                .start();
    }

    @AfterEach
    void close() {
        clientSide().close();
        server().close();
        serverSide().close();
    }

    @Test
    @Timeout(60)
    void toTheServer() throws Exception {
        assertBeatsCostNothing(1);
    }

    @Test
    @Timeout(60)
    void toTheServerManyAtOnce() throws Exception {
        assertBeatsCostNothing(64);
    }

    private void assertBeatsCostNothing(int beatsPerWrite) throws Exception {
        try (Socket node = new Socket(
                server().localAddress().getAddress(), server().localAddress().getPort())) {
            node.setTcpNoDelay(true);
            node.getOutputStream().write(REGISTER);
            new DataInputStream(node.getInputStream()).readFully(new byte[REGISTERED_SIZE]);
            beat(node, BEAT, beatsPerWrite, WARM_UP);
            double bytesPerBeat = bytesPerBeat(serverSide(), () -> beat(node, BEAT, beatsPerWrite, MEASURED));
            System.out.printf("measured: %.2f bytes per heartbeat, %d in each write%n", bytesPerBeat, beatsPerWrite);
            assertThat(bytesPerBeat).isLessThan(TOLERANCE + bytesPerPoll());
            assertThat(server().nodes().find("n1").orElseThrow().rtt()).isEqualTo(Duration.ofNanos(0x19f * 1000));
        }
    }

    @Test
    @Timeout(60)
    void forAThousandNodesOfAGateway() throws Exception {
        try (Socket gateway = new Socket(
                server().localAddress().getAddress(), server().localAddress().getPort())) {
            gateway.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(gateway.getInputStream());
            gateway.getOutputStream().write(REGISTER);
            in.readFully(new byte[REGISTERED_SIZE]);
            for (int handle = 1; handle <= 1000; handle++) {
                gateway.getOutputStream().write(registration(handle));
                in.readFully(new byte[REGISTERED_SIZE]);
            }
            beat(gateway, BEAT_FOR_ALL, 64, WARM_UP);
            double bytesPerBeat = bytesPerBeat(serverSide(), () -> beat(gateway, BEAT_FOR_ALL, 64, MEASURED));
            System.out.printf("measured: %.2f bytes per heartbeat for a thousand nodes%n", bytesPerBeat);
            assertThat(bytesPerBeat).isLessThan(TOLERANCE + bytesPerPoll());
            assertThat(server().nodes().count(NodeState.ONLINE)).isEqualTo(1001);
        }
    }

    /** The registration of the node whose id are the four digits of its handle. */
    private static byte[] registration(int handle) {
        byte[] id = String.format("%04d", handle).getBytes(StandardCharsets.US_ASCII);
        return frame(String.format("ab020600%08x00000021 0123456789abcdef 00000001", handle)
                + "0000000000010000 0000000000010000 04"
                + HexFormat.of().formatHex(id));
    }

    @Test
    @Timeout(60)
    void ofClientsThatAreGateways() throws Exception {
        connect(CLIENTS, () -> new ClientListener() {});
        for (int i = 0; i < CLIENTS; i++) {
            clients.get(i).attach("a" + i, Map.of(), new AttachedNodeListener() {});
        }
        while (server().nodes().count(NodeState.ONLINE) < 2 * CLIENTS) {
            Thread.sleep(10);
        }
        awaitBeats(WARM_UP_OF_CLIENTS);
        double bytesPerBeat = bytesPerBeat(clientSide(), () -> awaitBeats(MEASURED_OF_CLIENTS));
        System.out.printf("measured: %.2f bytes per heartbeat of a client that is a gateway%n", bytesPerBeat);
        assertThat(bytesPerBeat).isLessThan(TOLERANCE + bytesPerPoll());
    }

    /** Sends at least so many, and reads each answer. */
    private static int beat(Socket node, byte[] frame, int perWrite, int atLeast) throws IOException {
        ByteBuffer frames = ByteBuffer.allocate(perWrite * frame.length);
        IntStream.range(0, perWrite).forEach(i -> frames.put(frame));
        byte[] answers = new byte[perWrite * ANSWER_SIZE];
        DataInputStream in = new DataInputStream(node.getInputStream());
        int sent = 0;
        for (; sent < atLeast; sent += perWrite) {
            node.getOutputStream().write(frames.array());
            in.readFully(answers);
        }
        return sent;
    }

    @Test
    @Timeout(60)
    void ofClientsWhoseListenersDoNotHearOfIt() throws Exception {
        connect(CLIENTS, () -> new ClientListener() {
            @Override
            public void onSuspect() {}
        });
        awaitBeats(WARM_UP_OF_CLIENTS);
        double bytesPerBeat = bytesPerBeat(clientSide(), () -> awaitBeats(MEASURED_OF_CLIENTS));
        System.out.printf("measured: %.2f bytes per heartbeat of a client%n", bytesPerBeat);
        assertThat(bytesPerBeat).isLessThan(TOLERANCE + bytesPerPoll());
    }

    @Test
    @Timeout(60)
    void aListenerThatInheritsItsEarIsTold() throws Exception {
        CountDownLatch heard = new CountDownLatch(3);
        connect(1, () -> new Ear(heard) {});
        heard.await();
    }

    private void connect(int count, Supplier<ClientListener> listeners) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            clients.add(HeartbeatClient.builder()
                    .server("127.0.0.1", server().localAddress().getPort())
                    .nodeId("n" + i)
                    .transport(clientSide())
                    .listener(listeners.get())
                    .connect());
        }
        while (server().nodes().count(NodeState.ONLINE) < count) {
            Thread.sleep(10);
        }
    }

    private long awaitBeats(int atLeast) throws InterruptedException {
        long before = server().stats().liveness().heartbeats();
        while (server().stats().liveness().heartbeats() - before < atLeast) {
            Thread.sleep(10);
        }
        return server().stats().liveness().heartbeats() - before;
    }

    private double bytesPerBeat(Transport transport, Beats beats) throws Exception {
        return Rounds.leastUntilBelow(TOLERANCE + bytesPerPoll(), () -> {
            long before = allocatedBy(transport);
            long count = beats.count();
            return (double) (allocatedBy(transport) - before) / count;
        });
    }

    private HeartbeatServer server() {
        return requireNonNull(listening);
    }

    private Transport serverSide() {
        return requireNonNull(serverTransport);
    }

    private Transport clientSide() {
        return requireNonNull(clientTransport);
    }

    private long allocatedBy(Transport transport) throws Exception {
        CompletableFuture<Long> loopThread = new CompletableFuture<>();
        transport
                .eventLoops()
                .get(0)
                .execute(() -> loopThread.complete(Thread.currentThread().getId()));
        return threads.getThreadAllocatedBytes(await(loopThread));
    }

    private interface Beats {
        long count() throws Exception;
    }

    private static class Ear implements ClientListener {
        private final CountDownLatch heard;

        private Ear(CountDownLatch heard) {
            this.heard = heard;
        }

        @Override
        public void onHeartbeat(Duration rtt) {
            heard.countDown();
        }
    }
}
