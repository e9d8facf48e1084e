package dev.heartbeat.testkit.fleet;

import dev.heartbeat.CloseReason;
import dev.heartbeat.NodeState;
import dev.heartbeat.SendResult;
import dev.heartbeat.testkit.Host;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Checks of a fleet that is well, so that there is one right outcome. Strangers come whose answers
 * the protocol prescribes, and members leave, are sent away, stop reading, and send more than the
 * server's memory holds at once.
 */
final class SettledChecks {
    private static final int FULL_FRAME = 16_384;
    /** A client's window grows to this by default. */
    private static final int MAX_WINDOW = 1 << 20;
    /** The credit that is given ahead for a large message is more than the window by a frame. */
    private static final int BEYOND_WINDOW = 2 * (FULL_FRAME + 12);

    private static final Duration TIME = Duration.ofSeconds(16);
    private static final Duration HANDSHAKE = Duration.ofSeconds(5);
    private static final Duration SLACK = Duration.ofMillis(100);

    /** So soon a node would be suspected; less than what a stop still counts. */
    private static final Duration NEARLY = Duration.ofMillis(200);

    /** Long enough for a message on the way, much shorter than the time between two beats. */
    private static final Duration AT_ONCE = Duration.ofMillis(15);

    private static final Duration STOP = Duration.ofMillis(600);

    private static final Duration LATE = Duration.ofSeconds(2);
    private static final int CHANGES = 30;

    private static final String PING = "ab0204000000000000000001 41";
    private static final String UNREGISTER = "ab0207000000000000000000";
    private static final String UPDATE = "ab020f000000000100000000";
    private static final String BEAT_BEGINNING = "ab0201000000000000000010 1122334455667788";
    private static final String BEAT = BEAT_BEGINNING + "0000000000000000";

    private final Fleet fleet;
    private final RandomGenerator random;
    private final Host host;
    private final List<ProtocolProbe> strangers = new ArrayList<>();
    private int registrations;

    SettledChecks(Fleet fleet) {
        this.fleet = fleet;
        random = fleet.simulation().random();
        host = fleet.simulation().newHost("strangers");
    }

    /**
     * Asks some of it, and judges.
     *
     * @param pass lets time pass
     */
    void sit(Consumer<Duration> pass) {
        fleet.members().forEach(fleet::forgetOpen);
        List<Member> able = new ArrayList<>(
                fleet.members().stream().filter(Member::isOnline).toList());
        ProtocolProbe silent = ask("nothing", "", "ERROR(8) end");
        List<Runnable> judgements = new ArrayList<>();
        if (admitsStrangers()) {
            askStrangers();
            judgements.add(askForLargeMessage());
        }
        LimitChecks limits = fleet.limitChecks();
        if (limits != null) {
            limits.begin();
            judgements.add(limits::judge);
        }
        Member sender = able.remove(random.nextInt(able.size()));
        if (fleet.options().inboundBudgetBytes() < 16 << 20) {
            fillBudget(sender);
        }
        if (!able.isEmpty()) {
            judgements.add(letLeave(able.remove(random.nextInt(able.size()))));
        }
        if (!able.isEmpty()) {
            judgements.add(sendAway(able.remove(random.nextInt(able.size()))));
        }
        if (!able.isEmpty()) {
            judgements.add(
                    stopReading(able.remove(random.nextInt(able.size())), random.nextBoolean() && mayExceedWindow()));
        }
        if (!able.isEmpty()) {
            judgements.add(letLeaveAlone(able.remove(random.nextInt(able.size()))));
        }
        pass.accept(TIME);

        strangers.forEach(ProtocolProbe::check);
        checkLasted(silent);
        judgements.forEach(Runnable::run);
        fleet.toServer().checkAllSettled(sender.senderName(), "more than the budget holds at once");
        fleet.checkNumbers();
        fleet.census().checkKept(fleet.server().nodes());
        sendAtOnce(sender, pass);
        stopBeforeReading(sender);
        pass.accept(TIME);
        tellLate(sender, pass);
    }

