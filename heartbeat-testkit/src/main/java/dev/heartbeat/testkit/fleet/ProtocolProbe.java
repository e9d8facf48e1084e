package dev.heartbeat.testkit.fleet;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.testkit.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connects, says what it was asked to say, and writes down what the server answers: frames by name,
 * ERROR, CHANNEL_RESET and GO_AWAY with their codes, the wait of UNAUTHORIZED, and the end. It shares no code with the bus.
 */
final class ProtocolProbe implements Connector, ConnectionHandler {
    private static final int HEADER = 12;
    private static final int STREAM_BEFORE_PAYLOAD = 8;
    private static final List<String> NAMES = List.of(
            "?",
            "?",
            "BEAT",
            "DATA",
            "PING",
            "PONG",
            "?",
            "?",
            "ERROR",
            "REGISTERED",
            "?",
            "?",
            "RESET",
            "CREDIT",
            "GO_AWAY");
    private static final int ERROR = 8;
    private static final int RESET = 12;
    private static final int UNAUTHORIZED = 27;
    private static final int RETRY_AFTER = 3;
    private static final int GO_AWAY = 14;
    private static final int OVERLOADED = 5;

    private final Host host;
    private final String name;
    private final byte[] says;
    private final String expected;
    private final List<String> heard = new ArrayList<>();
    private byte[] rest = {};
    private long granted;
    private @Nullable Duration connectedAt;
    private @Nullable Duration endedAt;
    private boolean sentAway;
    private long retryAfterMillis;
    private @Nullable Connection connection;

    ProtocolProbe(Host host, String name, byte[] says, String expected) {
        this.host = host;
        this.name = name;
        this.says = says;
        this.expected = expected;
    }

    void connect(Host server, int port) {
        connect(server, port, FleetLayers.NONE);
    }

    void connect(Host server, int port, FleetLayers layers) {
        try {
            InetSocketAddress target = new InetSocketAddress(InetAddress.getByName(server.address()), port);
            host.transport().connect(target, host.transport().eventLoops().get(0), layers.over(this, target));
        } catch (UnknownHostException e) {
            throw new AssertionError("an address in numbers needs no look-up", e);
        }
    }

    /** Says more, if it still can. */
    void say(byte[] more) {
        Connection open = connection;
        if (open != null) {
            open.eventLoop().execute(() -> {
                open.write(ByteBuffer.wrap(more), 0, more.length);
                open.flush();
            });
        }
    }

    void check() {
        String all = String.join(" ", heard);
        if (!all.equals(expected)) {
            throw new Violation(
                    "I22 strangers are answered as the protocol says",
                    "to \"" + name + "\" the server answered \"" + all + "\", expected was \"" + expected + "\"");
        }
    }

    /** What the server said so far. */
    List<String> heard() {
        return heard;
    }

    /** The position up to which it may send on channel 0, as CREDIT reported. */
    long granted() {
        return granted;
    }

    /** The time until the server ended the stream; null if it did not. */
    @Nullable
    Duration lasted() {
        return connectedAt == null || endedAt == null ? null : endedAt.minus(connectedAt);
    }

    /** When the connection ended; the end of time if it did not. */
    Duration ended() {
        return endedAt == null ? Duration.ofSeconds(Long.MAX_VALUE) : endedAt;
    }

    /** Whether the server sent it away since it is overloaded. */
    boolean wasSentAway() {
        return sentAway;
    }

    /** The time after which the last GO_AWAY asks it to come back. */
    long retryAfterMillis() {
        return retryAfterMillis;
    }

    private Duration now() {
        return host.simulation().now();
    }

    @Override
    public ConnectionHandler onOpen(Connection opened) {
        connection = opened;
        connectedAt = now();
        opened.eventLoop().execute(() -> {
            opened.write(ByteBuffer.wrap(says), 0, says.length);
            opened.flush();
        });
        return this;
    }

    @Override
    public void onConnectFailed(IOException cause) {
        heard.add("refused");
    }

    @Override
    public void onRead(ByteBuffer bytes) {
        ByteBuffer all = ByteBuffer.allocate(rest.length + bytes.remaining());
        all.put(rest).put(bytes).flip();
        while (all.remaining() >= HEADER && all.remaining() - HEADER >= all.getInt(all.position() + 8)) {
            int type = all.get(all.position() + 2);
            int length = all.getInt(all.position() + 8);
            all.position(all.position() + HEADER);
            String frame = NAMES.get(type);
            if (type == ERROR) {
                int code = all.getShort(all.position() + 1);
                frame += "(" + code + (code == UNAUTHORIZED ? wait(all, length) : "") + ")";
            } else if (type == GO_AWAY) {
                int reason = all.getShort(all.position() + 1);
                sentAway |= reason == OVERLOADED;
                retryAfterMillis = all.getInt(all.position() + 3);
                frame += "(" + reason + ")";
            } else if (type == RESET) {
                frame += "(" + all.getShort(all.position()) + ")";
            }
            if (!frame.equals("CREDIT")) {
                heard.add(frame);
            } else if (all.getInt(all.position() - STREAM_BEFORE_PAYLOAD) == 0) {
                granted = Math.max(granted, all.getLong(all.position()));
            }
            all.position(all.position() + length);
        }
        rest = new byte[all.remaining()];
        all.get(rest);
    }

    /** What an ERROR asks to wait, in its TLV 0x03; the text before it is skipped. */
    private static String wait(ByteBuffer all, int length) {
        int end = all.position() + length;
        for (int at = all.position() + 3; at < end; at += 3 + all.getShort(at + 1)) {
            if (all.get(at) == RETRY_AFTER) {
                return "+" + all.getInt(at + 3) / 1000 + "s";
            }
        }
        return "";
    }

    @Override
    public void onWritable() {
        // It does not ask.
    }

    @Override
    public void onFlushed(long total) {
        // Nor this.
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
        heard.add(cause == null ? "end" : "reset");
        endedAt = now();
        connection = null;
    }
}
