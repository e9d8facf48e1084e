package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeState;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelState;
import dev.heartbeat.ClientState;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.SendResult;
import dev.heartbeat.auth.CredentialProvider;
import dev.heartbeat.auth.Grant;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A renewed grant that covers less ends what it does not cover, and nothing else. */
@Tag("M118")
@Tag("once")
final class NarrowerGrantTest {
    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final String CHANNEL_FORBIDDEN = "closed FORBIDDEN: channel blue is not granted to the node";
    private static final String GROUP_FORBIDDEN =
            "the server reports FORBIDDEN: the group in the metadata is not granted to the node";

    /** By credential; "a" comes first, and "b" within {@link #TIME}. */
    private final Map<String, Grant> granted = new HashMap<>();

    /** The answer to every other credential. */
    private CompletableFuture<Grant> later = completedFuture(Grant.none());

    private Runnable whenOffered = () -> {};

    private final ChannelRecorder atServer = new ChannelRecorder();
    private final Bus bus = new Bus(
            97,
            2,
            options -> options.authenticator(applicant -> {
                        byte[] shown = applicant.credential();
                        Grant now = granted.get(shown == null ? "" : new String(shown, UTF_8));
                        return now == null ? later : completedFuture(now);
                    })
                    .routes((from, to) -> true)
                    .channel("red", atServer)
                    .channel("blue", channel -> {
                        whenOffered.run();
                        return atServer.accept(channel);
                    }));
    private final ClientRecorder told = new ClientRecorder();
    private final ChannelRecorder atClient = new ChannelRecorder();
    private HeartbeatClient client;

    private static Grant grant() {
        return Grant.to("p").validFor(TIME);
    }

    private static CredentialProvider each(String... credentials) {
        List<String> next = new ArrayList<>(List.of(credentials));
        return () -> completedFuture((next.size() > 1 ? next.remove(0) : next.get(0)).getBytes(UTF_8));
    }

    private void connect(Grant first, Grant second, Map<String, String> metadata) {
        granted.put("a", first);
        granted.put("b", second);
        client = bus.client(bus.world.newHost("client"), "n1")
                .plaintextCredentials(true)
                .credentials(each("a", "b"))
                .metadata(metadata)
                .listener(told)
                .otherChannels(ChannelOptions.defaults(), atClient)
                .connect();
        bus.advance(SOON);
    }

