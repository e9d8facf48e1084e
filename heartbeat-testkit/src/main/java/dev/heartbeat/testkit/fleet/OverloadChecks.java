package dev.heartbeat.testkit.fleet;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.OverloadCause;
import dev.heartbeat.OverloadLevel;
import dev.heartbeat.OverloadStats;
import dev.heartbeat.ServerState;
import dev.heartbeat.testkit.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A server whose memory fills and empties, and whose loops lag, in the fleets of some seeds. Among
 * the other faults only what always holds is judged. When the fleet is well, the server is taken to
 * each level, strangers come whose answers the level decides, and nothing may befall a node.
 */
final class OverloadChecks {
    private static final String STAYS = "I55 overload costs no node its state";

    private static final double CALM = 0.3;
    /** A little more than each threshold, and less than the next one. */
    private static final double ABOVE = 0.003;

    private static final Duration LOOK = Duration.ofMillis(100);
    /** Four steps up. */
    private static final Duration UP = Duration.ofMillis(1500);
    /** Four steps down, of a second each, and the looks. */
    private static final Duration DOWN = Duration.ofMillis(5500);

    private static final Duration SWAY = Duration.ofMillis(1500);
    private static final Duration MEET = Duration.ofSeconds(2);
    /** The lag that is measured is the least of four. */
    private static final int STALLS = 7;

    private static final Duration BETWEEN_STALLS = Duration.ofMillis(10);
    /** A stop is forgotten by then: four measurements have followed. */
    private static final Duration AFTERMATH = Duration.ofSeconds(15);

    private static final int IDLERS = 12;
    private static final Duration BETWEEN_IDLERS = Duration.ofMillis(30);

    private static final int FULL_FRAME = 16_384;
    private static final int HEADER = 12;
    /** Longer waits outlast the handshake's deadline, so that the time of a return is not known. */
    private static final Duration SHORT_GRACE = Duration.ofSeconds(4);

    private static final String BEAT = "ab0201000000000000000010 1122334455667788 0000000000000000";
    private static final String UNREGISTER = "ab0207000000000000000000";
    private static final String SENT_AWAY = "GO_AWAY(5) end";

    private final Fleet fleet;
    private final Random random;
    private final boolean byHeap;
    private final Host strangers;
    private final OverloadModel model = new OverloadModel();
    private final List<ProtocolProbe> knockers = new ArrayList<>();
    private final List<Idler> idlers = new ArrayList<>();
    private final Map<Member, Integer> losses = new LinkedHashMap<>();

    private boolean isWell;
    private int serverRun;
    private int attempts;
    /** What the look before saw. */
    private OverloadLevel lastLevel = OverloadLevel.NONE;

    private long lastNodes;
    private long lastAccepted;

    /** A stranger who does not register; some begin a frame. */
    private record Idler(ProtocolProbe probe, boolean begins) {}

    OverloadChecks(Fleet fleet, long seed) {
        this.fleet = fleet;
        random = new Random(seed * 31 + 17);
        byHeap = random.nextBoolean();
        strangers = fleet.simulation().newHost("knockers");
        fleet.census().graceMayStandStill();
        fill(CALM);
    }

    /** Whether a seed's fleet has such a server: one in 32. */
    static boolean isAt(long seed) {
        return (seed & 0b1_1111) == 0b0_0111;
    }

    HeartbeatServer.Builder addTo(HeartbeatServer.Builder builder) {
        return builder.overloadByHeap(byHeap);
    }

    private Duration now() {
        return fleet.simulation().now();
    }

    /** From now on the memory is so full, of one kind or the other. */
    private void fill(double share) {
        boolean ofHeap = byHeap && random.nextBoolean();
        double other = random.nextDouble(CALM);
        fleet.serverHost().fillMemory(ofHeap ? other : share, ofHeap ? share : byHeap ? other : random.nextDouble());
        model.load(Math.max(share, other), now());
    }

    // ---- what befalls the server among other faults

    void begin() {
        fleet.simulation().after(Duration.ofMillis(300 + random.nextInt(4000)), () -> {
            if (!isWell) {
                if (random.nextInt(8) == 0) {
                    stall(random.nextInt(Fleet.LOOPS), Duration.ofMillis(1300 + random.nextInt(700)), STALLS);
                }
                fill(random.nextInt(3) == 0 ? CALM : 0.7 + random.nextDouble(0.3));
                begin();
            }
        });
    }

    void recover() {
        isWell = true;
        fill(CALM);
    }

