package dev.heartbeat.internal.server;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.spi.Connection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The questions that wait for the authenticator, which are bounded in number and time. Shared by all
 * loops.
 */
final class Authentications {
    final Authenticator authenticator;
    final Server server;
    private final int maximum;
    private final AtomicInteger waiting = new AtomicInteger();

    Authentications(Authenticator authenticator, Server server) {
        this.authenticator = authenticator;
        this.server = server;
        maximum = server.options.maxAuthentications();
    }

    /** Asks about who shows a credential over a connection, or none. On its loop. */
    Authentication begin(
            ServerSession session,
            String nodeId,
            byte @Nullable [] credential,
            Map<String, String> metadata,
            Authentication.Asker asker) {
        Connection connection = session.connection();
        Applicant applicant =
                new Applicant(nodeId, credential, metadata, connection.remoteAddress(), connection.peerCertificates());
        Authentication asked = new Authentication(this, session.shard, applicant, asker);
        if (waiting.incrementAndGet() > maximum) {
            asked.giveUp("too many registrations wait to be decided on");
        } else {
            asked.begin();
        }
        return asked;
    }

    /** One waits no more. */
    void over() {
        waiting.decrementAndGet();
    }

    int waiting() {
        return waiting.get();
    }
}
