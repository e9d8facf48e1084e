package dev.heartbeat.internal.admission;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heartbeat.spi.IpLiteral;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header of the PROXY protocol, version 1 or 2, that a proxy sends before all else. It may come
 * in any pieces. At most {@value #KEPT} bytes of it are kept; the extensions of version 2 are
 * skipped.
 */
public final class ProxyHeader {
    /** The longest header of version 2, extensions included. */
    public static final int MAX_BYTES = 4096;

    /** The longest line of version 1; of version 2 less is kept. */
    private static final int KEPT = 107;

    private static final byte[] LINE = "PROXY ".getBytes(ISO_8859_1);
    private static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);
    private static final int FIXED = SIGNATURE.length + 4;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int UNSPECIFIED = 0x00;
    private static final int TCP_IPV4 = 0x11;
    private static final int TCP_IPV6 = 0x21;
    private static final int UNIX_STREAM = 0x31;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private static final Pattern PORT = Pattern.compile("0|[1-9]\\d{0,4}");
    private static final int MAX_PORT = 65_535;

    private final byte[] kept = new byte[KEPT];
    private int count;
    /** Of version 2: the end of what is kept; 0 until that is known. */
    private int keptEnd;
    /** Of version 2: bytes that come behind. */
    private int toSkip;

    private @Nullable InetSocketAddress client;

    /**
     * Reads on, to the end of the header at most.
     *
     * @return whether it is complete
     * @throws IOException if it is no such header
     */
    public boolean read(ByteBuffer in) throws IOException {
        while (in.hasRemaining()) {
            if (keptEnd > 0 && count == keptEnd) {
                int skipped = Math.min(toSkip, in.remaining());
                in.position(in.position() + skipped);
                toSkip -= skipped;
            } else {
                kept[count++] = in.get();
                if (kept[0] == LINE[0] ? isLineComplete() : isBlockComplete()) {
                    return true;
                }
            }
            if (keptEnd > 0 && count == keptEnd && toSkip == 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing of it has come. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** The client's address; null where the proxy speaks for itself, or does not know. */
    public @Nullable InetSocketAddress client() {
        return client;
    }

    private void requireBegin(byte[] expected) throws IOException {
        if (count <= expected.length && kept[count - 1] != expected[count - 1]) {
            throw new IOException("no header of the PROXY protocol");
        }
    }

    // ---- version 1

    private boolean isLineComplete() throws IOException {
        requireBegin(LINE);
        if (kept[count - 1] == '\n') {
            readLine(new String(kept, 0, count, ISO_8859_1));
            return true;
        }
        if (count == KEPT) {
            throw new IOException("the line of the PROXY protocol has more than " + KEPT + " bytes");
        }
        return false;
    }

    private void readLine(String line) throws IOException {
        if (!line.endsWith("\r\n")) {
            throw malformedLine();
        }
        String[] words = line.substring(0, line.length() - 2).split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return; // Whatever follows is to be ignored.
        }
        boolean ipv6 = words[1].equals("TCP6");
        if (words.length != 6 || !ipv6 && !words[1].equals("TCP4")) {
            throw malformedLine();
        }
        InetAddress from = address(words[2], ipv6);
        InetAddress unused = address(words[3], ipv6);
        int port = port(words[4]);
        int unusedPort = port(words[5]);
        client = new InetSocketAddress(from, port);
    }

    private static InetAddress address(String word, boolean ipv6) throws IOException {
        InetAddress address = word.indexOf(':') >= 0 == ipv6 ? IpLiteral.parse(word) : null;
        if (address == null) {
            throw malformedLine();
        }
        return address;
    }

    private static int port(String word) throws IOException {
        if (!PORT.matcher(word).matches() || Integer.parseInt(word) > MAX_PORT) {
            throw malformedLine();
        }
        return Integer.parseInt(word);
    }

    private static IOException malformedLine() {
        return new IOException("the line of the PROXY protocol is malformed");
    }

    // ---- version 2

    private boolean isBlockComplete() throws IOException {
        requireBegin(SIGNATURE);
        if (count == FIXED) {
            begin();
        }
        if (keptEnd == 0 || count < keptEnd) {
            return false;
        }
        readAddress();
        return toSkip == 0;
    }

    private void begin() throws IOException {
        ByteBuffer fixed = ByteBuffer.wrap(kept, SIGNATURE.length, 4);
        int command = fixed.get() & 0xFF;
        int family = fixed.get() & 0xFF;
        int length = fixed.getShort() & 0xFFFF;
        if (command != LOCAL && command != PROXY) {
            throw new IOException("the PROXY protocol has no version and command " + hex(command));
        }
        if (length > MAX_BYTES - FIXED) {
            throw new IOException("the header of the PROXY protocol has " + (FIXED + length)
                    + " bytes, allowed are at most " + MAX_BYTES);
        }
        int used = command == LOCAL ? 0 : addressBytes(family);
        if (length < used) {
            throw new IOException("the header of the PROXY protocol is too short for its addresses");
        }
        keptEnd = FIXED + used;
        toSkip = length - used;
    }

    private static int addressBytes(int family) throws IOException {
        return switch (family) {
            case UNSPECIFIED, UNIX_STREAM -> 0;
            case TCP_IPV4 -> 2 * IPV4_BYTES + 2 * Short.BYTES;
            case TCP_IPV6 -> 2 * IPV6_BYTES + 2 * Short.BYTES;
            default -> throw new IOException("the PROXY protocol has no family of streams " + hex(family));
        };
    }

    private void readAddress() throws IOException {
        int addressBytes = (keptEnd - FIXED - 2 * Short.BYTES) / 2;
        if (addressBytes > 0) {
            client = new InetSocketAddress(
                    addressAt(FIXED, addressBytes), ByteBuffer.wrap(kept).getShort(FIXED + 2 * addressBytes) & 0xFFFF);
        }
    }

    private InetAddress addressAt(int index, int bytes) throws UnknownHostException {
        return InetAddress.getByAddress(Arrays.copyOfRange(kept, index, index + bytes));
    }

    private static String hex(int number) {
        return "0x" + Integer.toHexString(number);
    }
}
