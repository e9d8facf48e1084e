package dev.heartbeat.bench.load.generator;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Connects and registers nodes, a number of them at a time, as fast as the server takes them. Those
 * that are registered may beat meanwhile: the last can be later than a server's patience with the
 * first.
 */
final class Registering {
    private static final long WAIT_MILLIS = 100;
    private static final double MOST = 0.99;

    /** It reads after so many beginnings, so that those that are registered by then count. */
    private static final int BEGUN_BEFORE_READING = 100;

    private final Links links;
    private final Inbox inbox;
    private final Recorder recorder;
    private final long beatNanos;
    private final Volley volley = new Volley(1);

    /** Of those that are registered, the next first. */
    private final Queue<Beat> beats = new ArrayDeque<>();

    private int registered;
    private int most;

    private record Beat(Link link, long dueAt) {}

    /** @param beatNanos from one heartbeat of a node to its next; 0 for none */
    Registering(Links links, Inbox inbox, Recorder recorder, long beatNanos) {
        this.links = links;
        this.inbox = inbox;
        this.recorder = recorder;
        this.beatNanos = beatNanos;
    }

    /**
     * Returns when all are registered, which is recorded like an answer to the attempt to connect.
     */
    void run(int count, int atOnce) throws IOException {
        Consumer<SelectionKey> each = Links.each(this::read);
        most = (int) Math.ceil(count * MOST);
        for (int begun = 0; registered < count; ) {
            while (begun < count && begun - registered < atOnce) {
                links.begin();
                recorder.sent(1);
                begun++;
                if (begun % BEGUN_BEFORE_READING == 0) {
                    links.poll(0, each);
                    beat(Clock.nanos());
                }
            }
            links.poll(WAIT_MILLIS, each);
            beat(Clock.nanos());
            links.requireLife((begun - registered) + " registrations");
            recorder.look(Clock.nanos());
        }
        recorder.close(Clock.nanos());
    }

    private void beat(long now) throws IOException {
        for (Beat next = beats.peek(); next != null && next.dueAt <= now; next = beats.peek()) {
            beats.remove();
            volley.send(next.link, 1, now);
            beats.add(new Beat(next.link, now + beatNanos));
        }
    }

    private void read(Link link) throws IOException {
        boolean before = link.registered;
        inbox.read(link, Clock.nanos(), recorder);
        if (link.registered && !before) {
            recorder.answered(Clock.nanos() - link.begunAt);
            registered++;
            if (beatNanos > 0) {
                beats.add(new Beat(link, Clock.nanos() + beatNanos));
            }
            if (registered == most) {
                recorder.most(Clock.nanos());
            }
        }
    }
}
