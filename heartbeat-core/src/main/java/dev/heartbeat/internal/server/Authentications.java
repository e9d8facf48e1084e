package dev.heartbeat.internal.server;

import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.internal.frame.Register;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The registrations that wait for the authenticator, which are bounded in number and time. Shared by
 * all loops.
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

    /** Asks about a session's registration. On its loop. */
    Authentication begin(ServerSession session, Register register) {
        Authentication asked = new Authentication(this, session, register);
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
