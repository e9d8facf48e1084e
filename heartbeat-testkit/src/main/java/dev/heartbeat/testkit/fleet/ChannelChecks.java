package dev.heartbeat.testkit.fleet;

import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.SendResult;
import dev.heartbeat.testkit.LinkSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Checks of the channels of a fleet that is well, so that there is one right outcome. One that
 * nobody reads holds up nobody, shares of a slow connection go by weight while heartbeats go on,
 * and neither resets nor refusals cost the connection anything.
 */
final class ChannelChecks {
    /** The start of the names of its channels; the rest of them is a number. */
    static final String PREFIX = "x";

    private static final int SMALLEST = 16_396;
    private static final int CUT_OFF = 36;
    private static final int BYTES_PER_SECOND = 200_000;
    private static final int SOCKET_BUFFER = 16_384;
    private static final int HEAVY = 80;
    private static final int LIGHT = 10;
    private static final Duration HASTE = Duration.ofNanos(20_000);
    private static final int CLIENT_BUDGET = 64 << 20;
    private static final int WIDE = 256 << 10;
    private static final int BULK = 6_000;
    private static final int FRAME = 16_396;

    /**
     * Before a heartbeat are a socket's buffer and three frames at the most; then the link and the
     * turns of loops.
     */
    private static final Duration HEARTBEAT_DELAY =
            Duration.ofMillis(1000L * (SOCKET_BUFFER + 3 * FRAME) / BYTES_PER_SECOND + 50);

    /** The acceptance of its channels, by name. */
    static Map<String, ChannelOptions> accepted(Fleet.Options options) {
        Map<String, ChannelOptions> accepted = new LinkedHashMap<>();
        for (int i = 0; i < CUT_OFF; i++) {
            accepted.put(PREFIX + "cut" + i, cut(options, i));
        }
        accepted.put(PREFIX + "hasty", window(Delivery.INLINE));
        accepted.put(PREFIX + "unread", window(Delivery.PULL));
        for (String name : List.of("beside", "half", "last", "back")) {
            accepted.put(PREFIX + name, ChannelOptions.defaults());
        }
        // So much that weight alone decides, and not who waits for credit.
        ChannelOptions wide =
                ChannelOptions.builder().windowBytes(WIDE).maxWindowBytes(WIDE).build();
        accepted.put(PREFIX + "heavy", wide);
        accepted.put(PREFIX + "light", wide);
        return accepted;
    }

    /**
     * Each other has a window so large that all of them together have more than the memory there
     * is.
     */
    private static ChannelOptions cut(Fleet.Options options, int number) {
        int large = Math.min(options.inboundBudgetBytes(), CLIENT_BUDGET) / 16;
        return number % 2 == 0
                ? window(Delivery.PUSH)
                : ChannelOptions.builder()
                        .windowBytes(large)
                        .maxWindowBytes(large)
                        .build();
    }

    private static ChannelOptions window(Delivery delivery) {
        return ChannelOptions.builder()
                .windowBytes(SMALLEST)
                .maxWindowBytes(SMALLEST)
                .queueMessages(100)
                .queueBytes(200_000)
                .delivery(delivery)
                .build();
    }

    /** No beat among bulk is answered sooner. */
    private static final Duration AMONG_BULK = Duration.ofMillis(20);

    private final Fleet fleet;
    private final RandomGenerator random;
    private final List<ChannelOracle> whole = new ArrayList<>();

    ChannelChecks(Fleet fleet) {
        this.fleet = fleet;
        random = fleet.simulation().random();
    }

    /**
     * Asks all of it of one member, and judges.
     *
     * @param pass lets time pass
     */
    void sit(Consumer<Duration> pass) {
        List<Member> able = fleet.members().stream().filter(Member::isOnline).toList();
        Member member = able.get(random.nextInt(able.size()));
        resetAtOnce(member, pass);
        cutOff(member, pass);
        leaveUnread(member, pass);
        endHalf(member, pass);
        share(member, pass);
        whole.forEach(ChannelOracle::checkCompleted);
        fleet.talks().checkAtRest();
    }

