package dev.heartbeat.testkit.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;

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
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A stranger who registers a node with one credential, and shows another when it is registered. */
final class Intruder implements Connector, ConnectionHandler {
    private static final String REGISTER = "0123456789abcdef 00000001 0000000000010000 0000000000010000";
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final Fleet fleet;
    private final String id;
    private final byte[] first;
    private final byte[] second;
    private @Nullable Connection connection;

    private Intruder(Fleet fleet, String id, byte[] first, byte[] second) {
        this.fleet = fleet;
        this.id = id;
        this.first = first;
        this.second = second;
    }

    static void attack(Host from, Fleet fleet, String id, byte[] first, byte[] second) {
        try {
            InetSocketAddress target = new InetSocketAddress(
                    InetAddress.getByName(fleet.serverHost().address()), Fleet.PORT);
            Connector peer = fleet.layers().over(new Intruder(fleet, id, first, second), target);
            from.transport().connect(target, from.transport().eventLoops().get(0), peer);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address in numbers needs no look-up", e);
        }
    }

    @Override
    public ConnectionHandler onOpen(Connection opened) {
        connection = opened;
        String name = HexFormat.of().formatHex(id.getBytes(US_ASCII));
        byte[] register = frame("06", REGISTER + String.format("%02x", id.length()) + name + tlv(first));
        byte[] update = frame("0f", tlv(second));
        opened.eventLoop().execute(() -> say(register));
        fleet.simulation().after(PATIENCE, () -> opened.eventLoop().execute(() -> say(update)));
        fleet.simulation()
                .after(
                        PATIENCE.multipliedBy(2),
                        () -> opened.eventLoop().execute(() -> {
                            if (connection != null) {
                                opened.abort();
                            }
                        }));
        return this;
    }

    private void say(byte[] frame) {
        Connection open = connection;
        if (open != null) {
            open.write(ByteBuffer.wrap(frame), 0, frame.length);
            open.flush();
        }
    }

    private static String tlv(byte[] credential) {
        return String.format("03%04x", credential.length) + HexFormat.of().formatHex(credential);
    }

    private static byte[] frame(String type, String payload) {
        String bytes = payload.replace(" ", "");
        return HexFormat.of().parseHex(String.format("ab02%s0000000000%08x", type, bytes.length() / 2) + bytes);
    }

    @Override
    public void onConnectFailed(IOException cause) {
        // As good.
    }

    @Override
    public void onRead(ByteBuffer bytes) {
        bytes.position(bytes.limit());
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
        connection = null;
    }
}