    /**
     * The server stops when one of its nodes is nearly suspected; what that one sends meanwhile
     * arrives in time, and after what others send, so it must be read before anybody is judged.
     */
    private void stopBeforeReading(Member quiet) {
        Duration nearly = fleet.options().suspectAfter().minus(NEARLY);
        Duration begin = nearly.minus(now()).plusNanos(fleet.census().lastHeardNs(quiet.id()));
        if (begin.compareTo(SLACK) < 0) {
            return;
        }
        quiet.pause(begin.plus(NEARLY.dividedBy(2)));
        fleet.simulation().after(begin, () -> {
            fleet.census().processStopped(now().plus(STOP).toNanos());
            fleet.serverHost().pause();
            fleet.simulation().after(STOP, fleet.serverHost()::resume);
            fleet.members().stream()
                    .filter(member -> member != quiet && member.isOnline())
                    .forEach(member -> member.send(10));
        });
        fleet.simulation().after(begin.plus(NEARLY.dividedBy(2)).plusMillis(1), () -> quiet.send(10));
    }

    /** A message with nothing in its way does not wait for something else to happen. */
    private void sendAtOnce(Member receiver, Consumer<Duration> pass) {
        for (int i = 0; i < 3; i++) {
            fleet.send(receiver, 10);
            pass.accept(AT_ONCE);
        }
        fleet.toNodes().checkAllSettled(receiver.id(), AT_ONCE + " without a fault");
    }

    private Duration now() {
        return fleet.simulation().now();
    }

    /**
     * A node changes more often than a slow listener can be notified; what it is notified of must
     * still make sense, and end with the truth.
     */
    private void tellLate(Member sender, Consumer<Duration> pass) {
        boolean sameProcess = random.nextBoolean();
        fleet.census().callbacksDelayed(LATE.toNanos());
        fleet.serverHost().delayCallbacks(LATE);
        ProtocolProbe last = null;
        for (int i = 1; i <= CHANGES; i++) {
            last = new ProtocolProbe(host, "change " + i, bytes(register("changing", sameProcess ? 1 : i, i)), "");
            last.connect(fleet.serverHost(), Fleet.PORT, fleet.layers());
            for (int message = 0; message < 4; message++) {
                sender.send(10);
            }
            pass.accept(Duration.ofMillis(20));
        }
        if (last != null && sameProcess) {
            last.say(bytes(UNREGISTER));
        }
        pass.accept(LATE);
        fleet.serverHost().delayCallbacks(Duration.ZERO);
        pass.accept(LATE);
        fleet.toServer().checkAllSettled(sender.senderName(), "slow callbacks");
        boolean stays = fleet.server()
                .nodes()
                .find("changing")
                .filter(node -> node.state() != NodeState.OFFLINE)
                .isPresent();
        if (fleet.census().isKnown("changing") != stays) {
            throw new Violation(
                    "I3 events end with the truth",
                    "a node that changed " + CHANGES + " times is " + (stays ? "" : "not ")
                            + "registered, the events have it otherwise");
        }
    }

    private static void checkLasted(ProtocolProbe silent) {
        Duration lasted = silent.lasted();
        if (lasted == null || lasted.compareTo(HANDSHAKE) < 0 || lasted.compareTo(HANDSHAKE.plus(SLACK)) > 0) {
            throw new Violation(
                    "I22 strangers are answered as the protocol says",
                    "a silent connection lasted " + lasted + ", expected was " + HANDSHAKE);
        }
    }

    // ---- strangers

