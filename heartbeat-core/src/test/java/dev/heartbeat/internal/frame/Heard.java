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

/**
 * Writes down what a decoder makes of bytes: a line for each frame, and the error that ended it.
 */
class Heard implements FrameHandler {
    private final List<String> lines = new ArrayList<>();
    private final Heartbeat heartbeat = new Heartbeat();
    private int wanted = Integer.MAX_VALUE;

    /** The calls for bytes that arrive in one piece. */
    static List<String> of(byte[] bytes) {
        return of(bytes, bytes.length);
    }

    /** The calls for bytes that arrive cut at these places. */
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
                hear(ByteBuffer.wrap(bytes, from, to - from).asReadOnlyBuffer(), decoder);
                from = to;
            }
        } catch (ProtocolException e) {
            lines.add(e.code().toString());
        }
    }

    /** Reads these bytes to their end, as those of both sides. */
    void hear(ByteBuffer bytes, FrameDecoder decoder) throws ProtocolException {
        while (bytes.hasRemaining() && lines.size() < wanted) {
            decoder.decode(bytes, FrameType.Sender.BOTH, this, BufferPool.NONE);
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
    public void onFrame(@Nullable FrameType type, int flags, int streamId, ByteBuffer in) throws ProtocolException {
        if (type == null) {
            add("skipped");
            return;
        }
        switch (type) {
            case HEARTBEAT_REQ -> {
                heartbeat.readRequest(streamId, in);
                addTimes("heartbeat request", streamId, "rtt", heartbeat.rttMicros(), heartbeat.covered());
            }
            case HEARTBEAT_RES -> {
                heartbeat.readResponse(in);
                addTimes("heartbeat response", streamId);
            }
            case PING -> onPing(Payload.ofPing(streamId, in));
            case PONG -> add("pong", hex(Payload.ofPing(streamId, in)));
            case REGISTER -> add(streamId, Register.read(in));
            case REGISTERED -> add(streamId, Registered.read(in));
            case UNREGISTER -> add("unregister", streamId, GoAway.readText(in));
            case UPDATE -> add("update", streamId, Update.read(in));
            case DATA -> {
                int size = FrameHeader.SIZE + in.remaining();
                Head head = Head.of(flags, in);
                add("data", streamId, "flags", flags, head, "size", size, hex(in));
            }
            case CREDIT -> add("credit", streamId, Payload.ofCredit(in));
            case CHANNEL_OPEN -> add("open", streamId, ChannelOpen.read(in));
            case CHANNEL_ACCEPT -> add("accept", streamId, ChannelOpen.readAccept(in));
            case CHANNEL_RESET -> add("reset", streamId, ChannelReset.read(in));
            case CANCEL -> add("cancel", streamId, Head.ofCancel(streamId, in));
            case GO_AWAY -> add(streamId, GoAway.read(in));
            case ERROR -> onError(streamId, PeerError.read(in));
        }
    }

    private void addTimes(String what, int handle, Object... more) {
        add(
                what,
                handle,
                "timestamp",
                Long.toHexString(heartbeat.timestamp()),
                "position",
                heartbeat.position(),
                Arrays.stream(more).map(String::valueOf).collect(Collectors.joining(" ")));
    }

    @Override
    public void onRefused(int streamId, ProtocolException refusal) {
        add("refused", streamId, refusal.code());
    }

    void onPing(ByteBuffer payload) {
        add("ping", hex(payload));
    }

    void onError(int streamId, PeerError error) {
        add(streamId, error);
    }
}
