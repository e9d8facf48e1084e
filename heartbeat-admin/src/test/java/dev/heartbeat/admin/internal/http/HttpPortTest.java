package dev.heartbeat.admin.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.admin.Raw;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bounds of a port, with peers that try them; on real sockets. */
@Timeout(60)
final class HttpPortTest {
    private static final String CLOSE = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final CountDownLatch blocked = new CountDownLatch(1);
    private final EventStreams streams = new EventStreams(2, 3, () -> "event: first\n\n");
    private final List<Socket> sockets = new ArrayList<>();
    private HttpPort port;

    private void open(int connections, int waiting, Duration patience) throws Exception {
        Routes routes = new Routes()
                .quick("/quick", request -> Reply.json(Map.of()))
                .get("/work", request -> Reply.json(Map.of()))
                .get("/blocked", request -> {
                    await(blocked);
                    return Reply.json(Map.of());
                })
                .get("/broken", request -> {
                    throw new IllegalStateException("a defect");
                })
                .get("/large", request -> Reply.ok("text/plain", "x".repeat(64 << 20)))
                .get("/events", request -> Reply.events(streams.reserve()))
                .post(
                        "/post",
                        request -> Reply.json(Map.of("length", request.body().length())));
        port = new HttpPort("test", routes, Guard.none(), new HttpPort.Bounds(connections, waiting, patience), null);
        port.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void close() throws Exception {
        blocked.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
        port.close();
    }

    private Socket connect() throws Exception {
        Socket socket = Raw.open(port.address());
        sockets.add(socket);
        return socket;
    }

    private Socket send(String request) throws Exception {
        Socket socket = connect();
        socket.getOutputStream().write(request.getBytes(UTF_8));
        return socket;
    }

    private static String line(InputStream in) throws Exception {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private String ask(String request) throws Exception {
        return Raw.exchange(port.address(), request);
    }

    @Test
    void oneConnectionMoreThanAllowedIsClosed() throws Exception {
        open(2, 4, LONG);
        String keep = "GET /quick HTTP/1.1\r\nHost: h\r\n\r\n";
        assertThat(line(send(keep).getInputStream())).startsWith("HTTP/1.1 200");
        Socket second = send(keep);
        assertThat(line(second.getInputStream())).startsWith("HTTP/1.1 200");
        assertThat(connect().getInputStream().read()).isEqualTo(-1);
        second.close();
        while (port.connections() > 1) {
            Thread.onSpinWait(); // The place is free as soon as the end was seen.
        }
        assertThat(ask("GET /quick" + CLOSE)).startsWith("HTTP/1.1 200");
    }

    @Test
    void requestThatDoesNotComeIsNotWaitedFor() throws Exception {
        open(8, 4, SHORT);
        Socket nothing = connect();
        Socket drop = send("GET /quick HTTP/1.1\r\nX:");
        Socket body = send("POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n123");
        for (Socket socket : List.of(nothing, drop, body)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void headersThatTrickleInAreNotWaitedFor() throws Exception {
        open(8, 4, SHORT);
        Socket slow = send("GET /quick HTTP/1.1\r\n");
        int sent = 0;
        try {
            for (; sent < 10_000; sent++) {
                slow.getOutputStream().write("X: y\r\n".getBytes(UTF_8));
                slow.setSoTimeout(10);
                try {
                    if (slow.getInputStream().read() < 0) {
                        break;
                    }
                } catch (SocketTimeoutException e) {
                    // It still waits for the rest.
                }
            }
        } catch (IOException e) {
            // Reset, since it was writing.
        }
        assertThat(sent).isLessThan(1000);
    }

    @Test
    void answerThatIsNotTakenIsNotKept() throws Exception {
        open(8, 4, SHORT);
        Socket slow = send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(line(slow.getInputStream())).startsWith("HTTP/1.1 200");
        while (port.connections() > 0) {
            Thread.onSpinWait();
        }
        assertThat(ask("GET /quick" + CLOSE)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void requestsThatAreTooLongAreRefused() throws Exception {
        open(8, 4, LONG);
        assertThat(ask("GET /" + "x".repeat(5000) + CLOSE))
                .startsWith("HTTP/1.1 414 ")
                .contains("\"error\"");
        assertThat(ask("GET /quick HTTP/1.1\r\nX: " + "y".repeat(9000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ")
                .contains("\"error\"");
        assertThat(ask("POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n" + "z".repeat(5_000_000)))
                .startsWith("HTTP/1.1 413 ")
                .contains("\"error\"");
        assertThat(ask("\0\1\2 nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ").contains("\"error\"");
        assertThat(ask("GET /quick" + CLOSE)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void requestsBeyondTheQueueAreRefusedAndProbesAreAnswered() throws Exception {
        open(32, 2, LONG);
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(send("GET /blocked HTTP/1.1\r\nHost: h\r\n\r\n"));
        }
        // One is worked at and two wait. Which one is refused is the order in which they are read.
        Socket refused = answered(waiting);
        waiting.remove(refused);
        assertThat(line(refused.getInputStream())).startsWith("HTTP/1.1 503");
        assertThat(ask("GET /quick" + CLOSE)).startsWith("HTTP/1.1 200 ");
        blocked.countDown();
        for (Socket each : waiting) {
            assertThat(line(each.getInputStream())).startsWith("HTTP/1.1 200");
        }
    }

    private static Socket answered(List<Socket> asked) throws Exception {
        while (true) {
            for (Socket each : asked) {
                if (each.getInputStream().available() > 0) {
                    return each;
                }
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void requestsOfOneConnectionAreAnsweredInTheirOrder() throws Exception {
        open(8, 4, LONG);
        String answers =
                ask("GET /work HTTP/1.1\r\nHost: h\r\n\r\nPOST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n"
                        + "abcGET /nope HTTP/1.1\r\nHost: h\r\n\r\nGET /quick" + CLOSE);
        assertThat(Pattern.compile("HTTP/1.1 (\\d+)").matcher(answers).results().map(found -> found.group(1)))
                .containsExactly("200", "200", "404", "200");
        assertThat(answers).contains("{\"length\":3}");
    }

    @Test
    void defectIsNotShownToTheClient() throws Exception {
        open(8, 4, LONG);
        assertThat(ask("GET /broken" + CLOSE))
                .startsWith("HTTP/1.1 " + HttpResponseStatus.INTERNAL_SERVER_ERROR)
                .doesNotContain("a defect");
    }

    @Test
    void headHasNoBody() throws Exception {
        open(8, 4, LONG);
        assertThat(ask("HEAD /quick" + CLOSE)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
        assertThat(ask("HEAD /events" + CLOSE)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
    }

    @Test
    void streamsAreBoundedAndGivenBack() throws Exception {
        open(8, 4, LONG);
        Socket one = send("GET /events" + CLOSE);
        Socket two = send("GET /events" + CLOSE);
        for (Socket each : List.of(one, two)) {
            readUntil(each, "event: first");
        }
        streams.send("event: second\n\n");
        readUntil(one, "event: second");
        readUntil(two, "event: second");
        assertThat(ask("GET /events" + CLOSE)).startsWith("HTTP/1.1 503 ");
        one.close();
        while (line(send("GET /events" + CLOSE).getInputStream()).startsWith("HTTP/1.1 503")) {
            Thread.onSpinWait(); // The place is free as soon as the end was seen.
        }
    }

    @Test
    void streamThatIsNotReadEnds() throws Exception {
        open(8, 4, LONG);
        Socket slow = send("GET /events" + CLOSE);
        readUntil(slow, "event: first");
        String event = "data: " + "x".repeat(1 << 20) + "\n\n";
        int sent = 0;
        for (; !streams.isEmpty() && sent < 100; sent++) {
            streams.send(event);
            ask("GET /quick" + CLOSE); // The thread of the sockets has written or closed by then.
        }
        assertThat(sent).isLessThan(100);
    }

    private static void readUntil(Socket socket, String text) throws Exception {
        InputStream in = socket.getInputStream();
        while (!line(in).equals(text)) {
            if (in.available() < 0) {
                return;
            }
        }
    }
}
