package dev.heartbeat.tls;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import javax.net.ssl.SSLException;

/** The header of a TLS record (RFC 8446, section 5.1): type, version, length. */
final class TlsRecord {
    static final int HEADER = 5;

    /** What TLS 1.2 allows; TLS 1.3 allows less, which the engine checks. */
    static final int MAX = HEADER + (1 << 14) + 2048;

    static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static final int FIRST_TYPE = 20;
    private static final int LAST_TYPE = 24;
    private static final int MAJOR_VERSION = 3;
    private static final int SHOWN = 8;

    private TlsRecord() {}

    /** Whether a whole record comes next. */
    static boolean isNext(ByteBuffer bytes) throws SSLException {
        return missing(bytes, bytes.position(), bytes.remaining()) == 0;
    }

    /** How many bytes the record is short of that begins the first {@code count} bytes. */
    static int missing(ByteBuffer bytes, int count) throws SSLException {
        return missing(bytes, 0, count);
    }

    /** At least so many bytes are missing for a whole record; 0 if it is there. */
    private static int missing(ByteBuffer bytes, int at, int count) throws SSLException {
        if (count > 0) {
            requireRecord(bytes, at, count);
        }
        if (count < HEADER) {
            return HEADER - count;
        }
        int length = (bytes.get(at + 3) & 0xFF) << 8 | (bytes.get(at + 4) & 0xFF);
        if (length > MAX - HEADER) {
            throw new SSLException("a TLS record of " + length + " bytes; the most is " + (MAX - HEADER));
        }
        return Math.max(0, HEADER + length - count);
    }

    /** Refuses what is no TLS at its first byte. */
    private static void requireRecord(ByteBuffer bytes, int at, int count) throws SSLException {
        int type = bytes.get(at) & 0xFF;
        boolean isVersion = count < 2 || bytes.get(at + 1) == MAJOR_VERSION;
        if (type < FIRST_TYPE || type > LAST_TYPE || !isVersion) {
            byte[] first = new byte[Math.min(count, SHOWN)];
            bytes.get(at, first);
            throw new NotTlsException("the peer does not speak TLS: it sent "
                    + HexFormat.ofDelimiter(" ").formatHex(first) + meaning(type));
        }
    }

    private static String meaning(int firstByte) {
        if (firstByte == 0xAB) {
            return ", which is HBP/2 without TLS";
        }
        return Character.isLetter(firstByte) && firstByte < 0x80 ? ", which is text such as HTTP" : "";
    }
}