    private void askStrangers() {
        ask("GET / HTTP/1.1", bytes("474554202f20485454502f312e310d0a0d0a"), "end");
        ask("version 127", "ab7f04000000000000000000", "ERROR(2) end");
        ask("an unknown type", "ab023f000000000000000000", "ERROR(3) end");
        ask("an unknown type to ignore, PING", "ab023f800000000000000001 00" + PING, "PONG ERROR(8) end");
        ask("PING with a flag", "ab0204010000000000000000", "ERROR(4) end");
        ask("a PING of 65 bytes, announced", "ab0204000000000000000041", "ERROR(5) end");
        ask("a frame of 2^32-1 bytes, announced", "ab02030000000000ffffffff", "ERROR(5) end");
        ask("a beat before REGISTER", BEAT, "ERROR(7) end");
        ask("DATA before REGISTER", "ab0203000000000000000001 00", "ERROR(7) end");
        ask("a node id with a space", register("a b", 7, 1) + PING, "ERROR(20) PONG ERROR(8) end");
        ask("an empty node id", register("", 7, 1), "ERROR(20) ERROR(8) end");
        ask("an incarnation of 0", register("zero", 0, 1), "ERROR(1) end");
        ask("three frames at once", registered() + PING + PING + UNREGISTER, "REGISTERED PONG PONG end");
        ask("two nodes", registered() + registered() + UNREGISTER, "REGISTERED ERROR(22) end");
        ask(
                "a position beyond what was sent",
                registered() + BEAT_BEGINNING + "00000000000000ff",
                "REGISTERED ERROR(1) end");
        ask(
                "DATA for a channel",
                registered() + "ab0203000000000500000001 00" + UNREGISTER,
                "REGISTERED RESET(40) end");
        ask(
                "CREDIT for a channel",
                registered() + "ab020d000000000500000008 0000000000018000" + UNREGISTER,
                "REGISTERED RESET(40) end");
        ask("a short CREDIT", registered() + "ab020d000000000000000007 00000000000000", "REGISTERED ERROR(1) end");
        ask(
                "a fragment of nothing",
                registered() + "ab0203050000000000000009 0007 06 0004 0000000a",
                "REGISTERED ERROR(1) end");
        ask(
                "17 times UPDATE of nobody",
                registered() + UPDATE.repeat(17),
                "REGISTERED" + " ERROR(26)".repeat(16) + " ERROR(10) end");
        ask(
                "a message of 2 GiB",
                registered() + "ab020305000000000000000a 0007 06 0004 7fffffff 41" + UNREGISTER,
                "REGISTERED ERROR(41) end");
        if (fleet.options().windowBytes() == FULL_FRAME + 12) {
            String full = "ab0203000000000000004000" + "61".repeat(FULL_FRAME);
            ask("two windows at once", registered() + full + full, "REGISTERED ERROR(9) end");
        }
        int every = fleet.options().ackEvery();
        ask(
                "as many beats as are answered twice",
                registered() + BEAT.repeat(every + 1) + UNREGISTER,
                "REGISTERED BEAT BEAT end");
        ask("silence after REGISTER", registered(), "REGISTERED PING GO_AWAY(4) end");
        askInTurn(
                "an abandoned attempt",
                register("turn", 5, 2),
                register("turn", 5, 1),
                "REGISTERED end",
                "ERROR(23) end");
        askInTurn(
                "another process",
                register("won", 5, 2),
                register("won", 6, 1),
                "REGISTERED GO_AWAY(2) end",
                "REGISTERED end");
        askInTurn(
                "a process that was replaced before",
                register("kept", 5, 2),
                register("kept", 6, 1, 1),
                "REGISTERED end",
                "ERROR(28) end");
        ask("an epoch of the far future", register("future", 5, 1, Long.MAX_VALUE), "ERROR(25) ERROR(8) end");
        askForRoom();
        askForLess();
    }

    /** Dropped messages are given back, so as much may follow. */
    private void askForRoom() {
        int fits = fleet.options().windowBytes() / (FULL_FRAME + 12);
        String frame = "ab0203000000000500004000" + "61".repeat(FULL_FRAME);
        ProtocolProbe stranger = ask(
                "windows full of DATA for a channel",
                registered() + frame.repeat(fits),
                "REGISTERED" + " RESET(40)".repeat(2 * fits) + " end");
        fleet.simulation().after(Duration.ofMillis(300), () -> stranger.say(bytes(frame.repeat(fits) + UNREGISTER)));
    }

