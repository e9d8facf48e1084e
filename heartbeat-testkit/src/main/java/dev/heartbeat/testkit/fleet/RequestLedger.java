package dev.heartbeat.testkit.fleet;

import dev.heartbeat.HeartbeatException;
import dev.heartbeat.UndeliveredException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The requests of one end of a channel, and how each was answered: a naive book of both ends. */
final class RequestLedger {
    private static final String FAILED = "the other side did not reply: ";

    private final String name;
    private final int salt;
    private final List<Question> all = new ArrayList<>();
    private int lastHeard = -1;

    /** One of them. */
    static final class Question {
        final int number;
        private final Duration askedAt;
        private final Duration timeout;
        private boolean heard;
        private boolean replied;
        private boolean failed;
        private boolean accepted = true;
        boolean cancelled;
        private boolean done;

        Question(int number, Duration askedAt, Duration timeout) {
            this.number = number;
            this.askedAt = askedAt;
            this.timeout = timeout;
        }

        boolean isDone() {
            return done;
        }
    }

    RequestLedger(String name, int salt) {
        this.name = name;
        this.salt = salt;
    }

    Question ask(Duration now, Duration timeout) {
        Question question = new Question(all.size(), now, timeout);
        all.add(question);
        return question;
    }

    ByteBuffer contentOf(Question question, int padding) {
        return ByteBuffer.wrap(ChannelLedger.content(salt, question.number, ChannelLedger.HEAD + padding));
    }

    // ---- at the other end

    /** The other side was asked. */
    Question heard(ByteBuffer content) {
        Question question = find(content, salt);
        if (question.heard || question.number <= lastHeard) {
            throw violation("I30 a request comes once and in order", question.number + " after " + lastHeard);
        }
        question.heard = true;
        lastHeard = question.number;
        return question;
    }

    ByteBuffer replyTo(Question question, int padding) {
        return ByteBuffer.wrap(ChannelLedger.content(~salt, question.number, ChannelLedger.HEAD + padding));
    }

    static String refusalOf(Question question) {
        return "no " + question.number;
    }

    void replied(Question question) {
        question.replied = true;
    }

    void failed(Question question) {
        question.failed = true;
    }

    private Question find(ByteBuffer content, int expectedSalt) {
        boolean ours = content.remaining() >= ChannelLedger.HEAD && content.getInt(content.position()) == expectedSalt;
        int number = ours ? content.getInt(content.position() + Integer.BYTES) : -1;
        if (number < 0
                || number >= all.size()
                || content.mismatch(ByteBuffer.wrap(ChannelLedger.content(expectedSalt, number, content.remaining())))
                        >= 0) {
            throw violation("I27 nothing comes on another channel", content.remaining() + " bytes are none of these");
        }
        return all.get(number);
    }

    // ---- what became of it

    void completed(Question question, @Nullable ByteBuffer reply, @Nullable Throwable failure, Duration now) {
        if (question.done) {
            throw violation("I30 a request completes once", question.number + " did again");
        }
        question.done = true;
        if (reply != null) {
            Question answered = find(reply, ~salt);
            if (answered != question || !question.replied) {
                throw violation("I30 a request gets its own reply", question.number + " got " + answered.number);
            }
        } else if (failure instanceof TimeoutException) {
            if (now.compareTo(question.askedAt.plus(question.timeout)) < 0) {
                throw violation(
                        "I30 a request does not time out early",
                        question.number + " did after " + now.minus(question.askedAt) + " of " + question.timeout);
            }
        } else {
            checkFailure(question, failure);
        }
    }

    private void checkFailure(Question question, @Nullable Throwable failure) {
        String text = String.valueOf(failure == null ? null : failure.getMessage());
        boolean isRefused = text.startsWith(FAILED);
        boolean mayBe = isRefused
                ? question.failed && text.equals(FAILED + refusalOf(question))
                : failure instanceof CancellationException ? question.cancelled : failure instanceof HeartbeatException;
        if (!mayBe) {
            throw violation("I30 a request gets its own reply", question.number + " failed: " + failure);
        }
        if (failure instanceof UndeliveredException undelivered
                && undelivered.reason() != UndeliveredException.Reason.LOST
                && question.heard) {
            throw violation("I29 nothing is delivered and told", "request " + question.number + ": " + failure);
        }
    }

    /** It was refused at once. */
    void notAccepted(Question question) {
        question.accepted = false;
    }

    /** The channel is closed. Requests that have just run out of time may complete beside that. */
    void checkCompletedBy(Duration now) {
        for (Question question : all) {
            if (!question.done && now.compareTo(question.askedAt.plus(question.timeout)) < 0) {
                throw violation("I30 each request completes", question.number + " of " + all.size() + " did not");
            }
        }
    }

    void checkAllCompleted() {
        for (Question question : all) {
            if (!question.done) {
                throw violation("I30 each request completes", question.number + " of " + all.size() + " did not");
            }
        }
    }

    /** The number that were asked and accepted. */
    int count() {
        return (int) all.stream().filter(question -> question.accepted).count();
    }

    private Violation violation(String invariant, String what) {
        return new Violation(invariant, name + ": " + what);
    }
}
