package dev.heartbeat.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.Channel;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientState;
import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.NodeState;
import dev.heartbeat.auth.Grant;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes do what was granted to them; everything else is refused, counted, and concerns nobody else. */
@Tag("M111")
final class GrantsTest {
    private static final Duration SOON = Duration.ofMillis(200);

    private Grant ofGuest = Grant.to("guest").attaching("guest-*");
    private final Bus bus = new Bus(
            92,
            2,
            options -> options.authenticator(applicant ->
                            completedFuture(applicant.nodeId().startsWith("guest") ? ofGuest : Grant.to("host")))
                    .routes((from, to) -> true)
                    .onRequest((from, request) -> request.reply(text("server")))
                    .channel("red", this::accept)
                    .channel("blue", this::accept));
    /** What arrived, and where. */
    private final List<String> heard = new ArrayList<>();

    private final ClientRecorder told = new ClientRecorder();
    private final ClientRecorder hostTold = new ClientRecorder();

    /** Each is one frame, or more of one kind, that names a channel, a node or a group. */
    private enum Action {
        OPEN_RED,
        OPEN_BLUE,
        OPEN_UNKNOWN,
        OPEN_RED_ATTACHED,
        SEND_HOST,
        SEND_HOST_2,
        SEND_ABSENT,
        SEND_HOST_ATTACHED,
        SEND_FRAGMENTS,
        ASK_HOST,
        ASK_HOST_2,
        NAME_RED,
        NAME_BLUE,
        NAME_NONE,
        NAME_RED_ATTACHED,
        ATTACH_IN_RED,
        ANSWER_HOST,
        SEND_SERVER,
        ASK_SERVER,
        OPENED_BY_SERVER
    }

    private static final Set<Action> OPENING =
            EnumSet.of(Action.OPEN_RED, Action.OPEN_BLUE, Action.OPEN_UNKNOWN, Action.OPEN_RED_ATTACHED);
    private static final Set<Action> ADDRESSING = EnumSet.of(
            Action.SEND_HOST,
            Action.SEND_HOST_2,
            Action.SEND_ABSENT,
            Action.SEND_HOST_ATTACHED,
            Action.SEND_FRAGMENTS,
            Action.ASK_HOST,
            Action.ASK_HOST_2);
    private static final Set<Action> JOINING =
            EnumSet.of(Action.NAME_RED, Action.NAME_BLUE, Action.NAME_RED_ATTACHED, Action.ATTACH_IN_RED);

    private static Set<Action> without(Set<Action> all, Action... some) {
        Set<Action> rest = EnumSet.copyOf(all);
        rest.removeAll(List.of(some));
        return rest;
    }

    static Stream<Arguments> matrix() {
        Grant all = Grant.to("guest").attaching("guest-*");
        return Stream.of(
                Arguments.of(all, EnumSet.noneOf(Action.class)),
                Arguments.of(all.openingOnly("*").addressingOnly("*").joiningOnly("*"), EnumSet.noneOf(Action.class)),
                Arguments.of(all.openingOnly(), OPENING),
                Arguments.of(all.openingOnly("red"), EnumSet.of(Action.OPEN_BLUE, Action.OPEN_UNKNOWN)),
                Arguments.of(
                        all.openingOnly("b*", "green"),
                        EnumSet.of(Action.OPEN_RED, Action.OPEN_UNKNOWN, Action.OPEN_RED_ATTACHED)),
                Arguments.of(all.addressingOnly(), ADDRESSING),
                Arguments.of(
                        all.addressingOnly("host"),
                        EnumSet.of(Action.SEND_HOST_2, Action.ASK_HOST_2, Action.SEND_ABSENT)),
                Arguments.of(all.addressingOnly("host-*"), without(ADDRESSING, Action.SEND_HOST_2, Action.ASK_HOST_2)),
                Arguments.of(all.joiningOnly(), JOINING),
                Arguments.of(all.joiningOnly("red"), EnumSet.of(Action.NAME_BLUE)),
                Arguments.of(all.joiningOnly("bl*e"), without(JOINING, Action.NAME_BLUE)),
                Arguments.of(
                        all.openingOnly().addressingOnly().joiningOnly(),
                        Stream.of(OPENING, ADDRESSING, JOINING)
                                .collect(() -> EnumSet.noneOf(Action.class), Set::addAll, Set::addAll)));
    }

