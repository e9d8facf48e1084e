package dev.heartbeat.testkit.fleet;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.testkit.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Strangers who meet the limits of a fleet's server, in the fleets of some seeds: they flood, come
 * back too early, open more connections than an address may have at a time, and have namesakes and
 * neighbours who do nothing of the kind. Where the server asks who registers, they guess instead.
 * What each is answered, the protocol prescribes.
 */
final class LimitChecks {
    private static final int FRAMES_PER_SECOND = 100;
    private static final int NODES = 8;
    /** Ten seconds' worth, and two for each node of a gateway. */
    private static final int BURST = 10 * FRAMES_PER_SECOND + 2 * NODES;

    private static final Duration BAN = Duration.ofSeconds(3);
    private static final Duration SLACK = Duration.ofMillis(200);

    private static final int ATTEMPTS_PER_SECOND = 40;
    private static final int CONNECTIONS = 300;
    private static final int VISITS = 250;
    private static final Duration BETWEEN_VISITS = Duration.ofMillis(10);

    /** More nodes than strangers have at a time. */
    private static final int NODES_PER_ADDRESS = 64;

    /** A gateway of the fleet has four more at most. */
    private static final int NODES_PER_PRINCIPAL = 5;

    private static final int STAYS = NODES_PER_ADDRESS + 6;

    /** An entry of 1,000 bytes. */
    private static final String METADATA = "0103ea" + "016b" + "76".repeat(1000);

    private static final int METADATA_BYTES_PER_ADDRESS = STAYS / 3 * 1000;
    private static final Duration BETWEEN_STAYS = Duration.ofMillis(100);
    private static final Duration STAY = BETWEEN_STAYS.multipliedBy(3);

    /** An eighth of the places that registrations may wait in, and a few. */
    private static final int GUESSES = 24;

    private static final int PLACES = 160;
    private static final Duration BETWEEN_GUESSES = Duration.ofMillis(200);

    private static final String UPDATE = "ab020f000000000000000000";
    private static final String UNREGISTER = "ab0207000000000000000000";
    private static final String FOREIGN = "474554202f20485454502f312e310d0a0d0a";

    private final Fleet fleet;
    private final Host here;
    private final Host elsewhere;
    private final List<ProtocolProbe> strangers = new ArrayList<>();
    private int attempts;

    LimitChecks(Fleet fleet) {
        this.fleet = fleet;
        here = fleet.simulation().newHost("flooders");
        elsewhere = fleet.simulation().newHost("namesakes");
    }

    /** Whether a seed's fleet has such limits: one in sixteen, and all that ask who registers. */
    static boolean isAt(long seed) {
        return (seed & 0b1111) == 0b1110 || Doorkeeper.isAt(seed);
    }

    static void limit(HeartbeatServer.Builder builder) {
        builder.controlFramesPerSecond(FRAMES_PER_SECOND)
                .banTime(BAN)
                .maxNodesPerConnection(NODES)
                .maxNodesPerAddress(NODES_PER_ADDRESS)
                .maxNodesPerPrincipal(NODES_PER_PRINCIPAL)
                .maxMetadataBytesPerAddress(METADATA_BYTES_PER_ADDRESS)
                .maxConnectionsPerAddress(CONNECTIONS)
                .attemptsPerSecondPerAddress(ATTEMPTS_PER_SECOND)
                .maxAuthentications(PLACES);
    }

    /** All of it takes twelve seconds. */
    void begin() {
        if (fleet.doorkeeper() == null) {
            flood();
            visit(Duration.ZERO);
            visit(Duration.ofSeconds(6));
            stay();
        } else {
            guess();
        }
    }

    void judge() {
        strangers.forEach(ProtocolProbe::check);
    }

    private void flood() {
        Duration soon = Duration.ofMillis(500);
        Duration later = BAN.plus(SLACK);
        ask(
                Duration.ZERO,
                here,
                "a flood",
                register("flooder") + UPDATE.repeat(BURST + 50),
                "REGISTERED GO_AWAY(5) end");
        ask(soon, here, "the same soon after", register("flooder") + UNREGISTER, "GO_AWAY(5) end");
        ask(soon, here, "its neighbour", register("neighbour") + UNREGISTER, "REGISTERED end");
        ask(soon, elsewhere, "its namesake", register("flooder") + UNREGISTER, "REGISTERED end");
        ask(later, here, "the same after its ban", register("flooder") + UNREGISTER, "REGISTERED end");

        ProtocolProbe patient = ask(
                Duration.ZERO, here, "two bursts", register("patient") + UPDATE.repeat(BURST - 16), "REGISTERED end");
        fleet.simulation()
                .after(Duration.ofMillis(300), () -> patient.say(SettledChecks.bytes(UPDATE.repeat(25) + UNREGISTER)));
    }

    /** Connections that end at once, since they speak another protocol. */
    private void visit(Duration from) {
        for (int i = 0; i < VISITS; i++) {
            ask(from.plus(BETWEEN_VISITS.multipliedBy(i)), here, "visit " + i + " from " + from, FOREIGN, "end");
        }
    }

    /** More nodes, and more metadata, than an address may have, one after the other. */
    private void stay() {
        for (int i = 0; i < STAYS; i++) {
            Duration when = BETWEEN_STAYS.multipliedBy(i);
            String says = SettledChecks.register("guest" + i, 1, ++attempts, METADATA) + (i % 2 == 0 ? UPDATE : "");
            ProtocolProbe guest = ask(when, elsewhere, "stay " + i, says, "REGISTERED end");
            // Behind the next one's coming: what is left over is forgotten with the last node of an address.
            fleet.simulation().after(when.plus(STAY), () -> guest.say(SettledChecks.bytes(UNREGISTER)));
        }
    }

    private void guess() {
        for (int i = 0; i < GUESSES; i++) {
            Duration when = BETWEEN_GUESSES.multipliedBy(i);
            ask(when, here, "guess " + i, guess("guessed"), refusal(i));
        }
        Duration after = BETWEEN_GUESSES.multipliedBy(GUESSES);
        ask(after, elsewhere, "a guess elsewhere", guess("guessed"), refusal(0));
        ask(after, here, "a guess of another id", guess("another"), refusal(0));
    }

    private static String refusal(int before) {
        long seconds = before == 0 ? 0 : Math.min(60, 1L << Math.min(before - 1, 6));
        return "ERROR(27" + (seconds == 0 ? "" : "+" + seconds + "s") + ") end";
    }

    private ProtocolProbe ask(Duration when, Host from, String name, String hex, String expected) {
        ProtocolProbe stranger = new ProtocolProbe(from, name, SettledChecks.bytes(hex), expected);
        strangers.add(stranger);
        fleet.simulation().after(when, () -> stranger.connect(fleet.serverHost(), Fleet.PORT, fleet.layers()));
        return stranger;
    }

    /** One process, with ever greater attempts. */
    private String register(String id) {
        return SettledChecks.register(id, 1, ++attempts, "");
    }

    /** With a credential of nobody. */
    private String guess(String id) {
        return SettledChecks.register(id, 1, ++attempts, "030002" + "3f2f");
    }
}
