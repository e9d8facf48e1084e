package dev.heartbeat.testkit.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.heartbeat.ChannelListener;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.time.Duration;
import java.util.List;

/**
 * A stranger on a small server of its own, who has channels, a group and further nodes by a wide
 * grant, and renews it by a narrow one. What the narrow one does not cover ends, and nothing else.
 */
final class GrantChecks {
    private static final int PORT = 9504;
    private static final Duration LATER = Duration.ofSeconds(2);

    private static final String WIDE = "030004 77696465";
    private static final String NARROW = "030006 6e6172726f77";
    private static final String IN_A_GROUP = "010007 05 67726f7570 67";

    /** Each a while after the one before. */
    private static final List<String> SAYS = List.of(
            SettledChecks.register("guest", 1, 1, hex(WIDE)),
            ofHandle(1, SettledChecks.register("guest1", 1, 1, hex(IN_A_GROUP)))
                    + ofHandle(2, SettledChecks.register("guest2", 1, 1, ""))
                    + "ab020a00 00000001 0000000e 0000000000010000 10 04 6c6f6773" // "logs"
                    + "ab020a00 00000003 0000000d 0000000000010000 10 03 726564", // "red"
            "ab020f00 00000000 00000009" + NARROW,
            "ab020700 00000000 00000000");

    private final Simulation simulation;
    private final Host serverHost;
    private final HeartbeatServer server;
    private final ProtocolProbe stranger;

    GrantChecks(Simulation simulation) {
        this.simulation = simulation;
        serverHost = simulation.newHost("strict");
        server = HeartbeatServer.builder()
                .port(PORT)
                .authenticator(applicant -> completedFuture(grantOf(applicant)))
                .channel("logs", channel -> new ChannelListener() {})
                .channel("red", channel -> new ChannelListener() {})
                .transport(serverHost.transport())
                .start();
        stranger = new ProtocolProbe(
                simulation.newHost("guest"),
                "a narrower grant",
                SettledChecks.bytes(SAYS.get(0)),
                "REGISTERED REGISTERED REGISTERED ? ? REGISTERED RESET(30) ERROR(30) GO_AWAY(7) end");
    }

    private static Grant grantOf(Applicant applicant) {
        byte[] shown = applicant.credential();
        return shown != null && new String(shown, UTF_8).equals("wide")
                ? Grant.to("guest").attaching("guest*")
                : Grant.to("guest").attaching("guest1").openingOnly("red").joiningOnly();
    }

    private static String hex(String spaced) {
        return spaced.replace(" ", "");
    }

    private static String ofHandle(int handle, String register) {
        return register.substring(0, 8) + String.format("%08x", handle) + register.substring(16);
    }

    void begin() {
        stranger.connect(serverHost, PORT);
        for (int i = 1; i < SAYS.size(); i++) {
            byte[] more = SettledChecks.bytes(SAYS.get(i));
            simulation.after(LATER.multipliedBy(i), () -> stranger.say(more));
        }
    }

    void judge() {
        stranger.check();
        var unused = server.closeAsync();
    }
}
