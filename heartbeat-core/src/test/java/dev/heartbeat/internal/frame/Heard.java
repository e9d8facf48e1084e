package dev.heartbeat.internal.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes down what a decoder makes of bytes: a line for each frame, and the error that ended it. */
class Heard implements FrameHandler {
    private final List<String> lines = new ArrayList<>();
    private int wanted = Integer.MAX_VALUE;

    /** What is heard of bytes that come in one piece. */
    static List<String> of(byte[] bytes) {
        return of(bytes, bytes.length);
    }

    /** What is heard of bytes that come in pieces, cut at these places. */
    static List<String> of(byte[] bytes, int... cuts) {
        Heard heard = new Heard();
        heard.feed(new FrameDecoder(), bytes, cuts);
        return heard.lines;
    }

    static List<String> byteByByte(byte[] bytes) {
        return of(bytes, IntStream.rangeClosed(1, bytes.length).toArray());
    }

    static List<String> inRandomPieces(byte[] bytes, Random random) {
        int[] cuts = IntStream.generate(() -> random.nextInt(bytes.length + 1))
                .limit(random.nextInt(8))
                .sorted()
                .toArray();
        int[] all = Arrays.copyOf(cuts, cuts.length + 1);
        all[cuts.length] = bytes.length;
        return of(bytes, all);
    }

    /** Reads no more than so many frames. */
    static List<String> first(int frames, byte[] bytes) {
        Heard heard = new Heard();
        heard.wanted = frames;
        heard.feed(new FrameDecoder(), bytes, bytes.length);
        return heard.lines;
    }

    private void feed(FrameDecoder decoder, byte[] bytes, int... cuts) {
        int from = 0;
        try {
            for (int to : cuts) {
                decoder.decode(ByteBuffer.wrap(bytes, from, to - from).asReadOnlyBuffer(), this, BufferPool.NONE);
                from = to;
            }
        } catch (ProtocolException e) {
            lines.add(e.code().toString());
        }
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return HexFormat.of().formatHex(copy);
    }

    private void add(Object... words) {
        lines.add(Arrays.stream(words)
                .map(String::valueOf)
                .collect(Collectors.joining(" "))
                .strip());
    }

    @Override
    public boolean takesMore() {
        return lines.size() < wanted;
    }

    @Override
    public void onFrame(@Nullable FrameType type) {
        if (type == null) {
            lines.add("skipped");
        }
    }

    @Override
    public void onRefused(int streamId, ProtocolException refusal) {
        add("refused", streamId, refusal.code());
    }

    @Override
    public void onHeartbeatRequest(int handle, long timestamp, long position, int rttMicros, HandleRanges covered) {
        add(
                "heartbeat request",
                handle,
                "timestamp",
                Long.toHexString(timestamp),
                "position",
                position,
                "rtt",
                rttMicros,
                covered);
    }

    @Override
    public void onHeartbeatResponse(int handle, long timestamp, long position) {
        add("heartbeat response", handle, "timestamp", Long.toHexString(timestamp), "position", position);
    }

    @Override
    public void onPing(ByteBuffer payload) {
        add("ping", hex(payload));
    }

    @Override
    public void onPong(ByteBuffer payload) {
        add("pong", hex(payload));
    }

    @Override
    public void onRegister(int handle, Register register) {
        add(handle, register);
    }

    @Override
    public void onRegistered(int handle, Registered registered) {
        add(handle, registered);
    }

    @Override
    public void onUnregister(int handle, String text) {
        add("unregister", handle, text);
    }

    @Override
    public void onUpdate(int handle, Metadata metadata) {
        add("update", handle, metadata);
    }

    @Override
    public void onData(int channel, int flags, Head head, int size, ByteBuffer message) {
        add("data", channel, "flags", flags, head, "size", size, hex(message));
    }

    @Override
    public void onCredit(int channel, long limit) {
        add("credit", channel, limit);
    }

    @Override
    public void onChannelOpen(int channel, ChannelOpen open) {
        add("open", channel, open);
    }

    @Override
    public void onChannelAccept(int channel, long credit) {
        add("accept", channel, credit);
    }

    @Override
    public void onChannelReset(int channel, ChannelReset reset) {
        add("reset", channel, reset);
    }

    @Override
    public void onCancel(int channel, Head request) {
        add("cancel", channel, request);
    }

    @Override
    public void onGoAway(int streamId, GoAway goAway) {
        add(streamId, goAway);
    }

    @Override
    public void onError(int streamId, PeerError error) {
        add(streamId, error);
    }
}
