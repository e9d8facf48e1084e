package dev.heartbeat.internal.mux;

import dev.heartbeat.UndeliveredException;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;
import dev.heartbeat.spi.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are written to the transport, in that order, and that the socket has not taken to
 * their last byte. Marks among them report when all before them has left. Confined to the
 * connection's loop.
 */
final class InFlight {
    private final Connection connection;
    private final Multiplexer.Host host;
    private final MessageList written = new MessageList();
    private @Nullable Answer answer;

    InFlight(Connection connection, Multiplexer.Host host) {
        this.connection = connection;
        this.host = host;
    }

    boolean isEmpty() {
        return written.isEmpty();
    }

    /** The last byte of the message was written just now. */
    void add(OutgoingMessage message, OutgoingMessage.Owner owner) {
        message.written(owner, connection.queuedBytes());
        written.add(message);
    }

    /** Notifies the owner when all that was written so far has left, or is lost. */
    void mark(OutgoingMessage.Owner owner) {
        add(OutgoingMessage.mark(), owner);
    }

    /** Notifies the host when an answer that was written just now has left; of one at a time. */
    void watchAnswer(long sinceNs) {
        if (answer == null) {
            answer = new Answer(sinceNs);
            mark(answer);
        }
    }

    private final class Answer implements OutgoingMessage.Owner {
        private final long sinceNs;

        Answer(long sinceNs) {
            this.sinceNs = sinceNs;
        }

        @Override
        public void onSent(OutgoingMessage mark) {
            answer = null;
            host.onAnswerTaken(host.loop().nowNs() - sinceNs);
        }

        @Override
        public void undelivered(OutgoingMessage mark, UndeliveredException.Reason reason) {
            answer = null; // It never left, and was no delay.
        }
    }

    /** The socket has taken everything up to {@code total}: those messages have left. */
    void settle(long total) {
        OutgoingMessage first = written.peek();
        while (first != null && first.endOffset() <= total) {
            written.poll();
            if (!first.isMark()) {
                host.onMessageSent();
            }
            first.settle();
            first = written.peek();
        }
    }

    /** The connection is gone: what may not have arrived goes back to its owners. */
    void lose() {
        settle(connection.flushedBytes());
        written.drain(lost -> lost.lose(lost.owner()));
    }
}
