package dev.heartbeat.internal.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The vectors of docs/PROTOCOL.md mean what they say, however they are cut, and are what is
 * written.
 */
@Tag("M6")
final class VectorsTest {
    private static final String PLAIN = "envelope=" + Envelope.NONE + ", remainingMillis=-1";
    private static final Map<String, byte[]> VECTORS = ProtocolPage.vectors();
    private static final long STAMP = 0x1122_3344_5566_7788L;
    private static final long EPOCH = 0x19AA_1BB5_4800_0007L;

    private static final Map<String, String> MEANINGS = meanings();
    private static final Map<String, Consumer<FrameEncoder>> WRITES = writes();

    private static final String NO_LIMITS = ", limits=Limits[maxMessageBytes=4294967295, maxChannels=4294967295]";

    private static Map<String, String> meanings() {
        Map<String, String> means = new LinkedHashMap<>();
        means.put(
                "register-minimal",
                "0 Register[incarnation=81985529216486895, attempt=1, connectionCredit=65536, channelCredit=65536,"
                        + " nodeId=n1, metadata={}, askedIntervalMillis=0, credential=null, lastEpoch=0" + NO_LIMITS
                        + "]");
        means.put(
                "register-limits",
                "0 Register[incarnation=81985529216486895, attempt=1, connectionCredit=65536, channelCredit=65536,"
                        + " nodeId=n1, metadata={}, askedIntervalMillis=0, credential=null, lastEpoch=0,"
                        + " limits=Limits[maxMessageBytes=4096, maxChannels=5]]");
        means.put(
                "register-full",
                "0 Register[incarnation=81985529216486895, attempt=3, connectionCredit=65536, channelCredit=65536,"
                        + " nodeId=sensor-42, metadata={zone=eu-1, name=Zürich}, askedIntervalMillis=5000,"
                        + " credential=(secret), lastEpoch=" + EPOCH + NO_LIMITS + "]");
        means.put(
                "registered",
                "0 Registered[epoch=" + EPOCH + ", intervalMillis=10000, suspectMillis=25000, timeoutMillis=30000,"
                        + " graceMillis=30000, maxMessageBytes=10485760, maxHandles=0, maxChannels=0,"
                        + " connectionCredit=65536, channelCredit=65536, ackEvery=1, validForMillis=0]");
        means.put(
                "registered-valid-for",
                "0 Registered[epoch=" + EPOCH + ", intervalMillis=10000, suspectMillis=25000, timeoutMillis=30000,"
                        + " graceMillis=30000, maxMessageBytes=10485760, maxHandles=0, maxChannels=0,"
                        + " connectionCredit=65536, channelCredit=65536, ackEvery=1, validForMillis=300000]");
        means.put(
                "registered-ack-every",
                "0 Registered[epoch=" + (EPOCH + 1) + ", intervalMillis=1000, suspectMillis=2500, timeoutMillis=3000,"
                        + " graceMillis=0, maxMessageBytes=10485760, maxHandles=0, maxChannels=0,"
                        + " connectionCredit=65536, channelCredit=65536, ackEvery=10, validForMillis=0]");
        means.put("heartbeat-req", "heartbeat request 0 timestamp 1122334455667788 position 0 rtt 0 nobody else");
        means.put("heartbeat-req-rtt", "heartbeat request 0 timestamp 1122334455667788 position 3 rtt 415 nobody else");
        means.put("heartbeat-req-all", "heartbeat request 0 timestamp 1122334455667788 position 0 rtt 0 all");
        means.put(
                "heartbeat-req-ranges",
                "heartbeat request 0 timestamp 1122334455667788 position 0 rtt 0 [1, 3, 5, 1000]");
        means.put("heartbeat-res", "heartbeat response 0 timestamp 1122334455667788 position 5");
        means.put("ping-empty", "ping");
        means.put("ping", "ping " + hex("are you there"));
        means.put("pong", "pong " + hex("are you there"));
        means.put(
                "register-handle",
                "7 Register[incarnation=81985529216486895, attempt=1, connectionCredit=65536, channelCredit=65536,"
                        + " nodeId=n7, metadata={}, askedIntervalMillis=0, credential=null, lastEpoch=0" + NO_LIMITS
                        + "]");
        means.put("unregister-handle", "unregister 7");
        means.put(
                "go-away-handle",
                "7 GoAway[scope=NODE, reason=KICKED, retryAfterMillis=4294967295, text=, byTwin=false]");
        means.put("unregister", "unregister 0");
        means.put("unregister-text", "unregister 0 going home");
        means.put("data-empty", "data 0 flags 0 Head[total=-1, namesHandle=false, handle=0, " + PLAIN + "] size 12");
        means.put(
                "data",
                "data 0 flags 0 Head[total=-1, namesHandle=false, handle=0, " + PLAIN + "] size 17 " + hex("hello"));
        means.put(
                "data-first-fragment",
                "data 0 flags 5 Head[total=10, namesHandle=false, handle=0, " + PLAIN + "] size 27 " + hex("abcdef"));
        means.put(
                "data-last-fragment",
                "data 0 flags 0 Head[total=-1, namesHandle=false, handle=0, " + PLAIN + "] size 16 " + hex("ghij"));
        means.put(
                "data-of-handle",
                "data 0 flags 4 Head[total=-1, namesHandle=true, handle=7, " + PLAIN + "] size 26 " + hex("hello"));
        means.put(
                "data-of-handle-first-fragment",
                "data 0 flags 5 Head[total=10, namesHandle=true, handle=7, " + PLAIN + "] size 34 " + hex("abcdef"));
        means.put("credit-channel-0", "credit 0 98304");
        means.put("credit-connection", "credit -1 98304");
        means.put(
                "error-version",
                "0 PeerError[scope=CONNECTION, wireCode=2, code=UNSUPPORTED_VERSION, text=, retryAfterMillis=0, refused=[]]");
        means.put(
                "error-node",
                "0 PeerError[scope=NODE, wireCode=20, code=INVALID_NODE_ID,"
                        + " text=node id has 0 characters, expected 1 to 128, retryAfterMillis=0, refused=[]]");
        means.put(
                "error-node-capacity",
                "0 PeerError[scope=NODE, wireCode=29, code=NODE_CAPACITY, text=, retryAfterMillis=10000, refused=[]]");
        means.put(
                "error-channel",
                "0 PeerError[scope=CHANNEL, wireCode=42, code=NO_CAPACITY, text=, retryAfterMillis=0, refused=[]]");
        means.put(
                "error-refused",
                "0 PeerError[scope=CHANNEL, wireCode=42, code=NO_CAPACITY, text=, retryAfterMillis=0, refused=[7]]");
        means.put(
                "error-refused-of-handle",
                "7 PeerError[scope=NODE, wireCode=26, code=UNKNOWN_HANDLE, text=, retryAfterMillis=0, refused=[1]]");
        means.put(
                "error-refused-several",
                "0 PeerError[scope=CHANNEL, wireCode=42, code=NO_CAPACITY, text=, retryAfterMillis=0, refused=[1, 3]]");
        means.put(
                "go-away-replaced",
                "0 GoAway[scope=CONNECTION, reason=REPLACED, retryAfterMillis=4294967295, text=, byTwin=false]");
        means.put(
                "go-away-twin",
                "0 GoAway[scope=CONNECTION, reason=REPLACED, retryAfterMillis=4294967295, text=, byTwin=true]");
        means.put(
                "go-away-expired",
                "0 GoAway[scope=CONNECTION, reason=EXPIRED, retryAfterMillis=0, text=, byTwin=false]");
        means.put(
                "go-away-shutdown",
                "0 GoAway[scope=CONNECTION, reason=SHUTDOWN, retryAfterMillis=2500, text=restart, byTwin=false]");
        means.put("channel-open", "open 1 ChannelOpen[credit=65536, weight=1, name=logs, handle=0]");
        means.put("channel-accept", "accept 1 65536");
        means.put("channel-reset-refused", "reset 1 ChannelReset[code=NO_CAPACITY, text=, refused=2]");
        means.put("channel-reset", "reset 1 ChannelReset[code=UNSUPPORTED_CHANNEL_FEATURE, text=, refused=0]");
        means.put("channel-open-of-handle", "open 2 ChannelOpen[credit=65536, weight=16, name=logs, handle=7]");
        means.put("channel-reset-text", "reset 1 ChannelReset[code=CHANNEL_CANCELLED, text=enough, refused=0]");
        means.put("data-end", "data 1 flags 2 Head[total=-1, namesHandle=false, handle=0, " + PLAIN + "] size 12");
        means.put(
                "data-request",
                "data 1 flags 4 Head[total=-1, namesHandle=false, handle=0, envelope="
                        + Envelope.request(9, null, Envelope.NOT_SAID) + ", remainingMillis=-1] size 34 "
                        + hex("hello"));
        means.put(
                "data-request-time",
                "data 1 flags 4 Head[total=-1, namesHandle=false, handle=0, envelope="
                        + Envelope.request(9, null, Envelope.NOT_SAID) + ", remainingMillis=5000] size 41 "
                        + hex("hello"));
        means.put(
                "data-from-node",
                "data 0 flags 4 Head[total=-1, namesHandle=false, handle=0, envelope="
                        + Envelope.NONE.passedOnFrom("n1") + ", remainingMillis=-1] size 24 " + hex("hello"));
        means.put("update", "update 0 {zone=eu-2}");
        means.put("update-credential", "update 0 the same metadata, a credential");
        means.put("update-credential-handle", "update 7 the same metadata, a credential");
        means.put(
                "cancel",
                "cancel 0 Head[total=-1, namesHandle=true, handle=7, envelope="
                        + Envelope.request(9, null, Envelope.NOT_SAID) + ", remainingMillis=-1]");
        means.put(
                "cancel-for-node",
                "cancel 0 Head[total=-1, namesHandle=false, handle=0, envelope="
                        + Envelope.request(9, "n2", Envelope.NOT_SAID) + ", remainingMillis=-1]");
        means.put(
                "cancel-on-channel",
                "cancel 1 Head[total=-1, namesHandle=false, handle=0, envelope="
                        + Envelope.request(9, null, Envelope.NOT_SAID) + ", remainingMillis=-1]");
        means.put("unknown-ignorable", "skipped");
        return means;
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The vectors that are offered. The others are a PING with a payload, capabilities, and the
     * part of section 10 that is specified ahead.
     */
    private static Map<String, Consumer<FrameEncoder>> writes() {
        Map<String, Consumer<FrameEncoder>> writes = new LinkedHashMap<>();
        writes.put("register-minimal", to -> to.register(0, register(1, "n1", Map.of(), 0, null, 0)));
        writes.put("register-limits", to -> to.register(0, limited(4096, 5)));
        writes.put("registered", to -> to.registered(0, registered(EPOCH, 10_000, 25_000, 30_000, 30_000, 1)));
        writes.put(
                "registered-valid-for",
                to -> to.registered(
                        0, registered(EPOCH, 10_000, 25_000, 30_000, 30_000, 1).validFor(300_000)));
        writes.put("registered-ack-every", to -> to.registered(0, registered(EPOCH + 1, 1000, 2500, 3000, 0, 10)));
        writes.put("heartbeat-req", to -> to.heartbeatRequest(0, STAMP, 0, 0, HandleRanges.NOBODY));
        writes.put("heartbeat-req-rtt", to -> to.heartbeatRequest(0, STAMP, 3, 415, HandleRanges.NOBODY));
        writes.put("heartbeat-req-all", to -> to.heartbeatRequest(0, STAMP, 0, 0, HandleRanges.ALL));
        writes.put(
                "heartbeat-req-ranges", to -> to.heartbeatRequest(0, STAMP, 0, 0, HandleRanges.ranges(1, 3, 5, 1000)));
        writes.put("register-handle", to -> to.register(7, register(1, "n7", Map.of(), 0, null, 0)));
        writes.put("unregister-handle", to -> to.unregister(7, ""));
        writes.put(
                "go-away-handle",
                to -> to.goAway(7, new GoAway(ErrorCode.Scope.NODE, GoAwayReason.KICKED, GoAway.NEVER, "")));
        writes.put("update", to -> to.update(0, Map.of("zone", "eu-2")));
        writes.put("update-credential", to -> to.update(0, new Secret("secret".getBytes(StandardCharsets.US_ASCII))));
        writes.put(
                "update-credential-handle",
                to -> to.update(7, new Secret("secret".getBytes(StandardCharsets.US_ASCII))));
        writes.put("data-of-handle", to -> to.data(0, 0, 7, Envelope.NONE, 5, Head.NO_TOTAL, 0));
        writes.put(
                "data-of-handle-first-fragment", to -> to.data(0, FrameHeader.FLAG_MORE, 7, Envelope.NONE, 6, 10, 0));
        writes.put("channel-open", to -> to.channelOpen(1, new ChannelOpen(65_536, 1, "logs", 0)));
        writes.put("channel-open-of-handle", to -> to.channelOpen(2, new ChannelOpen(65_536, 16, "logs", 7)));
        writes.put("channel-reset-refused", to -> to.channelReset(1, ErrorCode.NO_CAPACITY, "", 2));
        writes.put("channel-reset-text", to -> to.channelReset(1, ErrorCode.CHANNEL_CANCELLED, "enough"));
        writes.put("data-end", to -> to.data(1, FrameHeader.FLAG_END, 0, Envelope.NONE, 0, Head.NO_TOTAL, 0));
        writes.put(
                "data-request",
                to -> to.data(1, 0, 0, Envelope.request(9, null, Envelope.NOT_SAID), 5, Head.NO_TOTAL, 0));
        writes.put(
                "data-request-time",
                to -> to.data(1, 0, 0, Envelope.request(9, null, 5_000_000_002L), 5, Head.NO_TOTAL, 1_000_001));
        writes.put("data-from-node", to -> to.data(0, 0, 0, Envelope.NONE.passedOnFrom("n1"), 5, Head.NO_TOTAL, 0));
        writes.put("cancel", to -> to.cancel(0, 7, Envelope.request(9, null, Envelope.NOT_SAID)));
        writes.put("cancel-for-node", to -> to.cancel(0, 0, Envelope.request(9, "n2", Envelope.NOT_SAID)));
        writes.put("cancel-on-channel", to -> to.cancel(1, 0, Envelope.request(9, null, Envelope.NOT_SAID)));
        writes.put("channel-accept", to -> to.channelAccept(1, 65_536));
        writes.put("channel-reset", to -> to.channelReset(1, ErrorCode.UNSUPPORTED_CHANNEL_FEATURE, ""));
        writes.put("heartbeat-res", to -> to.heartbeatResponse(0, STAMP, 5));
        writes.put("ping-empty", FrameEncoder::ping);
        writes.put("pong", to -> to.pong(ByteBuffer.wrap("are you there".getBytes(StandardCharsets.UTF_8))));
        writes.put("unregister", to -> to.unregister(0, ""));
        writes.put("unregister-text", to -> to.unregister(0, "going home"));
        writes.put("data-empty", to -> to.data(0, 0, 0, Envelope.NONE, 0, Head.NO_TOTAL, 0));
        writes.put("data", to -> to.data(0, 0, 0, Envelope.NONE, 5, Head.NO_TOTAL, 0));
        writes.put("data-first-fragment", to -> to.data(0, FrameHeader.FLAG_MORE, 0, Envelope.NONE, 6, 10, 0));
        writes.put("data-last-fragment", to -> to.data(0, 0, 0, Envelope.NONE, 4, Head.NO_TOTAL, 0));
        writes.put("credit-channel-0", to -> to.credit(0, 98_304));
        writes.put("credit-connection", to -> to.credit(FrameHeader.CONNECTION_STREAM, 98_304));
        writes.put("error-version", to -> to.error(0, ErrorCode.UNSUPPORTED_VERSION, ""));
        writes.put(
                "error-node",
                to -> to.error(0, ErrorCode.INVALID_NODE_ID, "node id has 0 characters, expected 1 to 128"));
        writes.put("error-node-capacity", to -> to.error(0, ErrorCode.NODE_CAPACITY, "", 10_000, List.of()));
        writes.put("error-channel", to -> to.error(0, ErrorCode.NO_CAPACITY, ""));
        writes.put("error-refused", to -> to.error(0, ErrorCode.NO_CAPACITY, "", 0, List.of(7L)));
        writes.put("error-refused-of-handle", to -> to.error(7, ErrorCode.UNKNOWN_HANDLE, "", 0, List.of(1L)));
        writes.put("error-refused-several", to -> to.error(0, ErrorCode.NO_CAPACITY, "", 0, List.of(1L, 3L)));
        writes.put("go-away-replaced", to -> to.goAway(0, goAway(GoAwayReason.REPLACED, GoAway.NEVER, "")));
        writes.put(
                "go-away-twin",
                to -> to.goAway(
                        0, new GoAway(ErrorCode.Scope.CONNECTION, GoAwayReason.REPLACED, GoAway.NEVER, "", true)));
        writes.put("go-away-expired", to -> to.goAway(0, goAway(GoAwayReason.EXPIRED, 0, "")));
        writes.put("go-away-shutdown", to -> to.goAway(0, goAway(GoAwayReason.SHUTDOWN, 2500, "restart")));
        return writes;
    }

    private static Register register(
            long attempt, String id, Map<String, String> metadata, long interval, Secret credential, long epoch) {
        return new Register(0x0123_4567_89AB_CDEFL, attempt, 65_536, 65_536, id, metadata, interval, credential, epoch);
    }

    private static Register limited(long maxMessageBytes, long maxChannels) {
        return new Register(
                0x0123_4567_89AB_CDEFL,
                1,
                65_536,
                65_536,
                "n1",
                Map.of(),
                0,
                null,
                0,
                new Register.Limits(maxMessageBytes, maxChannels));
    }

    private static Registered registered(
            long epoch, long interval, long suspect, long timeout, long grace, int ackEvery) {
        return new Registered(epoch, interval, suspect, timeout, grace, 10 << 20, 0, 0, 65_536, 65_536, ackEvery);
    }

    private static GoAway goAway(GoAwayReason reason, long retryAfter, String text) {
        return new GoAway(ErrorCode.Scope.CONNECTION, reason, retryAfter, text);
    }

    static Stream<String> names() {
        return VECTORS.keySet().stream();
    }

    static Stream<String> written() {
        return WRITES.keySet().stream();
    }

    @Test
    void eachHasAMeaningHere() {
        assertThat(VECTORS).containsOnlyKeys(MEANINGS.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void meansTheSameHoweverItIsCut(String name) {
        byte[] vector = VECTORS.get(name);
        String meaning = MEANINGS.get(name);
        assertThat(Heard.of(vector)).containsExactly(meaning);
        assertThat(Heard.byteByByte(vector)).containsExactly(meaning);
        Random random = new Random(name.hashCode());
        for (int i = 0; i < 100; i++) {
            assertThat(Heard.inRandomPieces(vector, random)).containsExactly(meaning);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aPartIsNoFrame(String name) {
        byte[] vector = VECTORS.get(name);
        for (int size = 0; size < vector.length; size++) {
            assertThat(Heard.of(Arrays.copyOf(vector, size))).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("written")
    void isWrittenLikeThat(String name) {
        byte[] written = Written.by(WRITES.get(name));
        byte[] vector = VECTORS.get(name);
        // The bytes of a message follow by themselves; nobody copies them.
        int bytesOfMessage = vector.length - written.length;
        assertThat(bytesOfMessage).isEqualTo(name.startsWith("data") ? messageSize(name) : 0);
        assertThat(written).isEqualTo(Arrays.copyOf(vector, written.length));
    }

    private static int messageSize(String name) {
        String meaning = MEANINGS.get(name);
        String last = meaning.substring(meaning.lastIndexOf(' ') + 1);
        return name.equals("data-empty") || name.equals("data-end") ? 0 : last.length() / 2;
    }

    @Test
    void writtenLineIsReadAgain() {
        Register full = register(
                0xFFFF_FFFFL,
                "sensor-42",
                Map.of("name", "Zürich"),
                86_400_000,
                new Secret(new byte[] {1, 2, 3}),
                EPOCH);
        assertThat(Heard.of(Written.by(to -> to.register(0, full)))).containsExactly("0 " + full);
        String tooLong = "ä".repeat(400);
        assertThat(Heard.of(Written.by(to -> to.unregister(0, tooLong))))
                .containsExactly("unregister 0 " + "ä".repeat(256));
    }
}
