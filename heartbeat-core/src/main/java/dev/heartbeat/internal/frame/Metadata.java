package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * Collects the metadata entries of a REGISTER or UPDATE. A fault in an entry is remembered, and
 * reported at the end: whether the payload is well formed is decided first.
 */
public final class Metadata {
    public static final int MAX_ENTRIES = 32;
    public static final int MAX_KEY = 64;
    public static final int MAX_BYTES = 4096;

    static final int TLV = 0x01;

    private static final byte[] NONE = new byte[0];

    private byte[] packed = NONE;
    private int used;
    private int entries;
    private int bytes;
    private String objection = "";

    Metadata() {}

    /**
     * Why these cannot be a node's metadata, or an empty string if they can.
     *
     * @throws NullPointerException if a key or a value is null; the message says which
     */
    public static String objection(Map<String, String> metadata) {
        return collect(metadata).objection;
    }

    static Metadata collect(Map<String, String> metadata) {
        Metadata collected = new Metadata();
        metadata.forEach((key, value) -> {
            Objects.requireNonNull(key, "a key of metadata");
            collected.add(key, Objects.requireNonNull(value, () -> "the value of metadata key " + key));
        });
        return collected;
    }

    /** More bytes than they need; for reserving room. */
    static int maxSize(Map<String, String> metadata) {
        int size = 0;
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            size += Tlv.HEADER
                    + 1
                    + entry.getKey().length()
                    + 3 * entry.getValue().length();
        }
        return size;
    }

    static void write(ByteBuffer out, Map<String, String> metadata) {
        metadata.forEach((key, value) -> {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            Tlv.write(out, TLV, 1 + key.length() + text.length);
            out.put((byte) key.length())
                    .put(key.getBytes(StandardCharsets.US_ASCII))
                    .put(text);
        });
    }

    void read(ByteBuffer in, int tag) throws ProtocolException {
        int keyLength = Tlv.length(tag) == 0 ? 0 : in.get() & 0xFF;
        int valueLength = Tlv.length(tag) - 1 - keyLength;
        if (valueLength < 0) {
            throw malformed("a metadata entry is shorter than its key");
        }
        if (!objection.isEmpty()) {
            in.position(in.position() + keyLength + valueLength);
            return;
        }
        byte[] key = new byte[keyLength];
        in.get(key);
        ByteBuffer value = in.slice(in.position(), valueLength);
        in.position(in.position() + valueLength);
        try {
            CharBuffer unused = StandardCharsets.UTF_8.newDecoder().decode(value);
            add(new String(key, StandardCharsets.ISO_8859_1), value.flip());
        } catch (CharacterCodingException e) {
            object("a metadata value is not UTF-8");
        }
    }

    private void add(String key, String value) {
        if (!objection.isEmpty()) {
            return;
        }
        try {
            add(key, StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value)));
        } catch (CharacterCodingException e) {
            object("the value of metadata key " + key + " has half of a surrogate pair, which no UTF-8 can express");
        }
    }

    private void add(String key, ByteBuffer value) {
        bytes += key.length() + value.remaining();
        if (key.isEmpty() || key.length() > MAX_KEY || !NodeId.isPlain(key)) {
            object("a metadata key is not 1 to " + MAX_KEY + " characters of A-Z a-z 0-9 . _ : -");
        } else if (MetadataMap.find(packed, used, key) >= 0) {
            object("metadata key " + key + " comes twice");
        } else if (entries == MAX_ENTRIES) {
            object("more than " + MAX_ENTRIES + " metadata entries");
        } else if (bytes > MAX_BYTES) {
            object("more than " + MAX_BYTES + " bytes of metadata");
        } else {
            pack(key, value);
        }
    }

    private void pack(String key, ByteBuffer value) {
        int size = MetadataMap.ENTRY_HEADER + key.length() + value.remaining();
        if (used + size > packed.length) {
            packed = Arrays.copyOf(packed, Math.max(used + size, 2 * packed.length));
        }
        ByteBuffer.wrap(packed, used, size)
                .put((byte) key.length())
                .putShort((short) value.remaining())
                .put(key.getBytes(StandardCharsets.US_ASCII))
                .put(value);
        used += size;
        entries++;
    }

    private void object(String what) {
        if (objection.isEmpty()) {
            objection = what;
        }
    }

    /** The entries, if they can be a node's metadata. */
    public MetadataMap checked() throws ProtocolException {
        if (!objection.isEmpty()) {
            throw new ProtocolException(ErrorCode.INVALID_METADATA, objection);
        }
        return kept();
    }

    /** The entries of an application, which must be a node's metadata. */
    MetadataMap packed() {
        if (!objection.isEmpty()) {
            throw new IllegalArgumentException(objection);
        }
        return kept();
    }

    private MetadataMap kept() {
        return MetadataMap.of(Arrays.copyOf(packed, used));
    }

    @Override
    public String toString() {
        return objection.isEmpty() ? kept().toString() : objection;
    }
}
