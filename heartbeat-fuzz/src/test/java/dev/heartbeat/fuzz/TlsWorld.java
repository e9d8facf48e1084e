package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.tls.FuzzedTls;
import java.nio.ByteBuffer;

/**
 * A server's and a client's layer of TLS with a wire between them. Any bytes are a script: the first
 * chooses the version of TLS, then come steps. The upper bit of a step chooses the way on the wire,
 * or the side.
 *
 * <pre>
 *  step & 7   then
 *  0          u8 count                bytes that are under way arrive
 *  1          u8                      all of them arrive, and what comes of them
 *  2          u8 offset               a bit of what is under way changes
 *  3          u8 length, bytes        bytes that nobody sent are inserted
 *  4          u8 count                bytes that are under way are lost
 *  5          u8 size                 the side above writes
 *  6          u8 what                 something happens to the side
 * </pre>
 */
final class TlsWorld {
    static final int DELIVER = 0;
    static final int SETTLE = 1;
    static final int FLIP = 2;
    static final int INSERT = 3;
    static final int LOSE = 4;
    static final int WRITE = 5;
    static final int ACT = 6;

    static final int PAUSE = 0;
    static final int RESUME = 1;
    static final int SHUTDOWN = 2;
    static final int CLOSE = 3;
    static final int ABORT = 4;
    static final int END = 5;
    static final int BREAK = 6;

    static final int OTHER_WAY = 0x80;

    private static final int MAX_STEPS = 200;

    /** More deliveries than any conversation here takes: it would go on for ever. */
    private static final int MAX_ROUNDS = 10_000;

    private final ByteBuffer input;
    private final FakeLoop loop = FakeLoop.still();
    private final FuzzedTls tls;
    private final TlsEnd server;
    private final TlsEnd client;

    TlsWorld(byte[] input) {
        this.input = ByteBuffer.wrap(input);
        tls = new FuzzedTls((u8() & 1) == 0 ? "TLSv1.3" : "TLSv1.2");
        server = new TlsEnd(loop);
        client = new TlsEnd(loop);
        server.begin(tls.server());
        client.begin(tls.client());
        loop.run();
    }

    long failures() {
        return loop.failures().count();
    }

    /** How many bytes both sides have heard. */
    int heard() {
        return server.heard() + client.heard();
    }

    void play() {
        for (int steps = 0; steps < MAX_STEPS && input.hasRemaining(); steps++) {
            step(u8());
            loop.run();
            look();
        }
    }

    private void step(int step) {
        boolean toClient = (step & OTHER_WAY) != 0;
        TlsEnd from = toClient ? server : client;
        TlsEnd to = toClient ? client : server;
        int argument = u8();
        switch (step & 7) {
            case DELIVER -> to.receive(from.wire().take(1 + argument));
            case SETTLE -> settle();
            case FLIP -> from.wire().flip(argument);
            case INSERT -> from.wire().insert(bytes(argument));
            case LOSE -> from.wire().take(1 + argument);
            case WRITE -> from.write(argument * argument);
            default -> from.act(argument);
        }
    }

    private void settle() {
        for (int round = 0; client.canPassTo(server) || server.canPassTo(client); round++) {
            assertThat(round).as("rounds").isLessThan(MAX_ROUNDS);
            client.passTo(server);
            loop.run();
            server.passTo(client);
            loop.run();
        }
    }

    private void look() {
        assertThat(tls.heldBytes()).as("held bytes").isBetween(0L, (long) FuzzedTls.HELD_BYTES);
        server.heardOnlyWhatWasWrittenBy(client);
        client.heardOnlyWhatWasWrittenBy(server);
    }

    /** The connections end, and nothing is left of them. */
    void checkAfterwards() {
        settle();
        look();
        server.breakOff();
        client.breakOff();
        loop.run();
        server.checkEnded();
        client.checkEnded();
        assertThat(tls.heldBytes()).as("held bytes").isZero();
        assertThat(tls.handshakes()).as("handshakes").isZero();
    }

    private int u8() {
        return input.hasRemaining() ? input.get() & 0xFF : 0;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[Math.min(length, input.remaining())];
        input.get(bytes);
        return bytes;
    }
}
