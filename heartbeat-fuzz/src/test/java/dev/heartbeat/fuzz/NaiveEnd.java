package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ChannelOptions.Delivery;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * One side's end of a channel, as the page has it: its state, the frames yet to be sent, the
 * accepted messages that have not left, and the calls its application got.
 */
final class NaiveEnd {

    /** As on the page. */
    enum Stage {
        OPENING,
        OFFERED,
        OPEN,
        OVER
    }

    /** A message the application has given. */
    record Sent(ByteBuffer content, int kind, long correlation) {
        String text() {
            return text(content);
        }

        /** A message by its length and content. */
        static String text(ByteBuffer message) {
            return message.remaining() + "#" + message.hashCode();
        }
    }

    final int id;
    final String name;
    final boolean ours;
    final Delivery delivery;
    final NaiveChannel in;

    Stage stage;

    // ---- what is to be said, as soon as the socket has room

    boolean openDue;
    boolean acceptDue;
    /** The code of a CHANNEL_RESET, or an empty string. */
    String resetDue = "";

    // ---- outwards

    private long limit;
    private long sent;
    private final Queue<Sent> accepted = new ArrayDeque<>();
    private ByteBuffer writing = ByteBuffer.allocate(0);
    boolean ending;
    boolean ended;

    // ---- the application

    /** Whether it is known who listens. */
    boolean decided;
    /** Nobody listens. */
    boolean deaf;

    final List<String> told = new ArrayList<>();
    /** The calls it is to get, on a worker. */
    final Queue<Runnable> line = new ArrayDeque<>();
    /** Messages that wait to be fetched. */
    final Queue<NaiveChannel.Held> pulls = new ArrayDeque<>();

    final Map<Long, String> asked = new HashMap<>();
    final List<Long> unanswered = new ArrayList<>();
    /** Requests that were asked no more after they had begun to be sent. */
    final List<Long> cancelled = new ArrayList<>();

    /** The part of the memory that its window takes. */
    long charged;

    NaiveEnd(int id, String name, boolean ours, Delivery delivery, Stage stage, long limit, NaiveChannel in) {
        this.id = id;
        this.name = name;
        this.ours = ours;
        this.delivery = delivery;
        this.stage = stage;
        this.limit = limit;
        this.in = in;
        decided = ours;
    }

    boolean isOver() {
        return stage == Stage.OVER;
    }

    boolean isInline() {
        return delivery == Delivery.INLINE;
    }

    // ---- outwards

    void raise(long newLimit) {
        limit = Math.max(limit, newLimit);
    }

    /** Whether there is something to write, and a frame of any size fits. */
    boolean couldWrite() {
        return stage == Stage.OPEN
                && (!accepted.isEmpty() || ending && !ended)
                && limit - sent >= NaiveCredit.FULL_FRAME;
    }

    /** False if it takes no more. */
    boolean offer(Sent message) {
        if (isOver() || ending) {
            return false;
        }
        accepted.add(message);
        return true;
    }

    /** A request is asked no more: it is not sent, unless it has begun to be. */
    // The one that is being written, and no other that is alike.
    @SuppressWarnings("ReferenceEquality")
    void withdraw(long correlation) {
        Sent begun = writing.position() > 0 ? accepted.peek() : null;
        boolean unsent = accepted.removeIf(
                message -> message.kind == 1 && message.correlation == correlation && message != begun);
        if (!unsent) {
            cancelled.add(correlation);
        }
    }

    /** A DATA frame was written. */
    void wrote(WrittenData data) {
        assertThat(stage).as("DATA on %s", this).isEqualTo(Stage.OPEN);
        assertThat(acceptDue || ended)
                .as("DATA before or after its time on %s", this)
                .isFalse();
        sent += data.size();
        assertThat(sent).as("what %s sends", this).isLessThanOrEqualTo(limit);
        boolean isBareEnd = data.end() && !data.head() && !data.bytes().hasRemaining();
        if (!isBareEnd) {
            add(data);
        }
        if (data.end()) {
            assertThat(ending && accepted.isEmpty()).as("END of %s", this).isTrue();
            ended = true;
        }
    }

    private void add(WrittenData data) {
        Sent message = accepted.peek();
        assertThat(message).as("a message on %s that nobody sent", this).isNotNull();
        if (writing.position() == 0) {
            assertThat(data.kind()).isEqualTo(message.kind);
            assertThat(data.correlation()).isEqualTo(message.kind == 0 ? 0 : message.correlation);
            writing = ByteBuffer.allocate(message.content.remaining());
        }
        writing.put(data.bytes());
        if (!data.more()) {
            assertThat(writing.flip()).as("message on %s", this).isEqualTo(message.content);
            writing = ByteBuffer.allocate(0);
            accepted.remove();
        }
    }

    /** The messages that had not left when it was over. */
    List<Sent> takeBack() {
        List<Sent> back = List.copyOf(accepted);
        accepted.clear();
        return back;
    }

    @Override
    public String toString() {
        return "channel " + Integer.toUnsignedString(id) + " \"" + name + "\"";
    }

    /** A DATA frame that was written. */
    record WrittenData(
            int channel,
            boolean more,
            boolean end,
            boolean head,
            int kind,
            long correlation,
            ByteBuffer bytes,
            int size) {}
}
