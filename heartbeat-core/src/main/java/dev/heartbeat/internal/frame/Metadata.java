package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects the metadata entries of a REGISTER or UPDATE. What is wrong with an entry is remembered, and told at the end: whether the
 * payload is well formed is decided first.
 */
public final class Metadata {
    public static final int MAX_ENTRIES = 32;
    public static final int MAX_KEY = 64;
    public static final int MAX_BYTES = 4096;

    static final int TLV = 0x01;

    private final Map<String, String> entries = new LinkedHashMap<>();
    private int bytes;
    private String objection = "";

    Metadata() {}

    /** Why these cannot be a node's metadata, or an empty string if they can. */
    public static String objection(Map<String, String> metadata) {
        Metadata collected = new Metadata();
        metadata.forEach((key, value) ->
                collected.add(key, value, key.length() + value.getBytes(StandardCharsets.UTF_8).length));
        return collected.objection;
    }

    /** All of an UPDATE. */
    static Metadata read(ByteBuffer in) throws ProtocolException {
        Metadata metadata = new Metadata();
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            if (Tlv.type(tag) == TLV) {
                metadata.read(in, tag);
            } else {
                Tlv.skipUnknown(in, tag);
            }
        }
        return metadata;
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
        byte[] key = new byte[keyLength];
        in.get(key);
        ByteBuffer value = in.slice(in.position(), valueLength);
        in.position(in.position() + valueLength);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(value).toString();
            add(new String(key, StandardCharsets.ISO_8859_1), text, keyLength + valueLength);
        } catch (CharacterCodingException e) {
            object("a metadata value is not UTF-8");
        }
    }

    private void add(String key, String value, int size) {
        bytes += size;
        if (key.isEmpty() || key.length() > MAX_KEY || !NodeId.isPlain(key)) {
            object("a metadata key is not 1 to " + MAX_KEY + " characters of A-Z a-z 0-9 . _ : -");
        } else if (entries.put(key, value) != null) {
            object("metadata key " + key + " comes twice");
        } else if (entries.size() > MAX_ENTRIES) {
            object("more than " + MAX_ENTRIES + " metadata entries");
        } else if (bytes > MAX_BYTES) {
            object("more than " + MAX_BYTES + " bytes of metadata");
        }
    }

    private void object(String what) {
        if (objection.isEmpty()) {
            objection = what;
        }
    }

    /** The entries, if they can be a node's metadata. */
    public Map<String, String> checked() throws ProtocolException {
        if (!objection.isEmpty()) {
            throw new ProtocolException(ErrorCode.INVALID_METADATA, objection);
        }
        return entries.isEmpty() ? Map.of() : Collections.unmodifiableMap(entries);
    }

    @Override
    public String toString() {
        return objection.isEmpty() ? entries.toString() : objection;
    }
}
