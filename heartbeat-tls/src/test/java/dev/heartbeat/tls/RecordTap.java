package dev.heartbeat.tls;

import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.WireTap;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows another tap the content of the records of a {@link FakeEngine}, which hide nothing. */
final class RecordTap implements WireTap {
    private final WireTap above;
    private final Map<Way, Content> arrived = new HashMap<>();
    private final Map<Way, Content> read = new HashMap<>();

    /** The bytes that a host gets from another. */
    private record Way(Host host, InetSocketAddress remote) {}

    RecordTap(WireTap above) {
        this.above = above;
    }

    @Override
    public void onArrival(Host host, int loop, InetSocketAddress remote, byte[] bytes, int count) {
        byte[] content = arrived.computeIfAbsent(new Way(host, remote), any -> new Content())
                .next(bytes, count);
        if (content.length > 0) {
            above.onArrival(host, loop, remote, content, content.length);
        }
    }

    @Override
    public void onRead(Host host, int loop, InetSocketAddress remote, byte[] bytes, int count) {
        byte[] content = read.computeIfAbsent(new Way(host, remote), any -> new Content())
                .next(bytes, count);
        if (content.length > 0) {
            above.onRead(host, loop, remote, content, content.length);
        }
    }

    @Override
    public void onClosed(Host host, int loop, InetSocketAddress remote, @Nullable Throwable cause) {
        arrived.remove(new Way(host, remote));
        read.remove(new Way(host, remote));
        above.onClosed(host, loop, remote, cause);
    }

    /** The plaintext of a stream of records, of which a part is known once its record is whole. */
    private static final class Content {
        private byte[] rest = {};
        private boolean begun;
        private boolean isPlain;

        byte[] next(byte[] bytes, int count) {
            if (isPlain || rest.length == 0 && !begun && bytes[0] == (byte) 0xAB) {
                isPlain = true; // A connection without the layer.
                return Arrays.copyOf(bytes, count);
            }
            begun = true;
            byte[] all = Arrays.copyOf(rest, rest.length + count);
            System.arraycopy(bytes, 0, all, rest.length, count);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            int at = 0;
            while (all.length - at >= TlsRecord.HEADER) {
                int end = at + TlsRecord.HEADER + ((all[at + 3] & 0xFF) << 8 | (all[at + 4] & 0xFF));
                if (end > all.length) {
                    break;
                }
                if (all[at] == FakeEngine.DATA) {
                    content.write(all, at + TlsRecord.HEADER, end - at - TlsRecord.HEADER);
                }
                at = end;
            }
            rest = Arrays.copyOfRange(all, at, all.length);
            return content.toByteArray();
        }
    }
}