    /** One loop is late again and again. */
    private void stall(int loop, Duration time, int times) {
        if (times == 0) {
            return;
        }
        if (fleet.isServerAwake()) {
            fleet.census().loopStopped(loop, now().plus(time).toNanos());
            fleet.serverHost().stallLoop(loop, time);
        }
        fleet.simulation().after(time.plus(BETWEEN_STALLS), () -> stall(loop, time, times - 1));
    }

    // ---- what always holds

    void check() {
        if (serverRun != fleet.serverRuns()) {
            serverRun = fleet.serverRuns();
            model.restarted(now());
            lastLevel = OverloadLevel.NONE;
        }
        if (!fleet.isServerAwake() || fleet.server().state() != ServerState.RUNNING) {
            return;
        }
        OverloadStats seen = fleet.server().stats().overload();
        long soonNs = now().minus(AFTERMATH).toNanos();
        long stops = fleet.census().stops(soonNs);
        boolean mayBeMore = stops > 1 || seen.loads().getOrDefault(OverloadCause.MESSAGES, 0.0) > 0.5;
        // A server looks at itself from its first connection on.
        boolean isIdle = fleet.server().stats().connections().accepted() == 0;
        model.look(seen, now(), mayBeMore, stops > 0 || isIdle);
        checkClosed(seen.level());
    }

    /** From one look to the next, while the server does not let anybody in. */
    private void checkClosed(OverloadLevel level) {
        long nodes = fleet.server().nodes().size();
        long accepted = fleet.server().stats().connections().accepted();
        if (isAt(lastLevel, OverloadLevel.REFUSING) && isAt(level, OverloadLevel.REFUSING)) {
            require(
                    "I52 nobody new registers",
                    nodes <= lastNodes,
                    nodes + " nodes at " + level + " after " + lastNodes);
        }
        // What was accepted at the last moment, or has a layer that was not ready, may come later.
        boolean lasts = level == OverloadLevel.CLOSED
                && lastLevel == level
                && fleet.layers() == FleetLayers.NONE
                && model.since().plus(LOOK).compareTo(now()) < 0;
        require(
                "I53 nobody is accepted",
                !lasts
                        || accepted == lastAccepted
                        || fleet.census().stops(model.since().toNanos()) > 0,
                accepted + " connections at " + level + " after " + lastAccepted);
        lastLevel = level;
        lastNodes = nodes;
        lastAccepted = accepted;
    }

    private static boolean isAt(OverloadLevel level, OverloadLevel least) {
        return level.compareTo(least) >= 0;
    }

    // ---- a fleet that is well

    /**
     * Takes the server to each level and back.
     *
     * @param pass lets time pass
     */
    void sit(Consumer<Duration> pass) {
        fleet.members().forEach(fleet::forgetOpen);
        fleet.members().stream().filter(Member::isOnline).forEach(member -> losses.put(member, member.losses()));
        long before = sentAway();
        List<OverloadLevel> levels = new ArrayList<>(Arrays.asList(OverloadLevel.values()));
        levels.remove(OverloadLevel.NONE);
        Collections.shuffle(levels, random);
        OverloadLevel hoard = levels.get(random.nextInt(levels.size()));
        for (OverloadLevel level : levels) {
            meet(level, level == hoard, pass);
        }
        idlers.clear();
        long counted = sentAway() - before;
        long heard = knockers.stream().filter(ProtocolProbe::wasSentAway).count();
        require("I10 counts agree", counted == heard, heard + " were sent away, the server counts " + counted);
        losses.keySet().forEach(member -> {
            fleet.toServer().checkAllSettled(member.senderName(), "overload");
            fleet.toNodes().checkAllSettled(member.id(), "overload");
        });
        comeLate(pass);
        if (!fleet.options().grace().isZero()) {
            comeBack(OverloadLevel.REFUSING, pass);
            if (isGraceLonger()) {
                comeBack(OverloadLevel.CLOSED, pass);
            }
        }
        lag(pass);
    }

    private long sentAway() {
        OverloadStats overload = fleet.server().stats().overload();
        return overload.refusedRegistrations() + overload.closedConnections();
    }

