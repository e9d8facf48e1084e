package dev.heartbeat.bench.load.generator;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.function.Consumer;

/**
 * Heartbeats at a fixed rate, whatever the server does, one connection after the other. Each is
 * stamped with the time it was due, so that what waits because the load or the server was late is
 * not left out.
 */
final class OpenLoop {
    private static final long WAIT_MILLIS = 10;

    private final Links links;
    private final Inbox inbox;
    private final Recorder recorder;
    private final double nanosPerBeat;
    private final int answerEvery;
    private final Volley volley = new Volley(1);

    OpenLoop(Links links, Inbox inbox, Recorder recorder, double perSecond, int answerEvery) {
        this.links = links;
        this.inbox = inbox;
        this.recorder = recorder;
        this.answerEvery = answerEvery;
        nanosPerBeat = 1e9 / perSecond;
    }

    /** Returns when the window is over and all is answered. */
    void run() throws IOException {
        Consumer<SelectionKey> each = Links.each(link -> inbox.read(link, Clock.nanos(), recorder));
        long startedAt = Clock.nanos();
        links.beginToWait();
        for (long beats = 0; !recorder.isOver(); ) {
            long now = Clock.nanos();
            recorder.look(now);
            for (long dueAt = dueAt(startedAt, beats); dueAt <= now; dueAt = dueAt(startedAt, ++beats)) {
                send(links.all().get((int) (beats % links.all().size())), dueAt);
            }
            // It never sleeps: the kernel wakes nobody up on the microsecond.
            links.poll(0, each);
            links.requireLife("heartbeats");
        }
        while (awaited() > 0) {
            links.poll(WAIT_MILLIS, each);
            links.requireLife(awaited() + " heartbeats");
        }
    }

    private long dueAt(long startedAt, long beat) {
        return startedAt + (long) (beat * nanosPerBeat);
    }

    private void send(Link link, long dueAt) throws IOException {
        recorder.late(Clock.nanos() - dueAt);
        volley.send(link, 1, dueAt);
        recorder.sent(1);
    }

    /** The number of answers that are still to come. */
    private long awaited() {
        return links.all().stream()
                .mapToLong(link -> (link.next - link.awaited) / answerEvery)
                .sum();
    }
}