    /** The second grant is in force after that. */
    private void renew() {
        bus.advance(TIME);
        assertThat(client.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("n1")).startsWith("ONLINE").doesNotContain("SUSPECT(LOST)");
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    // ---- channels

    @Test
    void channelsThatAreNotGrantedAnyMoreEnd() {
        connect(grant(), Grant.to("p").openingOnly("r*"), Map.of());
        ChannelRecorder ofRed = new ChannelRecorder();
        ChannelRecorder ofBlue = new ChannelRecorder();
        Channel red = client.openChannel("red", ChannelOptions.defaults(), ofRed);
        Channel blue = client.openChannel("blue", ChannelOptions.defaults(), ofBlue);
        Channel byServer = bus.server.openChannel("n1", "blue", ChannelOptions.defaults(), new ChannelRecorder());
        bus.advance(SOON);
        assertThat(blue.state()).isEqualTo(ChannelState.OPEN);
        renew();

        assertThat(ofBlue.events).containsExactly("opened", CHANNEL_FORBIDDEN);
        assertThat(blue.closed()).isCompletedWithValue(ChannelCloseReason.FORBIDDEN);
        assertThat(ofRed.events).containsExactly("opened");
        assertThat(atServer.events)
                .containsExactlyInAnyOrder("accepted red of n1", "accepted blue of n1", CHANNEL_FORBIDDEN);
        assertThat(byServer.state()).isEqualTo(ChannelState.OPEN);
        assertThat(bus.server.stats().connections().forbidden()).isEqualTo(1);

        red.trySend(text("on"));
        byServer.trySend(text("on"));
        Channel again = client.openChannel("blue", ChannelOptions.defaults(), new ChannelRecorder());
        bus.advance(SOON);
        assertThat(atServer.events).endsWith("message on");
        assertThat(atClient.events).endsWith("message on");
        assertThat(again.closed()).isCompletedWithValue(ChannelCloseReason.FORBIDDEN);
    }

    @Test
    void messagesOfAChannelThatEndsComeBack() {
        connect(grant(), Grant.to("p").openingOnly(), Map.of());
        ChannelRecorder ofBlue = new ChannelRecorder();
        Channel unused = client.openChannel("blue", ChannelOptions.defaults(), ofBlue);
        bus.advance(SOON);
        int sent = 0;
        for (long until = TIME.toMillis() / 10; until > 0; until--) {
            if (atServer.last().trySend(text("m")) == SendResult.ACCEPTED) {
                sent++;
            }
            bus.advance(Duration.ofMillis(10));
        }
        long arrived = ofBlue.events.stream().filter("message m"::equals).count();
        long back = atServer.events.stream()
                .filter(event -> event.startsWith("undelivered m"))
                .count();
        assertThat(arrived).isPositive();
        assertThat(arrived + back).isEqualTo(sent);
        assertThat(ofBlue.events).endsWith(CHANNEL_FORBIDDEN);
    }

    /** The answer to the credential comes between CHANNEL_OPEN and what the application says to it. */
    @Test
    void channelThatWaitsForItsAcceptorEndsToo() {
        granted.put("", grant());
        CompletableFuture<Grant> answer = new CompletableFuture<>();
        later = answer;
        whenOffered = () -> answer.complete(Grant.to("p").openingOnly("red"));
        ScriptedPeer peer = peer();
        play(peer.raw("ab020f00 00000000 00000004 030001 62"));
        peer.raw("ab020a00 00000001 0000000e 0000000000010000 10 04 626c7565");
        peer.expectRegistered().expect("CHANNEL_RESET");
        play(peer);
        assertThat(atServer.events).containsExactly("accepted blue of n1", CHANNEL_FORBIDDEN);
        assertThat(bus.server.stats().channels().open()).isZero();
    }

    private ScriptedPeer peer() {
        ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
        return peer.ignore("CREDIT").connect().register("n1").expectRegistered();
    }

    private void play(ScriptedPeer peer) {
        peer.play();
        bus.advance(SOON);
        peer.verify();
    }

    @Test
    void grantThatCoversAllChangesNothing() {
        Grant all = Grant.to("p").attaching("s-*").openingOnly("blue").joiningOnly("g");
        connect(grant().attaching("s-*"), all, Map.of("group", "g"));
        AttachedRecorder attachedTold = new AttachedRecorder();
        AttachedNode attached = client.attach("s-1", Map.of("group", "g"), attachedTold);
        bus.advance(SOON);
        Channel own = client.openChannel("blue", ChannelOptions.defaults(), new ChannelRecorder());
        Channel others = attached.openChannel("blue", ChannelOptions.defaults(), new ChannelRecorder());
        renew();
        assertThat(own.state()).isEqualTo(ChannelState.OPEN);
        assertThat(others.state()).isEqualTo(ChannelState.OPEN);
        assertThat(attachedTold.events()).containsExactly("registered");
        assertThat(told.events()).containsExactly("connected", "registered");
        assertThat(bus.server.nodes().group("g")).hasSize(2);
    }

    // ---- groups

    @Test
    void nodeLeavesAGroupThatIsNotGrantedAnyMore() {
        connect(grant(), Grant.to("p").joiningOnly("blue"), Map.of("group", "red", "k", "v"));
        bus.server.groups().join("green", "n1");
        assertThat(bus.server.nodes().group("red")).hasSize(1);
        renew();

        assertThat(bus.server.nodes().group("red")).isEmpty();
        assertThat(bus.server.groups().groupsOf("n1")).containsExactly("green");
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "updated {k=v}");
        assertThat(told.events()).containsExactly("connected", "registered", "error " + GROUP_FORBIDDEN);
        assertThat(bus.server.stats().connections().forbidden()).isEqualTo(1);
        client.updateMetadata(Map.of("group", "blue"));
        bus.advance(SOON);
        assertThat(bus.server.nodes().group("blue")).hasSize(1);
    }

