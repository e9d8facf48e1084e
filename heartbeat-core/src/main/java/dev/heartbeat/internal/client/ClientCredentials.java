package dev.heartbeat.internal.client;

import dev.heartbeat.auth.CredentialProvider;
import dev.heartbeat.internal.frame.Secret;
import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.queue.CallbackThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The credentials that a node registers with: one for each connection and each renewal, by the
 * application's provider, and what the server makes of them. Confined to the loop; the provider is
 * called on another thread.
 */
final class ClientCredentials {
    /** So many refusals in a row end a client, however many credentials its provider has. */
    static final int MAX_REFUSALS = 5;

    private final CredentialProvider provider;
    private final Duration timeout;
    private final Loop loop;
    private final CallbackThreads threads;

    private @Nullable Secret current;
    private @Nullable Secret refused;
    private int refusals;
    /** The latest question; one before it is answered to nobody. */
    private @Nullable Asking latest;

    /** Notified of the answer, on the loop. */
    interface Asker {

        /** There is a credential to connect with. */
        void onCredential();

        /** The provider failed, or has no time. */
        void onNoCredential(IOException cause);

        /** The provider has none but that which the server refused. */
        void onNoOther();
    }

    ClientCredentials(CredentialProvider provider, Duration timeout, Loop loop, CallbackThreads threads) {
        this.provider = provider;
        this.timeout = timeout;
        this.loop = loop;
        this.threads = threads;
    }

    /** The credential of the next registration. */
    @Nullable
    Secret current() {
        return current;
    }

    /** The server has accepted it. */
    void accepted() {
        refused = null;
        refusals = 0;
    }

    /** The server refuses it. Returns whether another may be tried. */
    boolean refuse() {
        refused = current;
        refusals++;
        return !(provider instanceof FixedCredential) && refusals < MAX_REFUSALS;
    }

    /** Asks the provider for the next. Whoever asked before and has no answer gets none. */
    void ask(Asker asker) {
        if (latest != null) {
            latest.end();
        }
        Asking asking = new Asking(asker);
        latest = asking;
        loop.arm(asking.deadline, timeout.toNanos());
        try {
            // One that is fixed is no call of the application, and waits for no thread.
            Executor caller = provider instanceof FixedCredential ? Runnable::run : threads.workers();
            caller.execute(asking::call);
        } catch (RejectedExecutionException e) {
            asking.fail(e);
        }
    }

    /** One question. */
    private final class Asking {
        private final Asker asker;
        private final Deadline deadline =
                new Deadline(() -> fail(new IOException("no answer within " + timeout.toMillis() + " ms")));
        private boolean over;

        Asking(Asker asker) {
            this.asker = asker;
        }

        /** On a thread for callbacks. */
        private void call() {
            try {
                CompletionStage<byte[]> answer = Objects.requireNonNull(provider.credential(), "the provider's answer");
                CompletionStage<?> unused = answer.whenComplete(this::onAnswer);
            } catch (Throwable failure) {
                onAnswer(null, failure);
            } finally {
                boolean unused = Thread.interrupted(); // It was meant for this call.
            }
        }

        /** On any thread. */
        private void onAnswer(byte @Nullable [] bytes, @Nullable Throwable failure) {
            loop.execute(() -> {
                if (bytes == null || failure != null) {
                    fail(failure == null ? new NullPointerException("credential") : failure);
                } else if (bytes.length > CredentialProvider.MAX_BYTES) {
                    fail(new IOException("a credential of " + bytes.length + " bytes, allowed is 0 to "
                            + CredentialProvider.MAX_BYTES));
                } else {
                    take(new Secret(bytes));
                }
            });
        }

        private void take(Secret credential) {
            if (over) {
                return;
            }
            end();
            current = credential;
            if (credential.equals(refused)) {
                asker.onNoOther();
            } else {
                asker.onCredential();
            }
        }

        private void fail(Throwable failure) {
            if (over) {
                return;
            }
            end();
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            asker.onNoCredential(new IOException("the credential provider failed: " + cause, cause));
        }

        private void end() {
            over = true;
            loop.cancel(deadline);
        }
    }
}