    /** A message larger than its window is given room, which is taken back with its last byte. */
    private Runnable askForLargeMessage() {
        int bytes = 60_000;
        int first = FULL_FRAME - 9;
        StringBuilder rest = new StringBuilder();
        int sent = FULL_FRAME + 12;
        for (int left = bytes - first; left > 0; left -= FULL_FRAME) {
            int part = Math.min(left, FULL_FRAME);
            rest.append(String.format("ab0203%02x00000000%08x", part < left ? 1 : 0, part))
                    .append("61".repeat(part));
            sent += 12 + part;
        }
        String head = String.format("ab02030500000000%08x 0007 06 0004 %08x", FULL_FRAME, bytes);
        ProtocolProbe stranger = ask("a large message", registered() + head + "61".repeat(first), "REGISTERED end");
        fleet.simulation().after(Duration.ofMillis(300), () -> stranger.say(bytes(rest.toString())));
        fleet.simulation().after(Duration.ofMillis(600), () -> stranger.say(bytes(UNREGISTER)));
        long most = (long) sent + fleet.options().windowBytes() + FULL_FRAME + 12;
        return () -> {
            if (stranger.granted() > most) {
                throw new Violation(
                        "I15 no more is granted than the window",
                        "up to " + stranger.granted() + ", after a message that ended at " + most
                                + " less the window and a frame");
            }
        };
    }

    /** A lower limit than before says nothing, so what is sent to it comes. */
    private void askForLess() {
        String less = "ab020d000000000000000008 0000000000004e20 ab020dff".replace("ff", "00")
                + "ffffffff00000008 0000000000004e20";
        ProtocolProbe stranger = ask("a lower limit", register("less", 5, 1) + less, "REGISTERED DATA DATA DATA end");
        fleet.simulation()
                .after(Duration.ofMillis(300), () -> fleet.server().trySend("less", ByteBuffer.allocate(40_000)));
        fleet.simulation().after(Duration.ofMillis(600), () -> stranger.say(bytes(UNREGISTER)));
    }

    /** The second begins while the first is registered, and both say goodbye after it. */
    private void askInTurn(String name, String first, String second, String toFirst, String toSecond) {
        ProtocolProbe one = ask(name + ", who was first", first, toFirst);
        fleet.simulation().after(Duration.ofMillis(300), () -> {
            ProtocolProbe other = ask(name, second, toSecond);
            fleet.simulation().after(Duration.ofMillis(300), () -> {
                one.say(bytes(UNREGISTER));
                other.say(bytes(UNREGISTER));
            });
        });
    }

    private ProtocolProbe ask(String name, String hex, String expected) {
        return ask(name, bytes(hex), expected);
    }

    private ProtocolProbe ask(String name, byte[] says, String expected) {
        ProtocolProbe stranger = new ProtocolProbe(host, name, says, expected);
        strangers.add(stranger);
        stranger.connect(fleet.serverHost(), Fleet.PORT, fleet.layers());
        return stranger;
    }

    private String registered() {
        return register("stranger" + registrations++, 1 + registrations, 1);
    }

    private static String register(String id, long incarnation, int attempt) {
        return register(id, incarnation, attempt, "");
    }

    /** With the last epoch it says it was given. */
    private static String register(String id, long incarnation, int attempt, long epoch) {
        return register(id, incarnation, attempt, String.format("040008%016x", epoch));
    }