    @Test
    void credentialCountsWhateverTheMetadataBesideIt() {
        granted.put("", grant());
        granted.put("b", Grant.to("p").joiningOnly("blue"));
        ScriptedPeer peer = peer();
        String inRed = "010009 0567726f7570 726564";
        String inBlue = "01000a 0567726f7570 626c7565";
        peer.raw("ab020f00 00000000 0000000c" + inRed);
        peer.raw("ab020f00 00000000 00000010 030001 62" + inRed);
        peer.expectRegistered().expectError("FORBIDDEN").expectError("FORBIDDEN");
        play(peer);
        assertThat(bus.told.of("n1")).containsExactly("ONLINE", "updated {group=red}", "updated {}");
        play(peer.raw("ab020f00 00000000 00000011 030001 62" + inBlue).expectRegistered());
        assertThat(bus.server.nodes().group("red")).isEmpty();
        assertThat(bus.server.nodes().group("blue")).hasSize(1);
    }

    // ---- nodes of a gateway

    @Test
    void nodesOfAGatewayAreJudgedEachForItself() {
        Grant narrow = Grant.to("p").attaching("s-*").openingOnly().joiningOnly("blue");
        connect(grant().attaching("*"), narrow, Map.of());
        AttachedRecorder coveredTold = new AttachedRecorder();
        AttachedRecorder inRedTold = new AttachedRecorder();
        AttachedRecorder otherTold = new AttachedRecorder();
        AttachedNode covered = client.attach("s-1", Map.of("group", "blue"), coveredTold);
        AttachedNode inRed = client.attach("s-2", Map.of("group", "red"), inRedTold);
        client.attach("t-1", Map.of(), otherTold);
        bus.advance(SOON);
        Channel blue = covered.openChannel("blue", ChannelOptions.defaults(), new ChannelRecorder());
        renew();

        assertThat(blue.closed()).isCompletedWithValue(ChannelCloseReason.FORBIDDEN);
        assertThat(covered.state()).isEqualTo(AttachedNodeState.REGISTERED);
        assertThat(coveredTold.events()).containsExactly("registered");
        assertThat(inRed.state()).isEqualTo(AttachedNodeState.REGISTERED);
        assertThat(inRedTold.events()).containsExactly("registered", "refused: " + GROUP_FORBIDDEN);
        assertThat(bus.told.of("s-2")).containsExactly("ONLINE", "updated {}");
        assertThat(otherTold.events()).startsWith("registered").last().isEqualTo("ended REFUSED");
        assertThat(bus.told.of("t-1")).startsWith("ONLINE", "SUSPECT(LOST)");
        assertThat(told.events()).containsExactly("connected", "registered");
    }

    @Test
    void nodeWithACredentialOfItsOwnIsJudgedByItAlone() {
        connect(Grant.to("p"), Grant.to("p"), Map.of());
        granted.put("x", Grant.to("door").validFor(TIME));
        granted.put("y", Grant.to("door").openingOnly().joiningOnly());
        AttachedRecorder doorTold = new AttachedRecorder();
        AttachedNode door = client.attach("door", Map.of("group", "red"), each("x", "y"), doorTold);
        bus.advance(SOON);
        Channel own = client.openChannel("blue", ChannelOptions.defaults(), new ChannelRecorder());
        Channel ofDoor = door.openChannel("blue", ChannelOptions.defaults(), new ChannelRecorder());
        bus.advance(SOON);
        assertThat(ofDoor.state()).isEqualTo(ChannelState.OPEN);
        renew();
        assertThat(ofDoor.closed()).isCompletedWithValue(ChannelCloseReason.FORBIDDEN);
        assertThat(own.state()).isEqualTo(ChannelState.OPEN);
        assertThat(doorTold.events()).containsExactly("registered", "refused: " + GROUP_FORBIDDEN);
        assertThat(bus.server.nodes().group("red")).isEmpty();
    }
}
