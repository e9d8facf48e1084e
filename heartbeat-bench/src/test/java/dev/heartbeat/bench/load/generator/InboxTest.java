package dev.heartbeat.bench.load.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.bench.wire.Frames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the load believes nothing but the right answer. */
@Timeout(30)
final class InboxTest {
    private static final long NOW = 5_000;

    private final Recorder recorder = new Recorder(0, Long.MAX_VALUE / 2, 0);
    private SocketChannel server;
    private Link link;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            link = new Link(3, SocketChannel.open(listener.getLocalAddress()), 0);
            server = listener.accept();
        }
        recorder.look(0);
    }

    @AfterEach
    void close() throws IOException {
        link.socket.close();
        server.close();
    }

    private void send(int heartbeats, long dueAt) throws IOException {
        new Volley(heartbeats).send(link, heartbeats, dueAt);
    }

    private ByteBuffer asked(int heartbeats) throws IOException {
        ByteBuffer frames = ByteBuffer.allocate(heartbeats * Frames.BEAT_BYTES);
        while (frames.hasRemaining()) {
            server.read(frames);
        }
        return frames.flip();
    }

    private static ByteBuffer answers(ByteBuffer asked) {
        for (int at = 0; at < asked.limit(); at += Frames.BEAT_BYTES) {
            asked.put(at + 2, (byte) Frames.HEARTBEAT_RES);
        }
        return asked;
    }

    @Test
    void answersInOrderAreCountedWithTheirLatency() throws IOException {
        Inbox inbox = new Inbox(Replies.ANSWERED, 1);
        send(3, 1_000);
        server.write(answers(asked(3)));
        assertThat(inbox.read(link, NOW, recorder)).isEqualTo(3);
        recorder.close(NOW);
        Turn turn = Turn.parse(recorder.turn().toLine());
        assertThat(turn.answered()).isEqualTo(3);
        assertThat(turn.latencies().getMaxValue()).isBetween(4_000L, 4_003L);
        assertThat(turn.perSecond()).isEqualTo(3e9 / NOW);
    }

    @Test
    void anAnswerInPartsIsOne() throws IOException {
        Inbox inbox = new Inbox(Replies.ANSWERED, 1);
        send(2, 1_000);
        ByteBuffer frames = answers(asked(2));
        server.write(frames.slice(0, 5));
        assertThat(inbox.read(link, NOW, recorder)).isZero();
        server.write(frames.slice(5, 30));
        assertThat(inbox.read(link, NOW, recorder)).isEqualTo(1);
        server.write(frames.slice(35, 21));
        assertThat(inbox.read(link, NOW, recorder)).isEqualTo(1);
    }

    @Test
    void anotherAnswerThanTheNextIsNotTaken() throws IOException {
        Inbox inbox = new Inbox(Replies.ANSWERED, 1);
        send(2, 1_000);
        server.write(answers(asked(2)).position(Frames.BEAT_BYTES));
        assertThatThrownBy(() -> inbox.read(link, NOW, recorder))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("connection 4");
    }

    @Test
    void anAnswerToNothingIsNotTaken() throws IOException {
        Inbox inbox = new Inbox(Replies.ANSWERED, 1);
        send(1, 1_000);
        ByteBuffer answer = answers(asked(1));
        server.write(answer.duplicate());
        assertThat(inbox.read(link, NOW, recorder)).isEqualTo(1);
        server.write(answer);
        assertThatThrownBy(() -> inbox.read(link, NOW, recorder)).isInstanceOf(LoadException.class);
    }

    @Test
    void eachTenthMayBeAnsweredAndNoFewer() throws IOException {
        Inbox inbox = new Inbox(Replies.ANSWERED, 10);
        send(31, 1_000);
        ByteBuffer frames = answers(asked(31));
        server.write(frames.slice(0, Frames.BEAT_BYTES));
        server.write(frames.slice(10 * Frames.BEAT_BYTES, Frames.BEAT_BYTES));
        while (link.awaited != link.next - 20) {
            inbox.read(link, NOW, recorder);
        }
        server.write(frames.slice(21 * Frames.BEAT_BYTES, Frames.BEAT_BYTES));
        assertThatThrownBy(() -> inbox.read(link, NOW, recorder)).isInstanceOf(LoadException.class);
    }

    @Test
    void anEchoIsNoAnswer() throws IOException {
        send(1, 1_000);
        server.write(asked(1));
        assertThatThrownBy(() -> new Inbox(Replies.ANSWERED, 1).read(link, NOW, recorder))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("type 0x1");
    }

    @Test
    void otherBytesAreNoFrame() throws IOException {
        server.write(
                ByteBuffer.wrap("HTTP/1.1 400 Bad Request\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        assertThatThrownBy(() -> new Inbox(Replies.ANSWERED, 1).read(link, NOW, recorder))
                .hasMessageContaining("does not speak HBP/2");
    }

    @Test
    void theEndOfTheConnectionIsTold() throws IOException {
        server.close();
        assertThatThrownBy(() -> new Inbox(Replies.ANSWERED, 1).read(link, NOW, recorder))
                .hasMessage("the server has closed connection 4");
    }

    @Test
    void withoutAnAnswerThereIsNoFigure() throws IOException {
        recorder.close(NOW);
        assertThatThrownBy(recorder::turn).hasMessageContaining("not one answer");
    }
}