    private void meet(OverloadLevel level, boolean hoards, Consumer<Duration> pass) {
        ProtocolProbe hoarder = hoards ? beginToHoard() : null;
        go(OverloadLevel.NONE, pass);
        if (isAt(level, OverloadLevel.SHEDDING)) {
            go(OverloadLevel.REFUSING, pass);
            idle(pass);
        }
        go(level, pass);
        int each = fleet.options().windowBytes() / (FULL_FRAME + HEADER);
        if (hoarder != null) {
            hoarder.say(SettledChecks.bytes(("ab0203000000000000004000" + "61".repeat(FULL_FRAME)).repeat(each)));
        }
        ProtocolProbe knocker = knock(level);
        talk();
        pass(MEET, pass);
        if (hoarder != null) {
            require("I54 credit is withheld", hoarder.granted() == 0, "up to " + hoarder.granted() + " at " + level);
        }
        fill(OverloadModel.beginsAt(level) - 0.02 - random.nextDouble(0.06));
        pass(SWAY, pass);
        require("I51 overload goes by steps", model.level() == level, model.level() + " after " + level);
        checkIdlers(level);
        go(OverloadLevel.NONE, pass);
        checkKnocker(knocker);
        if (hoarder != null) {
            long due = (long) each * (FULL_FRAME + HEADER) + fleet.options().windowBytes();
            require(
                    "I54 withheld credit is given back",
                    hoarder.granted() >= due,
                    "up to " + hoarder.granted() + " after " + level + ", due are " + due);
            hoarder.say(SettledChecks.bytes(UNREGISTER));
        }
    }

    /** Goes to a level and sees that the server is there. */
    private void go(OverloadLevel level, Consumer<Duration> pass) {
        double begin = OverloadModel.beginsAt(level) + ABOVE;
        double room = level == OverloadLevel.CLOSED ? 0.015 : 0.024;
        fill(level == OverloadLevel.NONE ? CALM : begin + random.nextDouble(room));
        pass(level == OverloadLevel.NONE ? DOWN : UP, pass);
        require("I51 overload goes by steps", model.level() == level, model.level() + ", not " + level);
    }

    /** Those who were there stay. */
    private void pass(Duration time, Consumer<Duration> pass) {
        Duration until = now().plus(time);
        while (now().compareTo(until) < 0) {
            pass.accept(LOOK);
            losses.forEach((member, before) -> {
                require(STAYS, member.isOnline() && member.losses() == before, member + " has lost a connection");
                requireOnline(member.id());
                member.dependants().stream().filter(node -> !node.isEnded()).forEach(node -> requireOnline(node.id()));
            });
        }
    }

    private void requireOnline(String id) {
        require(STAYS, fleet.census().isOnline(id), id + " is not ONLINE at " + model.level());
    }

    /** In both directions, and more than fits into a window. */
    private void talk() {
        for (Member member : losses.keySet()) {
            for (int i = 0; i < 10; i++) {
                member.send(random.nextInt(20_000));
            }
            fleet.send(member, random.nextInt(20_000));
        }
    }

    // ---- strangers

    /** Uses up the credit of a node, and beats. */
    private ProtocolProbe beginToHoard() {
        ProtocolProbe hoarder = new ProtocolProbe(strangers, "a window", register("hoarder"), "");
        hoarder.connect(fleet.serverHost(), Fleet.PORT, fleet.layers());
        Duration every = fleet.options().interval().dividedBy(2);
        for (int i = 1; i < 60; i++) {
            fleet.simulation().after(every.multipliedBy(i), () -> hoarder.say(SettledChecks.bytes(BEAT)));
        }
        return hoarder;
    }

    private byte[] register(String id) {
        return SettledChecks.bytes(SettledChecks.register(id, 1, ++attempts, ""));
    }

    /** A new node. Where nobody is accepted, it waits in the kernel until new ones are refused only. */
    private ProtocolProbe knock(OverloadLevel level) {
        String id = "knocker" + attempts;
        String expected = isAt(level, OverloadLevel.REFUSING) ? SENT_AWAY : "REGISTERED end";
        byte[] says = SettledChecks.bytes(SettledChecks.register(id, 1, ++attempts, "") + UNREGISTER);
        ProtocolProbe knocker = new ProtocolProbe(strangers, "a new node at " + level, says, expected);
        knocker.connect(fleet.serverHost(), Fleet.PORT, fleet.layers());
        knockers.add(knocker);
        return knocker;
    }

    private void checkKnocker(ProtocolProbe knocker) {
        knocker.check();
        if (knocker.wasSentAway()) {
            long least = fleet.options().interval().toMillis();
            long wait = knocker.retryAfterMillis();
            require(
                    "I52 who is refused is told when to come back",
                    wait >= least && wait <= 3 * least,
                    wait + " ms, of an interval of " + least + " ms");
        }
    }

