package dev.heartbeat.testkit.fleet;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Strangers of one address who want all the memory of a small server of their own: each begins a
 * large message, and none ends. A stranger from elsewhere has room meanwhile. The same happens
 * again when all are gone.
 */
final class AddressChecks {
    private static final int PORT = 9503;
    private static final int MESSAGE = 20_000;
    private static final int BUDGET = 16 * MESSAGE;
    /** Three quarters of the budget. */
    private static final int SHARE = 12;

    private static final int STRANGERS = 16;
    private static final Duration GAP = Duration.ofMillis(50);
    private static final Duration ROUND = Duration.ofSeconds(4);

    /** The first byte of a message. */
    private static final String BEGIN = "ab02030500000000 0000000a 0007 06000400004e20 61";

    private static final byte[] UNREGISTER = SettledChecks.bytes("ab0207000000000000000000");

    private final Simulation simulation;
    private final Host serverHost;
    private final HeartbeatServer server;
    private final Host here;
    private final Host elsewhere;
    private final List<ProtocolProbe> strangers = new ArrayList<>();

    AddressChecks(Simulation simulation) {
        this.simulation = simulation;
        serverHost = simulation.newHost("small");
        here = simulation.newHost("greedy");
        elsewhere = simulation.newHost("modest");
        server = HeartbeatServer.builder()
                .port(PORT)
                .inboundBudgetBytes(BUDGET)
                .maxMessageBytes(MESSAGE)
                .transport(serverHost.transport())
                .start();
    }

    /** Begins all of it, which takes two rounds. */
    void begin() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < STRANGERS; i++) {
                String refusal = i < SHARE ? "" : " ERROR(42)";
                ask(here, "greedy", ROUND.multipliedBy(round).plus(GAP.multipliedBy(i)), refusal);
            }
            ask(elsewhere, "modest", ROUND.multipliedBy(round).plus(GAP.multipliedBy(STRANGERS + 4)), "");
        }
    }

    private void ask(Host from, String name, Duration when, String refusal) {
        String id = name + strangers.size();
        byte[] says = SettledChecks.bytes(SettledChecks.register(id, 1, 1, "") + BEGIN);
        ProtocolProbe stranger = new ProtocolProbe(from, id, says, "REGISTERED" + refusal + " end");
        strangers.add(stranger);
        simulation.after(when, () -> stranger.connect(serverHost, PORT));
        simulation.after(when.plus(ROUND.dividedBy(2)), () -> stranger.say(UNREGISTER));
    }

    void judge() {
        strangers.forEach(ProtocolProbe::check);
        var unused = server.closeAsync();
    }
}
