package dev.heartbeat.auth;

import java.util.concurrent.CompletionStage;

/**
 * Decides whether a node may register, before the server looks at anything else that its
 * registration could show. Without one, everybody who reaches the port may register every id.
 *
 * <p>It is asked once for each connection, and for each credential that a node shows later, on the threads that make callbacks, and several times at
 * once. It may answer later and on any thread; the connection waits, and no loop does. The answer
 * must come within {@link dev.heartbeat.ServerSetters#authenticationTimeout}. A connection that
 * ends meanwhile cancels the future behind the answer, where the stage has one.
 *
 * <p>An answer that fails, is null or comes too late decides nothing: the client is sent away and
 * comes back after its backoff. So a failing identity service keeps nodes out for as long as it
 * fails, and ends no client. Refuse by {@link Grant#none}.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Authenticator {

    /**
     * Decides on a registration.
     *
     * @param applicant what is known of who wants to register; valid for ever
     * @return the decision, now or later; {@link Grant#none} refuses
     */
    CompletionStage<Grant> authenticate(Applicant applicant);
}
