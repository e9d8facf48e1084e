package dev.heartbeat.internal.server;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.admission.Place;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Shard;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One question to the authenticator. It begins and ends once, on a loop; the authenticator is called
 * on another thread and may answer on any.
 */
final class Authentication {
    private static final String UNDECIDED = "the server cannot decide on this registration now";

    private static final String CROWDED = "too many registrations wait to be decided on";

    private final Authentications all;
    private final Shard shard;
    private final Applicant applicant;
    private final Asker asker;
    /** Where it waits; null if there is no place. */
    private final @Nullable Place place;

    private final Deadline deadline = new Deadline(this::onTimeout);

    /** Written by the loop; whoever is about to ask looks at it. */
    private volatile boolean over;
    /** What the application works on, to be cancelled. */
    private volatile @Nullable CompletionStage<Grant> answer;

    /** Waits for the answer, on the loop. One of both comes, unless it is {@link #abandon}ed. */
    interface Asker {

        /** The authenticator has granted something, or {@link Grant#none}. */
        void onDecided(Grant grant);

        /** The authenticator failed, or has no time: nothing is known of who this is. */
        void onUndecided(String why);
    }

    Authentication(Authentications all, Shard shard, Applicant applicant, Asker asker, @Nullable Place place) {
        this.all = all;
        this.shard = shard;
        this.applicant = applicant;
        this.asker = asker;
        this.place = place;
    }

    boolean isOver() {
        return over;
    }

    void begin() {
        if (place == null) {
            giveUp(CROWDED);
            return;
        }
        shard.arm(deadline, all.server.options.authenticationTimeout().toNanos());
        try {
            all.server.callbackThreads.workers().execute(this::ask);
        } catch (RejectedExecutionException e) {
            giveUp(UNDECIDED); // The transport ends.
        }
    }

    /** On a thread for callbacks. */
    private void ask() {
        if (over) {
            return;
        }
        try {
            CompletionStage<Grant> stage =
                    Objects.requireNonNull(all.authenticator.authenticate(applicant), "the authenticator's answer");
            answer = stage;
            CompletionStage<?> unused = stage.whenComplete(this::onAnswer);
            if (over) {
                cancel();
            }
        } catch (Throwable failure) {
            onAnswer(null, failure);
        } finally {
            boolean unused = Thread.interrupted(); // It was meant for this call.
        }
    }

    /** On any thread. */
    private void onAnswer(@Nullable Grant grant, @Nullable Throwable failure) {
        shard.execute(() -> {
            if (over) {
                return;
            }
            if (grant == null || failure != null) {
                failed(failure == null ? new NullPointerException("the authenticator granted null") : failure);
            } else {
                end();
                asker.onDecided(grant);
            }
        });
    }

    private void onTimeout() {
        failed(new TimeoutException("the authenticator did not answer within "
                + all.server.options.authenticationTimeout().toMillis() + " ms"));
        cancel();
    }

    private void failed(Throwable failure) {
        all.server.callbackFailed("the authenticator, asked about " + applicant, failure);
        giveUp(UNDECIDED);
    }

    private void giveUp(String why) {
        end();
        asker.onUndecided(why);
    }

    /** Nobody waits for the answer any more. */
    void abandon() {
        if (!over) {
            end();
            cancel();
        }
    }

    private void end() {
        over = true;
        shard.cancel(deadline);
        if (place != null) {
            all.over(place);
        }
    }

    /** The stage is the application's, and may have no future or refuse to be cancelled. */
    private void cancel() {
        CompletionStage<Grant> asked = answer;
        if (asked != null) {
            try {
                asked.toCompletableFuture().cancel(false);
            } catch (RuntimeException e) {
                // Its work goes on, and its answer is dropped.
            }
        }
    }
}
