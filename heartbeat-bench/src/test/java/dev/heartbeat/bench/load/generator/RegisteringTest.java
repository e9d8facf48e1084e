package dev.heartbeat.bench.load.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.auth.Grant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that are registered live while the load registers others. */
@Timeout(30)
final class RegisteringTest {
    private static final long BEAT_NANOS = 1_000_000;

    @Test
    void firstNodesBeatWhileTheLastIsRegistered() throws Exception {
        CompletableFuture<Grant> last = new CompletableFuture<>();
        try (HeartbeatServer server = HeartbeatServer.builder()
                .host("127.0.0.1")
                .port(0)
                .ackEvery(1)
                .authenticator(applicant -> applicant.nodeId().equals("node-3")
                        ? last
                        : CompletableFuture.completedFuture(Grant.to("load")))
                .start()) {
            Thread beats = new Thread(() -> {
                while (server.stats().liveness().heartbeats() < 10) {
                    Thread.onSpinWait();
                }
                last.complete(Grant.to("load"));
            });
            beats.setDaemon(true);
            beats.start();
            Recorder recorder = new Recorder(Clock.nanos(), Long.MAX_VALUE / 2, 0);
            try (Links links = new Links(server.localAddress(), "node-", 1, null)) {
                Inbox inbox = new Inbox(Replies.ANSWERED, 1);
                new Registering(links, inbox, recorder, BEAT_NANOS).run(3, 3);

                assertThat(links.all()).hasSize(3).allMatch(link -> link.registered);
            }
        }
    }
}