    private ChannelOracle open(String name, boolean byServer, Member member, ChannelOptions options) {
        ChannelOracle conversation = fleet.talks().open(PREFIX + name, byServer, member, options);
        if (conversation == null) {
            throw new IllegalStateException(member + " is online and has no client");
        }
        return conversation;
    }

    private ChannelOracle openWhole(String name, boolean byServer, Member member, ChannelOptions options) {
        ChannelOracle conversation = open(name, byServer, member, options);
        whole.add(conversation);
        return conversation;
    }

    private static ChannelUser accepterOf(ChannelOracle conversation) {
        ChannelUser accepter = conversation.accepter();
        if (accepter == null) {
            throw new Violation(
                    "I28 what can be opened opens",
                    conversation + " was offered to nobody: "
                            + conversation.opener().closedFor() + " "
                            + conversation.opener().why());
        }
        return accepter;
    }

    private static void end(ChannelOracle conversation) {
        conversation.opener().end();
        accepterOf(conversation).end();
    }

    /** It is reset before anybody can have decided whether to accept it. */
    private void resetAtOnce(Member member, Consumer<Duration> pass) {
        ChannelOracle hasty = open("hasty", random.nextBoolean(), member, window(Delivery.PUSH));
        hasty.opener().send(10, false);
        fleet.simulation().after(HASTE, () -> fleet.observe(() -> hasty.opener().reset("hasty")));
        pass.accept(Duration.ofMillis(10));
    }

    /**
     * Many are reset in the middle of a large message, by either side, and what it had of any
     * credit, or of the memory, is there again.
     */
    private void cutOff(Member member, Consumer<Duration> pass) {
        int large = Math.min(60_000, fleet.options().maxMessageBytes() - 100);
        for (int i = 0; i < CUT_OFF; i++) {
            boolean byServer = random.nextBoolean();
            ChannelOracle cut = open("cut" + i, byServer, member, cut(fleet.options(), i));
            cut.opener().send(large, false);
            cut.opener().send(large, true);
            boolean byOpener = random.nextBoolean();
            fleet.simulation()
                    .after(
                            Duration.ofNanos(1_000_000 + random.nextInt(3_000_000)),
                            () -> fleet.observe(() -> {
                                ChannelUser accepter = cut.accepter();
                                (byOpener || accepter == null ? cut.opener() : accepter).reset("cut");
                            }));
            pass.accept(Duration.ofMillis(5));
        }
        pass.accept(Duration.ofMillis(100));
        ChannelOracle last = openWhole("last", false, member, ChannelOptions.defaults());
        ChannelOracle back = openWhole("back", true, member, ChannelOptions.defaults());
        for (int i = 0; i < 8; i++) {
            last.opener().send(large, false);
            back.opener().send(large, false);
        }
        pass.accept(Duration.ofMillis(200));
        end(last);
        end(back);
    }

    /**
     * One that nobody reads takes what its window and its queue hold, and whoever is beside it
     * notices nothing.
     */
    private void leaveUnread(Member member, Consumer<Duration> pass) {
        boolean byServer = random.nextBoolean();
        ChannelOracle unread = openWhole("unread", byServer, member, window(Delivery.PUSH));
        ChannelOracle beside = openWhole("beside", byServer, member, ChannelOptions.defaults());
        while (unread.opener().send(1_000, false) == SendResult.ACCEPTED) {
            // Until it is full.
        }
        pass.accept(Duration.ofMillis(100));
        while (unread.opener().send(1_000, false) == SendResult.ACCEPTED) {
            // The messages that had left made room once.
        }
        for (int i = 0; i < 60; i++) {
            beside.opener().send(1_000, false);
        }
        pass.accept(Duration.ofMillis(100));
        if (beside.deliveredCount() < 60) {
            throw new Violation(
                    "I33 a channel that nobody reads holds up nobody",
                    beside + " has delivered " + beside.deliveredCount() + " of 60 messages in 100 ms");
        }
        ChannelUser reader = accepterOf(unread);
        unread.opener().end();
        reader.end();
        end(beside);
        for (int i = 0; i < 40 && !reader.isOver(); i++) {
            for (int turn = 0; turn < 100; turn++) {
                reader.pull(1, null);
            }
            pass.accept(Duration.ofMillis(10));
        }
    }