    /** Connections that do not register. Two loops take them by turns. */
    private void idle(Consumer<Duration> pass) {
        idlers.clear();
        for (int i = 0; i < IDLERS; i++) {
            boolean begins = random.nextInt(3) == 0;
            byte[] says = SettledChecks.bytes(begins ? "ab02" : "");
            ProtocolProbe probe = new ProtocolProbe(strangers, "idler " + i, says, SENT_AWAY);
            fleet.simulation()
                    .after(
                            BETWEEN_IDLERS.multipliedBy(i),
                            () -> probe.connect(fleet.serverHost(), Fleet.PORT, fleet.layers()));
            idlers.add(new Idler(probe, begins));
            knockers.add(probe);
        }
        pass(BETWEEN_IDLERS.multipliedBy(IDLERS), pass);
    }

    private void checkIdlers(OverloadLevel level) {
        if (!isAt(level, OverloadLevel.SHEDDING)) {
            return;
        }
        for (int i = 0; i < IDLERS; i++) {
            idlers.get(i).probe.check();
            for (int earlier = i % Fleet.LOOPS; earlier < i; earlier += Fleet.LOOPS) {
                checkOrder(idlers.get(earlier), idlers.get(i));
            }
        }
    }

    /** Of one loop, whoever has got least far goes first, and of these the oldest. */
    private static void checkOrder(Idler older, Idler younger) {
        Duration first = older.probe.ended();
        Duration second = younger.probe.ended();
        boolean olderFirst = !older.begins || younger.begins;
        require(
                "I56 those that got least far are shed first",
                olderFirst ? first.compareTo(second) <= 0 : second.compareTo(first) <= 0,
                (older.begins ? "one that began a frame" : "one without a byte") + " ended at " + first
                        + ", a later one " + (younger.begins ? "that began a frame" : "without a byte") + " at "
                        + second);
    }

    // ---- nodes that come

    /** A node that is new is refused, and comes when it is over. */
    private void comeLate(Consumer<Duration> pass) {
        go(random.nextBoolean() ? OverloadLevel.REFUSING : OverloadLevel.SHEDDING, pass);
        Member late = fleet.add("late");
        late.start();
        pass(fleet.options().interval().multipliedBy(4), pass);
        require("I52 nobody new registers", !late.isOnline(), late + " is online at " + model.level());
        go(OverloadLevel.NONE, pass);
        pass(fleet.options().interval().multipliedBy(3).plus(Member.BACKOFF_CAP), pass);
        require("I17 everybody comes back", late.isOnline(), late + " is not online after overload");
    }

    /** Whether a node that comes back when its grace is over is awaited, and comes back in time. */
    private boolean isGraceLonger() {
        return fleet.options().guardHold().compareTo(MEET) > 0
                && fleet.options().grace().compareTo(SHORT_GRACE) < 0;
    }

    /** A node that is known may come back, and is awaited for longer while nobody can. */
    private void comeBack(OverloadLevel level, Consumer<Duration> pass) {
        Member member = losses.keySet().iterator().next();
        go(level, pass);
        int before = member.losses();
        losses.remove(member);
        member.host().resetConnections();
        if (level == OverloadLevel.CLOSED) {
            pass(fleet.options().grace().plusMillis(200), pass);
            fill(CALM);
        }
        pass(MEET, pass);
        // Its connection may be shed before it can register; its stay goes on.
        boolean isShed = level == OverloadLevel.CLOSED && member.losses() > before + 1;
        require(STAYS, fleet.census().isKnown(member.id()), member + " was given up at " + model.level());
        require(STAYS, isShed || fleet.census().isOnline(member.id()), member + " could not come back");
        go(OverloadLevel.NONE, pass);
        if (!isShed) {
            losses.put(member, member.losses());
        }
    }

    /** A loop that is late again and again. What it costs the nodes is not the overload's fault. */
    private void lag(Consumer<Duration> pass) {
        Duration timeout = fleet.options().timeout();
        Duration time = timeout.compareTo(Duration.ofSeconds(3)) < 0 ? timeout : Duration.ofSeconds(3);
        stall(random.nextInt(Fleet.LOOPS), time.minusMillis(150), STALLS);
        boolean seen = false;
        for (int i = 0; i < time.multipliedBy(STALLS).dividedBy(LOOK); i++) {
            pass.accept(LOOK);
            seen |= fleet.server().stats().overload().cause() == OverloadCause.LOOP_LAG;
        }
        require("I51 overload goes by steps", seen, "a loop that was always late was no load");
        pass.accept(AFTERMATH.plus(DOWN));
        require("I51 overload goes by steps", model.level() == OverloadLevel.NONE, model.level() + " at no load");
        fleet.checkNumbers();
    }

    private static void require(String invariant, boolean holds, String what) {
        if (!holds) {
            throw new Violation(invariant, what);
        }
    }
}
