package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameLog;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.GoAway;
import dev.heartbeat.internal.frame.GoAwayReason;
import dev.heartbeat.internal.frame.HandleRanges;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.Register;
import dev.heartbeat.internal.frame.Registered;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A peer that does what a test wrote down for it, right or wrong, and holds the other side to what
 * the test expects: a client for a real server, or a server for a real client, on whichever
 * transport.
 *
 * <pre>{@code
 * ScriptedPeer peer = ScriptedPeer.client(host.transport(), server.localAddress());
 * peer.connect();
 * peer.register("n1");
 * peer.expectRegistered();
 * peer.register("n1");
 * peer.expectError("ALREADY_REGISTERED");
 * peer.heartbeat();
 * peer.expectHeartbeatAnswer();
 * peer.play();
 * sim.advance(Duration.ofSeconds(1));
 * peer.verify();
 * }</pre>
 *
 * <p>Each call adds a step; {@link #play} lets those added so far happen, one after the other, each
 * as soon as the one before is done. Frames that come are compared with the steps that expect
 * something, one by one and in order; one that is not expected is a mismatch, wherever it comes,
 * unless its type is {@linkplain #ignore ignored}. Steps may be added and played again and again,
 * so a test can let time pass in between.
 *
 * <p>{@link #verify} throws what went wrong, as lines of frames: what was expected, what came, and
 * what went before.
 *
 * @since 0.1
 */
public final class ScriptedPeer implements AutoCloseable {
    private static final long INCARNATION = 1;
    private static final long WINDOW = 64 * 1024;
    private static final int MAX_MESSAGE = 1024 * 1024;
    private static final int LENGTH_OFFSET = 8;

    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration SUSPECT_AFTER = Duration.ofSeconds(25);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Transport transport;
    private final PeerScript script = new PeerScript();
    private final @Nullable Listener listener;
    private final InetSocketAddress address;
    private long attempts;
    private long timestamps;
    private long epochs;

    private ScriptedPeer(Transport transport, InetSocketAddress server) {
        this.transport = transport;
        this.listener = null;
        this.address = server;
    }

    private ScriptedPeer(Transport transport) {
        this.transport = transport;
        this.listener = transport
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new Door())
                .join();
        this.address = listener.localAddress();
    }

    /** {@return a client that will connect to {@code server}} */
    public static ScriptedPeer client(Transport transport, InetSocketAddress server) {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(server, "server");
        return new ScriptedPeer(transport, server);
    }

    /** {@return a server that listens already, on a free port of {@link #address}} */
    public static ScriptedPeer server(Transport transport) {
        Objects.requireNonNull(transport, "transport");
        return new ScriptedPeer(transport);
    }

    /** {@return the address where it listens, or connects to} */
    public InetSocketAddress address() {
        return address;
    }

    // ---- the script: connections

    /**
     * Connects; what follows happens on the new connection.
     *
     * @return this peer
     */
    public ScriptedPeer connect() {
        add("connect to " + address, playing -> {
            transport.connect(address, transport.eventLoops().get(0), new Door());
            return true;
        });
        return add("connected", playing -> playing.takeConnection("connected"));
    }

    /**
     * Waits for the next connection; what follows happens on it.
     *
     * @return this peer
     */
    public ScriptedPeer expectConnection() {
        return add("<< a connection", playing -> playing.takeConnection("<< a connection"));
    }

    /**
     * Ends the stream of this side, and goes on reading.
     *
     * @return this peer
     */
    public ScriptedPeer end() {
        return act(">> end of stream", Connection::shutdownOutput);
    }

    /**
     * Resets the connection.
     *
     * @return this peer
     */
    public ScriptedPeer reset() {
        return act(">> reset", Connection::abort);
    }

    /**
     * Expects that the other side ends the connection in order, with nothing before.
     *
     * @return this peer
     */
    public ScriptedPeer expectEndOfStream() {
        return add("<< end of stream", playing -> playing.takeEnd("<< end of stream", false));
    }

    /**
     * Expects that the other side resets the connection, with nothing before.
     *
     * @return this peer
     */
    public ScriptedPeer expectReset() {
        return add("<< reset", playing -> playing.takeEnd("<< reset", true));
    }

    // ---- the script: what a client says

    /**
     * REGISTER: always the same incarnation, an attempt greater than the last, windows of 64 KiB.
     *
     * @return this peer
     */
    public ScriptedPeer register(String nodeId) {
        Objects.requireNonNull(nodeId, "nodeId");
        return register(nodeId, INCARNATION, attempts + 1);
    }

    /**
     * REGISTER with this incarnation and attempt.
     *
     * @return this peer
     */
    public ScriptedPeer register(String nodeId, long incarnation, long attempt) {
        Objects.requireNonNull(nodeId, "nodeId");
        attempts = attempt;
        return send(encoder -> encoder.register(0, registerOf(nodeId, incarnation, attempt)));
    }

    /**
     * REGISTER of a further node on the same connection, as a gateway sends it.
     *
     * @return this peer
     */
    public ScriptedPeer register(int handle, String nodeId) {
        Objects.requireNonNull(nodeId, "nodeId");
        return send(encoder -> encoder.register(handle, registerOf(nodeId, INCARNATION, 1)));
    }

    private static Register registerOf(String nodeId, long incarnation, long attempt) {
        return new Register(incarnation, attempt, WINDOW, WINDOW, nodeId, Map.of(), 0, null, 0);
    }

    /**
     * HEARTBEAT_REQ.
     *
     * @return this peer
     */
    public ScriptedPeer heartbeat() {
        long timestamp = ++timestamps;
        return send(encoder -> encoder.heartbeatRequest(0, timestamp, 0, 0, HandleRanges.NOBODY));
    }

    /**
     * UNREGISTER.
     *
     * @return this peer
     */
    public ScriptedPeer unregister() {
        return send(encoder -> encoder.unregister(0, ""));
    }

    // ---- the script: what a server says

    /**
     * REGISTERED: beat every 10 s, suspected after 25 s, given up after 30 s, no grace.
     *
     * @return this peer
     */
    public ScriptedPeer registered() {
        return registered(INTERVAL, SUSPECT_AFTER, TIMEOUT);
    }

    /**
     * REGISTERED with these times and no grace; each has a greater epoch than the one before.
     *
     * @return this peer
     */
    public ScriptedPeer registered(Duration interval, Duration suspectAfter, Duration timeout) {
        requireOnWire("interval", interval);
        requireOnWire("suspectAfter", suspectAfter);
        requireOnWire("timeout", timeout);
        Registered answer = new Registered(
                ++epochs,
                interval.toMillis(),
                suspectAfter.toMillis(),
                timeout.toMillis(),
                0,
                MAX_MESSAGE,
                0,
                0,
                WINDOW,
                WINDOW,
                1);
        return send(encoder -> encoder.registered(0, answer));
    }

    /**
     * HEARTBEAT_RES for the last HEARTBEAT_REQ that was expected; for one that never was, if there
     * was none.
     *
     * @return this peer
     */
    public ScriptedPeer answerHeartbeat() {
        return send(
                ">> HEARTBEAT_RES",
                playing -> FrameSheet.bytesOf(encoder -> encoder.heartbeatResponse(0, playing.heartbeatToAnswer(), 0)));
    }

    /**
     * GO_AWAY. {@code reason} is its name in the protocol.
     *
     * @return this peer
     */
    public ScriptedPeer goAway(String reason, Duration retryAfter) {
        Objects.requireNonNull(reason, "reason");
        requireOnWire("retryAfter", retryAfter);
        GoAway goAway = new GoAway(ErrorCode.Scope.CONNECTION, GoAwayReason.valueOf(reason), retryAfter.toMillis(), "");
        return send(encoder -> encoder.goAway(0, goAway));
    }

    // ---- the script: what both say

    /**
     * PING, without a payload.
     *
     * @return this peer
     */
    public ScriptedPeer ping() {
        return send(FrameEncoder::ping);
    }

    /**
     * PONG, without a payload.
     *
     * @return this peer
     */
    public ScriptedPeer pong() {
        return send(encoder -> encoder.pong(ByteBuffer.allocate(0)));
    }

    /**
     * A message in one DATA frame on channel 0, at most 16,384 bytes.
     *
     * @return this peer
     */
    public ScriptedPeer data(byte[] message) {
        Objects.requireNonNull(message, "message");
        return send(encoder -> encoder.data(0, 0, 0, Envelope.NONE, message.length, Head.NO_TOTAL, 0), message);
    }

    /**
     * {@link #data(byte[])} of the text.
     *
     * @return this peer
     */
    public ScriptedPeer data(String text) {
        Objects.requireNonNull(text, "text");
        return data(text.getBytes(UTF_8));
    }

    /**
     * CREDIT for channel 0: how far the other side may send, from the beginning on.
     *
     * @return this peer
     */
    public ScriptedPeer credit(long limit) {
        return send(encoder -> encoder.credit(0, limit));
    }

    /**
     * CREDIT for the connection as a whole.
     *
     * @return this peer
     */
    public ScriptedPeer connectionCredit(long limit) {
        return send(encoder -> encoder.credit(FrameHeader.CONNECTION_STREAM, limit));
    }

    /**
     * ERROR. {@code code} is its name in the protocol; the scope is the code's.
     *
     * @return this peer
     */
    public ScriptedPeer error(String code) {
        Objects.requireNonNull(code, "code");
        ErrorCode known = errorCode(code);
        return send(encoder -> encoder.error(0, known, ""));
    }

    /**
     * Any bytes, in hex; spaces are left out. They are for what no other method says, and what
     * nobody should.
     *
     * @return this peer
     */
    public ScriptedPeer raw(String hex) {
        Objects.requireNonNull(hex, "hex");
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return send(lineOf(bytes), playing -> bytes);
    }

    // ---- the script: what the other side is to say

    /**
     * REGISTER of this node.
     *
     * @return this peer
     */
    public ScriptedPeer expectRegister(String nodeId) {
        Objects.requireNonNull(nodeId, "nodeId");
        return expect(FrameType.REGISTER, nodeId);
    }

    /**
     * REGISTERED, whatever it grants.
     *
     * @return this peer
     */
    public ScriptedPeer expectRegistered() {
        return expect(FrameType.REGISTERED, null);
    }

    /**
     * HEARTBEAT_REQ.
     *
     * @return this peer
     */
    public ScriptedPeer expectHeartbeat() {
        return expect(FrameType.HEARTBEAT_REQ, null);
    }

    /**
     * HEARTBEAT_RES for the last {@link #heartbeat} written down before.
     *
     * @return this peer
     */
    public ScriptedPeer expectHeartbeatAnswer() {
        long timestamp = timestamps;
        return expect(
                expectedLine(FrameType.HEARTBEAT_RES, "to timestamp " + timestamp),
                came -> came.type().equals(FrameType.HEARTBEAT_RES.name()) && came.timestamp() == timestamp);
    }

    /**
     * UNREGISTER.
     *
     * @return this peer
     */
    public ScriptedPeer expectUnregister() {
        return expect(FrameType.UNREGISTER, null);
    }

    /**
     * PING, whatever its payload.
     *
     * @return this peer
     */
    public ScriptedPeer expectPing() {
        return expect(FrameType.PING, null);
    }

    /**
     * PONG, whatever its payload.
     *
     * @return this peer
     */
    public ScriptedPeer expectPong() {
        return expect(FrameType.PONG, null);
    }

    /**
     * DATA with exactly these bytes of a message.
     *
     * @return this peer
     */
    public ScriptedPeer expectData(byte[] message) {
        Objects.requireNonNull(message, "message");
        return expect(FrameType.DATA, HexFormat.of().formatHex(message));
    }

    /**
     * {@link #expectData(byte[])} of the text.
     *
     * @return this peer
     */
    public ScriptedPeer expectData(String text) {
        Objects.requireNonNull(text, "text");
        return expectData(text.getBytes(UTF_8));
    }

    /**
     * CREDIT, whatever its limit and for whichever channel.
     *
     * @return this peer
     */
    public ScriptedPeer expectCredit() {
        return expect(FrameType.CREDIT, null);
    }

    /**
     * ERROR with the code of this name.
     *
     * @return this peer
     */
    public ScriptedPeer expectError(String code) {
        Objects.requireNonNull(code, "code");
        return expect(FrameType.ERROR, HeardFrame.nameOf(errorCode(code)));
    }

    /**
     * GO_AWAY with the reason of this name.
     *
     * @return this peer
     */
    public ScriptedPeer expectGoAway(String reason) {
        Objects.requireNonNull(reason, "reason");
        return expect(FrameType.GO_AWAY, GoAwayReason.valueOf(reason).name());
    }

    /**
     * Any frame of the type of this name.
     *
     * @return this peer
     */
    public ScriptedPeer expect(String type) {
        Objects.requireNonNull(type, "type");
        return expect(FrameType.valueOf(type), null);
    }

    /**
     * From now on, frames of the type of this name are passed over wherever they come.
     *
     * @return this peer
     */
    public ScriptedPeer ignore(String type) {
        Objects.requireNonNull(type, "type");
        script.ignore(FrameType.valueOf(type).name());
        return this;
    }

    // ---- playing it

    /**
     * Lets the steps added so far happen. Completes when the last of them is done, or exceptionally
     * with the {@link AssertionError} of the first mismatch; where something that is expected never
     * comes, never.
     *
     * @return a future that completes when the script is done
     */
    public CompletableFuture<Void> play() {
        return script.play();
    }

    /**
     * Throws what went wrong: a mismatch, a step that is not done, or a frame that came after the
     * last step.
     *
     * @throws AssertionError with the lines of the frames
     */
    public void verify() {
        script.verify();
    }

    /**
     * {@link #verify}, for a transport in real time: waits for the last step before, but not longer
     * than {@code patience}.
     */
    public void verify(Duration patience) throws InterruptedException {
        script.awaitPlayed(Spans.requireNotNegative("patience", patience));
        script.verify();
    }

    /** Resets its connection, and listens no more. The transport lives on. */
    @Override
    public void close() {
        script.abandon();
        if (listener != null) {
            CompletableFuture<?> unused = listener.close();
        }
    }

    /** Times are 32 bits of milliseconds there. */
    private static void requireOnWire(String parameter, Duration value) {
        if (Spans.requireNotNegative(parameter, value).toMillis() > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException(parameter + " is " + value + ", allowed is 0 to 4294967295 ms");
        }
    }

    // ---- steps

    private ScriptedPeer send(Consumer<FrameEncoder> frame, byte... message) {
        byte[] bytes = FrameSheet.bytesOf(frame, message);
        return send(lineOf(bytes), playing -> bytes);
    }

    private ScriptedPeer send(String line, Function<PeerScript, byte[]> content) {
        return add(line, playing -> {
            byte[] bytes = content.apply(playing);
            return playing.act(line, connection -> {
                connection.write(ByteBuffer.wrap(bytes), 0, bytes.length);
                connection.flush();
            });
        });
    }

    private ScriptedPeer act(String line, Consumer<Connection> action) {
        return add(line, playing -> playing.act(line, action));
    }

    private ScriptedPeer expect(FrameType type, @Nullable String what) {
        return expect(
                expectedLine(type, what == null ? "" : what),
                came -> came.type().equals(type.name()) && (what == null || what.equals(came.what())));
    }

    private ScriptedPeer expect(String line, Predicate<HeardFrame> expected) {
        return add(line, playing -> playing.takeFrame(expected));
    }

    private ScriptedPeer add(String line, PeerScript.Attempt attempt) {
        script.add(line, attempt);
        return this;
    }

    private static ErrorCode errorCode(String name) {
        return name.equals("UNSUPPORTED") ? ErrorCode.UNSUPPORTED_NODE_FEATURE : ErrorCode.valueOf(name);
    }

    // ---- lines

    private static String lineOf(byte[] bytes) {
        return isWholeFrame(bytes)
                ? FrameLog.line(false, ByteBuffer.wrap(bytes), 0, bytes.length)
                : ">> " + bytes.length + " bytes that are not a frame";
    }

    private static boolean isWholeFrame(byte[] bytes) {
        return bytes.length >= FrameHeader.SIZE
                && (bytes[0] & 0xFF) == FrameHeader.MAGIC
                && ByteBuffer.wrap(bytes).getInt(LENGTH_OFFSET) == bytes.length - FrameHeader.SIZE;
    }

    /** The parts that are not known of it before it comes are left blank. */
    private static String expectedLine(FrameType type, String what) {
        return String.format("<< %-15s %-17s %12s  %s", type, "", "", what).stripTrailing();
    }

    /** The source of its connections. */
    private final class Door implements Acceptor, Connector {

        @Override
        public boolean onAccept(InetSocketAddress remote) {
            return true;
        }

        @Override
        public ConnectionHandler onOpen(Connection connection) {
            PeerConnection opened = new PeerConnection(connection, script::goOn);
            script.arrived(opened);
            return opened;
        }

        @Override
        public void onConnectFailed(IOException cause) {
            script.fail("<< no connection: " + cause.getMessage());
        }
    }
}