    static String register(String id, long incarnation, int attempt, String tlvs) {
        int size = 29 + id.length() + tlvs.length() / 2;
        ByteBuffer frame = ByteBuffer.allocate(12 + 29 + id.length());
        frame.putInt(0xab020600).putInt(0).putInt(size);
        frame.putLong(incarnation).putInt(attempt).putLong(1 << 16).putLong(1 << 16);
        frame.put((byte) id.length()).put(id.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(frame.array()) + tlvs;
    }

    /** The first words of a stranger of this id. */
    static byte[] registration(String id) {
        return bytes(register(id, 1, 1));
    }

    /** The header of the longest DATA. */
    static byte[] beginningOfFrame() {
        return bytes("ab0203000000000000004000");
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    // ---- members

    /** Messages that were accepted before a goodbye arrive, and the client ends. */
    private Runnable letLeave(Member member) {
        int most = Math.min(100_000, fleet.options().maxMessageBytes() - 100);
        for (int padding : new int[] {10, most, 200}) {
            member.send(padding);
        }
        member.leave();
        return () -> {
            requireEnd(member, CloseReason.UNREGISTERED);
            fleet.toServer().checkDelivered(member.senderName(), "goodbye");
        };
    }

    /** Messages that wait in a client that has no connection come back when it is closed. */
    private Runnable letLeaveAlone(Member member) {
        member.host().refuseConnects(true);
        member.host().resetConnections();
        fleet.simulation().after(Duration.ofMillis(100), () -> {
            member.send(10);
            member.send(200);
            member.leave();
        });
        return () -> {
            requireEnd(member, CloseReason.LOCAL);
            fleet.toServer().checkAllSettled(member.senderName(), "closing without a connection");
        };
    }

    private Runnable sendAway(Member member) {
        fleet.server().kick(member.id(), "because");
        return () -> requireEnd(member, CloseReason.KICKED);
    }

    private void requireEnd(Member member, CloseReason reason) {
        if (member.closedFor() != reason || fleet.census().isOnline(member.id())) {
            throw new Violation(
                    "I24 a client that is closed ends",
                    member + " is closed for " + member.closedFor() + ", expected was " + reason + "; the server "
                            + (fleet.census().isOnline(member.id()) ? "has" : "has not") + " it online");
        }
    }

    private boolean mayExceedWindow() {
        return fleet.options().maxMessageBytes() > fleet.options().windowBytes() + BEYOND_WINDOW + 100;
    }

    /**
     * It is sent more than its queue takes. Accepted messages arrive when it reads again, or are
     * reported if its connection is lost meanwhile.
     */
    private Runnable stopReading(Member member, boolean reset) {
        // Bytes that the socket has taken may be lost with it: of messages larger than the first
        // window only those for which the window had grown before.
        int padding = reset
                ? fleet.options().windowBytes() + BEYOND_WINDOW
                : Math.min(20_000, fleet.options().queueBytes() / 4);
        int enough = fleet.options().queueBytes() / padding + fleet.options().windowBytes() / padding + 10;
        member.host().stopReading(true);
        int accepted = 0;
        while (accepted <= enough && fleet.send(member, padding) == SendResult.ACCEPTED) {
            accepted++;
        }
        if (accepted > enough) {
            throw new Violation(
                    "I18 what waits for a node is bounded",
                    accepted + " messages of " + padding + " bytes were accepted for " + member
                            + ", which reads nothing; allowed are "
                            + fleet.options().queueBytes() + " bytes");
        }
        fleet.simulation().after(Duration.ofMillis(700), () -> {
            if (reset) {
                member.host().resetConnections();
            }
            member.host().stopReading(false);
        });
        return reset
                ? () -> fleet.toNodes().checkLostByReset(member.id(), MAX_WINDOW / padding)
                : () -> fleet.toNodes().checkAllSettled(member.id(), "a pause in reading");
    }

    /**
     * Messages that are charged to the budget, in all more than it holds; and many that are begun
     * and never ended.
     */
    private void fillBudget(Member sender) {
        int padding = fleet.options().maxMessageBytes() - 100;
        int turns = fleet.options().inboundBudgetBytes() / padding + 10;
        for (int i = 0; i < turns; i++) {
            if (admitsStrangers()) {
                fleet.simulation().after(Duration.ofMillis(20L * i), this::beginMessage);
            }
            fleet.simulation().after(Duration.ofMillis(4000 + 20L * i), () -> sender.send(padding));
        }
    }

    /** Else they are refused, whatever they have to say. */
    private boolean admitsStrangers() {
        return fleet.doorkeeper() == null;
    }

    private void beginMessage() {
        String begun = String.format(
                "ab020305000000000000000a 0007 06 0004 %08x 41", fleet.options().maxMessageBytes());
        ProtocolProbe unused =
                ask("the beginning of a message, and UNREGISTER", registered() + begun + UNREGISTER, "REGISTERED end");
    }
}
