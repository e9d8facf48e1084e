package dev.heartbeat.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.FailureCode;
import dev.heartbeat.HeartbeatException;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.fake.FakeCallbackOrder;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.Envelope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request completes once, by whatever comes first. */
final class PendingRequestsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int LIMIT = 4;

    private final FakeLoop loop = new FakeLoop();
    private final FakeCallbackOrder line = new FakeCallbackOrder();
    private final List<OutgoingMessage> offered = new ArrayList<>();
    private final List<OutgoingMessage> withdrawn = new ArrayList<>();
    private final Way way = new Way();
    private final PendingRequests requests = new PendingRequests(loop, LIMIT, line, way);

    private final class Way implements PendingRequests.Way {
        private SendResult result = SendResult.ACCEPTED;
        private int unmatched;

        @Override
        public SendResult offer(OutgoingMessage request) {
            if (result == SendResult.ACCEPTED) {
                offered.add(request);
            }
            return result;
        }

        @Override
        public void withdraw(OutgoingMessage request) {
            withdrawn.add(request);
        }

        @Override
        public void onUnmatchedReply() {
            unmatched++;
        }
    }

    private static final class Answer extends IncomingMessage {
        private int taken;

        Answer(Envelope.Kind kind, long correlation, String content) {
            super(
                    ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)),
                    Envelope.request(correlation, null, Envelope.NOT_SAID).answer(kind));
        }

        @Override
        public void consumed() {
            taken++;
        }
    }

    private CompletableFuture<ByteBuffer> ask(Duration timeout) {
        return requests.send(ByteBuffer.allocate(1), timeout.toNanos(), null, null);
    }

    private CompletableFuture<ByteBuffer> ask() {
        return ask(Duration.ofSeconds(10));
    }

    /** The latest request's. */
    private long correlation() {
        return offered.get(offered.size() - 1).envelope().correlation();
    }

    private Answer answer(Envelope.Kind kind, long correlation, String content) {
        Answer answer = new Answer(kind, correlation, content);
        requests.onAnswer(answer);
        return answer;
    }

    private void close(String why) {
        List<Runnable> completions = new ArrayList<>();
        requests.close(why, completions);
        completions.forEach(Runnable::run);
    }

    private void runAll() {
        while (loop.run() > 0 || line.waiting() > 0) {
            line.runOne();
        }
    }

    private static String text(CompletableFuture<ByteBuffer> reply) {
        return StandardCharsets.UTF_8.decode(reply.join().duplicate()).toString();
    }

    @Test
    void aReplyCompletesItsRequestInLine() {
        CompletableFuture<ByteBuffer> first = ask();
        CompletableFuture<ByteBuffer> second = ask();
        Answer answer = answer(Envelope.Kind.REPLY, correlation(), "two");
        assertThat(second).isNotDone();
        assertThat(answer.taken).isZero();
        runAll();
        assertThat(text(second)).isEqualTo("two");
        assertThat(answer.taken).isEqualTo(1);
        assertThat(first).isNotDone();
        assertThat(loop.armed()).as("the other's").isEqualTo(1);
    }

    @Test
    void answersThatWaitForTheirTurnKeepTheirPlaces() {
        for (int i = 0; i < LIMIT; i++) {
            ask();
            answer(i % 2 == 0 ? Envelope.Kind.REPLY : Envelope.Kind.FAILURE, correlation(), "done");
        }
        assertThat(ask()).as("there is no place").isCompletedExceptionally();
        line.runOne();
        assertThat(ask()).isNotDone();
        assertThat(ask()).as("there is no place").isCompletedExceptionally();
        runAll();
        assertThat(ask()).isNotDone();
    }

    @Test
    void failuresThatWaitForTheirTurnKeepTheirPlaces() {
        for (int i = 0; i < LIMIT; i++) {
            ask();
            requests.fail(correlation(), new UndeliveredException(Reason.LOST), line::complete);
        }
        assertThat(ask()).as("there is no place").isCompletedExceptionally();
        line.runOne();
        assertThat(ask()).isNotDone();
    }

    @Test
    void answeredRequestFreesItsPlaceFirst() {
        CompletableFuture<CompletableFuture<ByteBuffer>> next = new CompletableFuture<>();
        for (int i = 0; i < LIMIT; i++) {
            var unused = ask().thenRun(() -> next.complete(ask()));
        }
        answer(Envelope.Kind.REPLY, correlation(), "go on");
        runAll();
        assertThat(next.join()).isNotDone();
    }

    @Test
    void aFailureSaysWhy() {
        CompletableFuture<ByteBuffer> reply = ask();
        Answer answer = answer(Envelope.Kind.FAILURE, correlation(), "no such thing");
        runAll();
        assertThatThrownBy(reply::join)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining("no such thing");
        assertThat(answer.taken).isEqualTo(1);
    }

    @Test
    void unawaitedReplyIsCountedAndTaken() {
        ask();
        assertThat(answer(Envelope.Kind.REPLY, correlation() + 1, "").taken).isEqualTo(1);
        assertThat(way.unmatched).isEqualTo(1);
        answer(Envelope.Kind.REPLY, correlation(), "");
        assertThat(answer(Envelope.Kind.REPLY, correlation(), "again").taken).isEqualTo(1);
        assertThat(way.unmatched).isEqualTo(2);
    }

    @Test
    void afterTheTimeoutAReplyIsLate() {
        CompletableFuture<ByteBuffer> reply = ask(Duration.ofSeconds(1));
        runAll();
        loop.pass(2 * SECOND);
        answer(Envelope.Kind.REPLY, correlation(), "late");
        runAll();
        assertThatThrownBy(reply::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(way.unmatched).isEqualTo(1);
    }

    @Test
    void aRequestThatIsNotWaitedForIsWithdrawn() {
        ask(Duration.ofSeconds(1));
        ask().cancel(false);
        ask();
        answer(Envelope.Kind.REPLY, correlation(), "in time");
        runAll();
        loop.pass(2 * SECOND);
        assertThat(withdrawn).containsExactly(offered.get(1), offered.get(0));
    }

    /** A callback that blocks the line may wait for exactly this. */
    @Test
    void timeIsOverThoughTheLineIsBusy() {
        CompletableFuture<ByteBuffer> reply = ask(Duration.ofSeconds(1));
        while (loop.run() > 0) {
            // Its deadline is set.
        }
        loop.pass(2 * SECOND);
        assertThatThrownBy(reply::join).hasCauseInstanceOf(TimeoutException.class);
    }

    /** The reply is there, and the line waits for the request that it is for. */
    @Test
    void timeIsOverThoughAReplyWaitsForItsTurn() {
        CompletableFuture<ByteBuffer> answered = ask(Duration.ofSeconds(1));
        Answer answer = answer(Envelope.Kind.REPLY, correlation(), "never told");
        CompletableFuture<ByteBuffer> failed = ask(Duration.ofSeconds(1));
        requests.fail(correlation(), new HeartbeatException(FailureCode.NO_REPLY, "lost"), line::complete);
        while (loop.run() > 0) {
            // Their deadlines are set.
        }
        loop.pass(2 * SECOND);
        assertThatThrownBy(answered::join).hasCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(failed::join).hasMessageContaining("lost");
        runAll();
        assertThat(answer.taken).isEqualTo(1);
    }

    @Test
    void noTimeAtAllSendsNothing() {
        assertThatThrownBy(ask(Duration.ZERO)::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(offered).isEmpty();
    }

    @Test
    void aMissingMessageTakesNoPlace() {
        for (int i = 0; i < 2 * LIMIT; i++) {
            assertThatThrownBy(() -> requests.send(null, SECOND, null, null)).isInstanceOf(NullPointerException.class);
        }
        assertThat(ask()).isNotDone();
    }

    @Test
    void cancelledRequestMakesRoomAtOnce() {
        CompletableFuture<ByteBuffer> reply = ask();
        for (int i = 1; i < LIMIT; i++) {
            ask();
        }
        reply.cancel(false);
        assertThat(ask()).isNotDone();
        runAll();
        assertThat(loop.armed()).isEqualTo(LIMIT);
        answer(Envelope.Kind.REPLY, offered.get(0).envelope().correlation(), "too late");
        assertThat(way.unmatched).isEqualTo(1);
    }

    @Test
    void noMoreThanTheLimitMayBeUnanswered() {
        for (int i = 0; i < LIMIT; i++) {
            ask();
        }
        assertThat(reasonOf(ask())).isEqualTo(Reason.FULL);
        assertThat(offered).hasSize(LIMIT);
        answer(Envelope.Kind.REPLY, correlation(), "");
        line.runOne();
        assertThat(ask()).isNotDone();
    }

    @ParameterizedTest
    @CsvSource({"FULL, FULL", "TOO_LARGE, TOO_LARGE", "CLOSED, CLOSED"})
    void unsentRequestIsNotWaitedFor(SendResult result, Reason reason) {
        way.result = result;
        for (int i = 0; i < 2 * LIMIT; i++) {
            assertThat(reasonOf(ask())).isEqualTo(reason);
        }
        runAll();
        assertThat(loop.armed()).isZero();
    }

    @Test
    void returnedRequestFails() {
        CompletableFuture<ByteBuffer> reply = ask();
        requests.fail(correlation(), new UndeliveredException(Reason.LOST), line::complete);
        requests.fail(correlation(), new UndeliveredException(Reason.DROPPED), line::complete);
        runAll();
        assertThat(reasonOf(reply)).isEqualTo(Reason.LOST);
    }

    @Test
    void theEndFailsWhatWaitsAndWhatComes() {
        CompletableFuture<ByteBuffer> reply = ask();
        close("over");
        close("over again");
        runAll();
        assertThatThrownBy(reply::join)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining("over");
        assertThat(reasonOf(ask())).isEqualTo(Reason.CLOSED);
        assertThat(answer(Envelope.Kind.REPLY, correlation(), "late").taken).isEqualTo(1);
        assertThat(loop.armed()).isZero();
    }

    private static Reason reasonOf(CompletableFuture<ByteBuffer> reply) {
        assertThat(reply).isCompletedExceptionally();
        try {
            reply.join();
            throw new AssertionError("it has not failed");
        } catch (java.util.concurrent.CompletionException e) {
            return ((UndeliveredException) e.getCause()).reason();
        }
    }

    /** A request, and how it must end; empty as long as nothing has decided that. */
    private static final class Asked {
        private final CompletableFuture<ByteBuffer> reply;
        private final long correlation;
        private final long timeoutAt;
        private String end = "";

        Asked(CompletableFuture<ByteBuffer> reply, long correlation, long timeoutAt) {
            this.reply = reply;
            this.correlation = correlation;
            this.timeoutAt = timeoutAt;
        }

        String actualEnd() {
            if (!reply.isDone()) {
                return "";
            }
            if (reply.isCancelled()) {
                return "cancelled";
            }
            try {
                return text(reply);
            } catch (java.util.concurrent.CompletionException e) {
                return e.getCause() instanceof TimeoutException
                        ? "timeout"
                        : String.valueOf(e.getCause().getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverComesFirstDecides(long seed) {
        Random random = new Random(seed);
        List<Asked> all = new ArrayList<>();
        List<Answer> answers = new ArrayList<>();
        Set<Asked> cancelledLate = new HashSet<>();
        int unmatched = 0;
        for (int step = 0; step < 4000; step++) {
            Asked one = all.isEmpty() ? null : all.get(Math.max(0, all.size() - 1 - random.nextInt(2 * LIMIT)));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    long unanswered =
                            all.stream().filter(each -> each.end.isEmpty()).count();
                    long waiting = unanswered + line.waiting();
                    int seconds = random.nextInt(5);
                    CompletableFuture<ByteBuffer> reply = ask(Duration.ofMillis(1000L * seconds + 500));
                    if (waiting >= LIMIT) {
                        assertThat(reasonOf(reply)).isEqualTo(Reason.FULL);
                    } else {
                        all.add(new Asked(reply, correlation(), loop.nowNs() + seconds * SECOND + SECOND / 2));
                    }
                }
                case 3, 4 -> {
                    long correlation = one == null || random.nextInt(8) == 0 ? random.nextLong() : one.correlation;
                    answers.add(answer(Envelope.Kind.REPLY, correlation, "reply " + step));
                    if (one != null && correlation == one.correlation && one.end.isEmpty()) {
                        one.end = "reply " + step;
                    } else {
                        unmatched++;
                    }
                }
                case 5 -> {
                    if (one != null) {
                        requests.fail(
                                one.correlation,
                                new HeartbeatException(FailureCode.NO_REPLY, "failed " + step),
                                line::complete);
                        one.end = one.end.isEmpty() ? "failed " + step : one.end;
                    }
                }
                case 6 -> {
                    if (one != null && one.reply.cancel(false)) {
                        // A decided outcome that was not yet reported stays unreported.
                        one.end = "cancelled";
                        cancelledLate.add(one);
                    }
                }
                case 7 -> {
                    loop.run();
                    List<Asked> untold =
                            all.stream().filter(each -> !each.reply.isDone()).toList();
                    loop.pass(SECOND);
                    for (Asked each : untold) {
                        // A reply that waits for its turn is too late by then; a failure stays what
                        // it is.
                        if (!each.end.startsWith("failed") && each.timeoutAt <= loop.nowNs()) {
                            each.end = "timeout";
                        }
                    }
                }
                default -> line.runOne();
            }
            assertThat(way.unmatched).isEqualTo(unmatched);
        }
        for (Asked each : all) {
            each.end = each.end.isEmpty() ? "no reply: over" : each.end;
        }
        close("over");
        runAll();
        for (Asked each : all) {
            assertThat(each.actualEnd()).isEqualTo(each.end);
        }
        assertThat(cancelledLate).isNotEmpty();
        assertThat(answers).allMatch(answer -> answer.taken == 1);
        assertThat(loop.armed()).isZero();
    }
}
