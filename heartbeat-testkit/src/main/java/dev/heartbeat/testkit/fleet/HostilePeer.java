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
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A stranger who connects and sends frames that are right, half right, or wrong, and does not care
 * for answers.
 */
final class HostilePeer implements Connector, ConnectionHandler {
    private static final List<String> FRAMES = List.of(
            "ab0206000000000000000021 0123456789abcdef 00000001 0000000000010000 0000000000010000 04 6576696c",
            "ab0206000000000000000021 0123456789abcdef 00000000 0000000000010000 0000000000010000 04 6576696c",
            "ab0201000000000000000010 1122334455667788 0000000000000000",
            "ab0201000000000000000010 1122334455667788 00000000000000ff",
            "ab020400000000000000000d 61726520796f75207468657265",
            "ab0203000000000000000005 68656c6c6f",
            "ab020305000000000000000f 0007 0600040000000a 616263646566",
            "ab020d000000000000000008 0000000000018000",
            "ab020d000000000000000008 ffffffffffffffff",
            "ab0208000000000000000003 00 0001",
            "ab020a00000000010000000e 0000000000010000 01 04 6c6f6773",
            "ab0207000000000000000000",
            "ab0209000000000000000000",
            "ab02ff00000000000000ffff",
            "ab7f04000000000000000000",
            "ab0203000000000000004000",
            "474554202f20485454502f312e310d0a0d0a");

    private final RandomGenerator random;
    private @Nullable Connection connection;
    private int framesLeft;

    private HostilePeer(RandomGenerator random) {
        this.random = random;
        framesLeft = 1 + random.nextInt(30);
    }

    static void attack(Host from, Fleet fleet, RandomGenerator random) {
        try {
            InetSocketAddress target = new InetSocketAddress(
                    InetAddress.getByName(fleet.serverHost().address()), Fleet.PORT);
            Connector peer = fleet.layers().over(new HostilePeer(random), target);
            from.transport().connect(target, from.transport().eventLoops().get(0), peer);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address in numbers needs no look-up", e);
        }
    }

    @Override
    public ConnectionHandler onOpen(Connection opened) {
        connection = opened;
        opened.eventLoop().execute(this::sendSome);
        return this;
    }

    private void sendSome() {
        Connection open = connection;
        if (open == null) {
            return;
        }
        // REGISTER first, more often than not: behind it more is possible.
        byte[] frame =
                bytes(FRAMES.get(random.nextInt(3) == 0 ? random.nextInt(FRAMES.size()) : Math.min(framesLeft % 7, 6)));
        if (random.nextInt(4) == 0) {
            frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
        }
        open.write(ByteBuffer.wrap(frame), 0, random.nextInt(10) == 0 ? random.nextInt(frame.length) : frame.length);
        open.flush();
        if (--framesLeft > 0) {
            open.eventLoop().execute(this::sendSome);
        } else if (random.nextBoolean()) {
            open.abort();
        }
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
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
