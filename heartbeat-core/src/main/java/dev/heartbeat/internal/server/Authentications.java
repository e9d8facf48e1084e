package dev.heartbeat.internal.server;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.internal.admission.Place;
import dev.heartbeat.internal.admission.WaitingPlaces;
import dev.heartbeat.spi.Connection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The questions that wait for the authenticator, which are bounded in number and time. Shared by all
 * loops.
 */
final class Authentications {
    final Authenticator authenticator;
    final Server server;
    private final WaitingPlaces places;

    Authentications(Authenticator authenticator, Server server) {
        this.authenticator = authenticator;
        this.server = server;
        places = new WaitingPlaces(server.options.maxAuthentications());
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
        boolean hasFailed = server.failures.areRecent(session.remoteAddress(), session.shard.nowNs());
        Place place = places.enter(session.remoteAddress(), hasFailed);
        Authentication asked = new Authentication(this, session.shard, applicant, asker, place);
        asked.begin();
        return asked;
    }

    /** One waits no more. */
    void over(Place place) {
        places.leave(place);
    }
}
