package dev.heartbeat.testkit;

import dev.heartbeat.spi.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a scripted peer, in order, and how far it has come. It goes on whenever something
 * comes, on the thread that brings it; its lock makes that safe.
 */
final class PeerScript {
    private static final String INDENT = "\n    ";

    private final List<Step> steps = new ArrayList<>();
    private final List<String> transcript = new ArrayList<>();
    private final Set<String> ignored = new LinkedHashSet<>();
    private final List<PeerConnection> arrived = new ArrayList<>();
    private CompletableFuture<Void> played = CompletableFuture.completedFuture(null);
    private @Nullable PeerConnection connection;
    private @Nullable AssertionError failure;
    private long heartbeatToAnswer;
    private int taken;
    private int next;
    private int playUpTo;

    /** The work of a step; tried again, whenever something comes, until it is done. */
    interface Attempt {

        /** Returns whether it is done; throws where it never can be. */
        boolean on(PeerScript script);
    }

    private record Step(String line, Attempt attempt) {}

    synchronized void add(String line, Attempt attempt) {
        steps.add(new Step(line, attempt));
    }

    synchronized void ignore(String type) {
        ignored.add(type);
    }

    // ---- playing

    synchronized CompletableFuture<Void> play() {
        if (played.isDone() && failure == null) {
            played = new CompletableFuture<>();
        }
        playUpTo = steps.size();
        goOn();
        return played;
    }

    synchronized void arrived(PeerConnection newcomer) {
        arrived.add(newcomer);
        goOn();
    }

    synchronized void goOn() {
        try {
            while (failure == null
                    && next < playUpTo
                    && steps.get(next).attempt().on(this)) {
                next++;
            }
            if (next == playUpTo) {
                played.complete(null);
            }
        } catch (AssertionError e) {
            failure = e;
            played.completeExceptionally(e);
        }
    }

    synchronized void fail(String what) {
        if (failure == null) {
            failure = mismatch(what);
            played.completeExceptionally(failure);
        }
    }

    synchronized void abandon() {
        arrived.forEach(PeerConnection::abandon);
    }

    // ---- what steps do

    /** The next connection is the one the script goes on with. */
    boolean takeConnection(String line) {
        if (taken == arrived.size()) {
            return false;
        }
        connection = arrived.get(taken++);
        transcript.add(line);
        return true;
    }

    boolean act(String line, Consumer<Connection> action) {
        current().act(action);
        transcript.add(line);
        return true;
    }

    boolean takeFrame(Predicate<HeardFrame> expected) {
        HeardFrame came = nextFrame();
        if (came == null) {
            requireNoEnd();
            return false;
        }
        if (!expected.test(came)) {
            throw mismatch(came.line());
        }
        current().drop();
        heartbeatToAnswer = came.type().equals("HEARTBEAT_REQ") ? came.timestamp() : heartbeatToAnswer;
        transcript.add(came.line());
        return true;
    }

    boolean takeEnd(String line, boolean reset) {
        HeardFrame came = nextFrame();
        if (came != null) {
            throw mismatch(came.line());
        }
        if (reset ? current().isReset() : current().isAtEndOfStream()) {
            transcript.add(line);
            return true;
        }
        requireNoEnd();
        return false;
    }

    long heartbeatToAnswer() {
        return heartbeatToAnswer;
    }

    private PeerConnection current() {
        if (connection == null) {
            throw new AssertionError("the script has no connection; it begins with connect() or expectConnection()");
        }
        return connection;
    }

    private @Nullable HeardFrame nextFrame() {
        HeardFrame came = current().peek();
        while (came != null && ignored.contains(came.type())) {
            current().drop();
            came = current().peek();
        }
        return came;
    }

    private void requireNoEnd() {
        if (current().isReset()) {
            throw mismatch("<< reset");
        }
        if (current().isAtEndOfStream()) {
            throw mismatch("<< end of stream");
        }
    }

    // ---- the verdict

    synchronized void verify() {
        if (failure != null) {
            throw new AssertionError(failure.getMessage(), failure);
        }
        if (next < playUpTo) {
            throw mismatch("nothing" + oddity());
        }
        if (playUpTo < steps.size()) {
            throw new AssertionError("play() was not called for the last " + (steps.size() - playUpTo) + " steps");
        }
        HeardFrame more = connection == null ? null : nextFrame();
        if (more != null) {
            throw mismatch(more.line());
        }
        String oddity = oddity();
        if (!oddity.isEmpty()) {
            throw mismatch(oddity.strip());
        }
    }

    /**
     * Lets real time pass until all that was played is done; {@link #verify} reports how it ended.
     */
    void awaitPlayed(Duration patience) throws InterruptedException {
        try {
            played().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            verify();
        }
    }

    private synchronized CompletableFuture<Void> played() {
        return played;
    }

    private String oddity() {
        String oddity = connection == null ? "" : connection.oddity();
        return oddity.isEmpty() ? "" : INDENT + oddity;
    }

    private AssertionError mismatch(String came) {
        String expected = next < steps.size() ? steps.get(next).line() : "nothing more";
        String before = transcript.isEmpty() ? "" : "\n  after" + INDENT + String.join(INDENT, transcript);
        return new AssertionError("step " + (next + 1) + " of " + steps.size() + " of the script" + "\n  expected"
                + INDENT + expected + "\n  and came" + INDENT + came + before);
    }
}