    /** An end that has ended still receives. */
    private void endHalf(Member member, Consumer<Duration> pass) {
        ChannelOracle half = openWhole("half", random.nextBoolean(), member, ChannelOptions.defaults());
        half.opener().send(10, false);
        half.opener().end();
        pass.accept(Duration.ofMillis(50));
        ChannelUser other = accepterOf(half);
        if (!other.heardEnd() || other.closedFor() != null) {
            throw new Violation(
                    "I28 each direction ends by itself",
                    half + " ended in one: the other side " + (other.heardEnd() ? "heard" : "did not hear")
                            + " of it, and has it closed for " + other.closedFor());
        }
        if (other.send(20_000, true) != SendResult.ACCEPTED) {
            throw new Violation("I28 each direction ends by itself", half + ": the other side may not send");
        }
        pass.accept(Duration.ofMillis(50));
        other.end();
        pass.accept(Duration.ofMillis(50));
    }

    /** On a slow connection each has its share, and heartbeats wait for a little of it only. */
    private void share(Member member, Consumer<Duration> pass) {
        fleet.simulation()
                .link(
                        member.host(),
                        fleet.serverHost(),
                        LinkSettings.LAN.withBytesPerSecond(BYTES_PER_SECOND).withSocketBuffer(SOCKET_BUFFER));
        ChannelOracle light = openWhole("light", false, member, weighing(LIGHT));
        ChannelOracle heavy = openWhole("heavy", false, member, weighing(HEAVY));
        pass.accept(Duration.ofMillis(100));
        for (int i = 0; i < 100; i++) {
            light.opener().send(BULK, false);
            heavy.opener().send(BULK, false);
        }
        pass.accept(Duration.ofMillis(1500));
        long lights = light.deliveredCount();
        long heavies = heavy.deliveredCount();
        if (heavies < 4 * lights || heavies < 20 || lights == 0) {
            throw new Violation(
                    "I33 shares of a connection go by weight",
                    "of weight " + HEAVY + " came " + heavies + " messages, and of " + LIGHT + " " + lights);
        }
        end(light);
        end(heavy);
        Duration longest = Duration.ZERO;
        // Until the last of it is over: a beat that waits too long is answered late.
        for (int i = 0; i < 75; i++) {
            pass.accept(Duration.ofMillis(100));
            checkHeartbeat(member);
            Duration rtt = member.rtt();
            longest = rtt != null && i < 30 && rtt.compareTo(longest) > 0 ? rtt : longest;
        }
        Duration answered =
                fleet.options().interval().multipliedBy(fleet.options().ackEvery());
        if (answered.compareTo(Duration.ofSeconds(2)) <= 0 && longest.compareTo(AMONG_BULK) < 0) {
            throw new Violation(
                    "I34 heartbeats go on among bulk",
                    member + " has answers each " + answered + ", and while it sent bulk none took longer than "
                            + longest);
        }
        if (!fleet.census().isOnline(member.id())) {
            throw new Violation("I34 nobody is suspected for bulk", member + " is not online");
        }
        fleet.simulation().link(member.host(), fleet.serverHost(), LinkSettings.LAN);
        pass.accept(fleet.options().interval().plus(fleet.options().interval()));
        boolean done = light.opener().closedFor() == ChannelCloseReason.COMPLETED
                && heavy.opener().closedFor() == ChannelCloseReason.COMPLETED;
        if (!done) {
            throw new Violation("I28 channels open, talk, end and close", light + " or " + heavy + " did not complete");
        }
    }

    private static void checkHeartbeat(Member member) {
        Duration rtt = member.rtt();
        if (rtt != null && rtt.compareTo(HEARTBEAT_DELAY) > 0) {
            throw new Violation(
                    "I34 heartbeats do not wait for bulk",
                    member + " has " + rtt + " while it sends bulk, allowed is " + HEARTBEAT_DELAY);
        }
    }

    private static ChannelOptions weighing(int weight) {
        return ChannelOptions.builder()
                .weight(weight)
                .windowBytes(ChannelWorkload.MAX_WINDOW)
                .maxWindowBytes(ChannelWorkload.MAX_WINDOW)
                .queueMessages(1000)
                .queueBytes(1 << 20)
                .build();
    }
}