    private ChannelListener accept(Channel channel) {
        return new ChannelListener() {};
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private HeartbeatClient client(String id, ClientRecorder recorder) {
        HeartbeatClient client = bus.client(bus.world.newHost(id), id)
                .plaintextCredentials(true)
                .credential(new byte[0])
                .listener(recorder)
                .onNodeMessage((from, message) -> heard.add(id + " from " + from))
                .onRequest(request -> request.reply(text("yes")))
                .otherChannels(ChannelOptions.defaults(), this::accept)
                .connect();
        bus.advance(SOON);
        return client;
    }

    private HeartbeatClient guest;
    private AttachedNode attached;
    private AttachedRecorder attachedTold;
    private HeartbeatClient host;

    private void connect() {
        host = client("host", hostTold);
        client("host-2", hostTold);
        guest = client("guest", told);
        attachedTold = new AttachedRecorder();
        attached = guest.attach("guest-a", Map.of(), attachedTold);
        bus.advance(SOON);
        assertThat(bus.server.nodes().count(NodeState.ONLINE)).isEqualTo(4);
    }

    /** Says what came of it: "done", or the code of the refusal. */
    private String attempt(Action action) {
        told.clear();
        heard.clear();
        return switch (action) {
            case OPEN_RED -> open(guest.openChannel("red", ChannelOptions.defaults(), new ChannelListener() {}));
            case OPEN_BLUE -> open(guest.openChannel("blue", ChannelOptions.defaults(), new ChannelListener() {}));
            case OPEN_UNKNOWN -> open(guest.openChannel("secret", ChannelOptions.defaults(), new ChannelListener() {}));
            case OPEN_RED_ATTACHED ->
                open(attached.openChannel("red", ChannelOptions.defaults(), new ChannelListener() {}));
            case SEND_HOST -> send(() -> guest.trySend("host", text("x")), "host from guest");
            case SEND_HOST_2 -> send(() -> guest.trySend("host-2", text("x")), "host-2 from guest");
            case SEND_ABSENT -> send(() -> guest.trySend("nobody", text("x")), "");
            case SEND_HOST_ATTACHED -> send(() -> attached.trySend("host", text("x")), "host from guest-a");
            case SEND_FRAGMENTS -> send(() -> guest.trySend("host", ByteBuffer.allocate(100_000)), "host from guest");
            case ASK_HOST -> ask(guest.request("host", text("?"), Duration.ofSeconds(5)));
            case ASK_HOST_2 -> ask(guest.request("host-2", text("?"), Duration.ofSeconds(5)));
            case NAME_RED -> name("red");
            case NAME_BLUE -> name("blue");
            case NAME_NONE -> name("");
            case NAME_RED_ATTACHED -> nameAttached();
            case ATTACH_IN_RED -> attach();
            case ANSWER_HOST -> ask(host.request("guest", text("?"), Duration.ofSeconds(5)));
            case SEND_SERVER -> {
                guest.trySend(text("to the server"));
                bus.advance(SOON);
                yield told.events().isEmpty() ? "done" : told.events().toString();
            }
            case ASK_SERVER -> ask(guest.request(text("?"), Duration.ofSeconds(5)));
            case OPENED_BY_SERVER ->
                open(bus.server.openChannel("guest", "secret", ChannelOptions.defaults(), new ChannelListener() {}));
        };
    }

    private String open(Channel channel) {
        bus.advance(SOON);
        CompletableFuture<Channel> opened = channel.opened();
        if (!opened.isCompletedExceptionally()) {
            channel.reset("enough");
            bus.advance(SOON);
            return "done";
        }
        FailureCode code = codeOf(opened);
        if (code == FailureCode.FORBIDDEN) {
            assertThat(channel.closed()).isCompletedWithValue(ChannelCloseReason.FORBIDDEN);
        }
        return code == FailureCode.CHANNEL_REFUSED ? "done" : code.name(); // Nobody accepts it.
    }

    private static FailureCode codeOf(CompletableFuture<?> failed) {
        Throwable failure = failed.handle((result, thrown) -> thrown).join();
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return ((HeartbeatException) cause).code();
    }

    /** The code that the server reports. */
    private static String codeIn(String event) {
        return event.replaceAll(".*the server reports ([A-Z_]+):.*", "$1");
    }

    private String send(Runnable sending, String arrives) {
        sending.run();
        bus.advance(SOON);
        if (told.events().isEmpty()) {
            assertThat(heard).containsExactly(arrives);
            return "done";
        }
        assertThat(heard).isEmpty();
        String event = told.events().get(0);
        return event.contains("it is not registered") ? "done" : codeIn(event);
    }

    private String ask(CompletableFuture<ByteBuffer> asked) {
        bus.advance(SOON);
        assertThat(asked).isDone();
        if (!asked.isCompletedExceptionally()) {
            return "done";
        }
        assertThatThrownBy(asked::join).hasMessageContaining("it is not granted to the node");
        assertThat(codeOf(asked)).isEqualTo(FailureCode.NO_REPLY);
        return "FORBIDDEN";
    }

    private String name(String group) {
        guest.updateMetadata(group.isEmpty() ? Map.of("k", "v") : Map.of("group", group));
        bus.advance(SOON);
        boolean isIn =
                bus.server.nodes().group(group).anyMatch(node -> node.id().equals("guest"));
        return group.isEmpty() || isIn ? "done" : codeIn(told.events().get(0));
    }

    private String nameAttached() {
        int before = attachedTold.events().size();
        attached.updateMetadata(Map.of("group", "red"));
        bus.advance(SOON);
        List<String> news =
                attachedTold.events().subList(before, attachedTold.events().size());
        boolean isIn =
                bus.server.nodes().group("red").anyMatch(node -> node.id().equals("guest-a"));
        assertThat(isIn).isEqualTo(news.isEmpty());
        return isIn ? "done" : codeIn(news.get(0));
    }

    private String attach() {
        AttachedRecorder recorder = new AttachedRecorder();
        AttachedNode node = guest.attach("guest-b", Map.of("group", "red"), recorder);
        bus.advance(SOON);
        String first = recorder.events().get(0);
        if (first.equals("registered")) {
            node.detachAsync();
            bus.advance(SOON);
            return "done";
        }
        assertThat(recorder.events()).last().isEqualTo("ended REFUSED");
        assertThat(bus.server.nodes().find("guest-b")).isEmpty();
        return codeIn(first);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("matrix")
    void nodeDoesWhatWasGrantedAndNothingElse(Grant grant, Set<Action> forbidden) {
        ofGuest = grant;
        connect();
        for (Action action : Action.values()) {
            long before = bus.server.stats().connections().forbidden();
            boolean isForbidden = forbidden.contains(action);
            assertThat(attempt(action)).as("%s", action).isEqualTo(isForbidden ? "FORBIDDEN" : "done");
            assertThat(bus.server.stats().connections().forbidden() - before)
                    .as("%s is counted", action)
                    .isEqualTo(isForbidden ? 1 : 0);
        }
        assertThat(guest.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.told.of("guest")).startsWith("ONLINE").doesNotContain("SUSPECT", "OFFLINE");
        assertThat(hostTold.events()).containsExactly("connected", "registered", "connected", "registered");
    }

    @Test
    void nodeInAGroupThatIsNotGrantedIsNotRegistered() {
        ofGuest = Grant.to("guest").joiningOnly("red");
        HeartbeatClient client = bus.client(bus.world.newHost("guest"), "guest")
                .metadata(Map.of("group", "blue"))
                .listener(told)
                .connect();
        bus.advance(Duration.ofSeconds(10));
        assertThat(told.events())
                .containsExactly(
                        "connected",
                        "error the server reports FORBIDDEN: the group in the metadata is not granted to the node",
                        "disconnected REFUSED",
                        "closed REFUSED");
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        assertThat(bus.server.nodes().find("guest")).isEmpty();
        assertThat(bus.server.stats().liveness().registrationsRefused()).isEqualTo(1);
        assertThat(bus.server.stats().connections().forbidden()).isEqualTo(1);
    }

    /** Else a node could speak to others by answers to what they never asked. */
    @Test
    void answerThatNobodyAskedForNeedsAGrant() {
        ofGuest = Grant.to("guest").addressingOnly();
        client("host", hostTold);
        ScriptedPeer peer = ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
        peer.connect().register("guest").expectRegistered();
        // A reply with correlation id 7 for node "host", of the text "x".
        peer.raw("ab0203040000000000000019 0016 02000102 0300080000000000000007 050004686f7374 78");
        peer.ping();
        peer.play();
        bus.advance(SOON);
        assertThat(bus.server.stats().messages().unmatchedReplies()).isEqualTo(1);
        assertThat(hostTold.events()).containsExactly("connected", "registered");
        assertThat(bus.server.nodes().find("guest").orElseThrow().state()).isEqualTo(NodeState.ONLINE);
    }

    /** What is refused is not the peer's fault: it may not know what it was granted. */
    @Test
    void manyRefusalsDoNotCostTheConnection() {
        ofGuest = Grant.to("guest").openingOnly().addressingOnly().joiningOnly();
        host = client("host", hostTold);
        guest = client("guest", told);
        for (int i = 0; i < 100; i++) {
            guest.openChannel("red", ChannelOptions.defaults(), new ChannelListener() {});
            guest.trySend("host", text("x"));
            guest.updateMetadata(Map.of("group", "g" + i));
            bus.advance(Duration.ofMillis(20));
        }
        assertThat(guest.state()).isEqualTo(ClientState.ONLINE);
        assertThat(bus.server.stats().connections().forbidden()).isEqualTo(300);
    }

    @Test
    void argumentsAreJudgedAtOnce() {
        assertThatThrownBy(() -> Grant.to("p").openingOnly("a b"))
                .hasMessage("pattern of channel names 'a b', allowed are 1 to 128 characters of A-Z a-z 0-9 . _ : - *");
        assertThatThrownBy(() -> Grant.to("p").addressingOnly("ok", ""))
                .hasMessage("pattern of node ids '', allowed are 1 to 128 characters of A-Z a-z 0-9 . _ : - *");
        assertThatThrownBy(() -> Grant.to("p").joiningOnly(""))
                .hasMessage("pattern of groups is 0 characters, allowed is 1 to 128");
        assertThatThrownBy(() -> Grant.to("p").joiningOnly(new String[65])).isInstanceOf(NullPointerException.class);
        String[] many = Stream.generate(() -> "a").limit(65).toArray(String[]::new);
        assertThatThrownBy(() -> Grant.to("p").joiningOnly(many))
                .hasMessage("a grant has 64 patterns at most of each kind");
        assertThatThrownBy(() -> Grant.none().openingOnly()).isInstanceOf(IllegalStateException.class);
        assertThat(Grant.to("p").joiningOnly("größe *").mayJoin("größe 7")).isTrue();
        assertThat(Grant.none().mayOpen("a")
                        || Grant.none().mayAddress("a")
                        || Grant.none().mayJoin("a"))
                .isFalse();
        assertThat(Grant.to("p").openingOnly("a*"))
                .hasToString("granted to p, attaching [], opening [a*], addressing all, joining all");
    }
}
