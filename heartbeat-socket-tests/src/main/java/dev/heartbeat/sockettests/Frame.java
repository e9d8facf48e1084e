package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A frame as it is on the wire. Written from docs/PROTOCOL.md alone, so that no mistake of the
 * codec can hide here.
 *
 * @param payload in hex
 */
record Frame(int version, int type, int flags, int stream, String payload) {
    static final int HEADER = 12;
    static final int MORE = 0x01;
    static final int HEAD = 0x04;
    static final int CONNECTION = 0xFFFF_FFFF;

    static final int HEARTBEAT_REQ = 0x01;
    static final int HEARTBEAT_RES = 0x02;
    static final int DATA = 0x03;
    static final int PING = 0x04;
    static final int PONG = 0x05;
    static final int REGISTER = 0x06;
    static final int UNREGISTER = 0x07;
    static final int ERROR = 0x08;
    static final int REGISTERED = 0x09;
    static final int CHANNEL_OPEN = 0x0A;
    static final int CHANNEL_ACCEPT = 0x0B;
    static final int CHANNEL_RESET = 0x0C;
    static final int CREDIT = 0x0D;
    static final int GO_AWAY = 0x0E;
    static final int UPDATE = 0x0F;

    private static final List<String> NAMES = List.of(
            "",
            "HEARTBEAT_REQ",
            "HEARTBEAT_RES",
            "DATA",
            "PING",
            "PONG",
            "REGISTER",
            "UNREGISTER",
            "ERROR",
            "REGISTERED",
            "CHANNEL_OPEN",
            "CHANNEL_ACCEPT",
            "CHANNEL_RESET",
            "CREDIT",
            "GO_AWAY",
            "UPDATE");

    /**
     * @param payload in hex, with spaces where they help
     */
    static Frame of(int type, int stream, String payload) {
        return new Frame(2, type, 0, stream, payload.replace(" ", ""));
    }

    Frame withFlags(int value) {
        return new Frame(version, type, value, stream, payload);
    }

    /** The same frame for another handle or channel. */
    Frame of(int handle) {
        return new Frame(version, type, flags, handle, payload);
    }

    static Frame register(String id) {
        return register(id, 1, 1, "");
    }

    /**
     * @param tlvs in hex
     */
    static Frame register(String id, long incarnation, int attempt, String tlvs) {
        return register(id, incarnation, attempt, 65_536, tlvs);
    }

    static Frame register(String id, long incarnation, int attempt, long credit, String tlvs) {
        byte[] name = id.getBytes(StandardCharsets.US_ASCII);
        return of(
                REGISTER,
                0,
                u64(incarnation) + u32(attempt) + u64(credit) + u64(credit) + u8(name.length) + hex(name) + tlvs);
    }

    static Frame heartbeat(long timestamp) {
        return of(HEARTBEAT_REQ, 0, u64(timestamp) + u64(0));
    }

    static Frame ping(String text) {
        return of(PING, 0, hex(text));
    }

    static Frame pong(String text) {
        return of(PONG, 0, hex(text));
    }

    /** A whole message on channel 0. */
    static Frame data(String text) {
        return of(DATA, 0, hex(text));
    }

    /** The first of several fragments of a message. */
    static Frame firstFragment(int total, String text) {
        return of(DATA, 0, "0007 060004" + u32(total) + hex(text)).withFlags(MORE | HEAD);
    }

    /** A whole message of another node than the connection's own. */
    static Frame data(int handle, String text) {
        return of(DATA, 0, "0007 010004" + u32(handle) + hex(text)).withFlags(HEAD);
    }

    static Frame credit(int stream, long limit) {
        return of(CREDIT, stream, u64(limit));
    }

    static String u8(int value) {
        return HexFormat.of().toHexDigits((byte) value);
    }

    static String u16(int value) {
        return HexFormat.of().toHexDigits((short) value);
    }

    static String u32(long value) {
        return HexFormat.of().toHexDigits((int) value);
    }

    static String u64(long value) {
        return HexFormat.of().toHexDigits(value);
    }

    static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The frame's own bytes, to be sent. */
    byte[] bytes() {
        byte[] body = HexFormat.of().parseHex(payload);
        return ByteBuffer.allocate(HEADER + body.length)
                .put((byte) 0xAB)
                .put((byte) version)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .putInt(body.length)
                .put(body)
                .array();
    }

    /** Its bytes of credit. */
    int size() {
        return HEADER + payload.length() / 2;
    }

    /** The payload, for reading. */
    ByteBuffer reader() {
        return ByteBuffer.wrap(HexFormat.of().parseHex(payload));
    }

    String text() {
        return StandardCharsets.UTF_8.decode(reader()).toString();
    }

    @Override
    public String toString() {
        String shown = payload.length() > 80 ? payload.substring(0, 80) + "..." : payload;
        return String.format(
                Locale.ROOT,
                "%s flags %02x stream %s: %s",
                type > 0 && type < NAMES.size() ? NAMES.get(type) : "type " + type,
                flags,
                Integer.toUnsignedString(stream),
                shown);
    }

    /** Whatever it says for people. */
    void isReset(int ofStream, int code) {
        assertThat(type()).as(toString()).isEqualTo(CHANNEL_RESET);
        assertThat(stream()).isEqualTo(ofStream);
        assertThat(payload()).startsWith(u16(code));
    }
}
