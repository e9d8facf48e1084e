package dev.heartbeat.bench.load.generator;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.function.Consumer;

/** Connects and registers nodes, a number of them at a time, as fast as the server takes them. */
final class Registering {
    private static final long WAIT_MILLIS = 100;
    private static final double MOST = 0.99;

    /** It reads after so many beginnings, so that those that are registered by then count. */
    private static final int BEGUN_BEFORE_READING = 100;

    private final Links links;
    private final Inbox inbox;
    private final Recorder recorder;
    private int registered;
    private int most;

    Registering(Links links, Inbox inbox, Recorder recorder) {
        this.links = links;
        this.inbox = inbox;
        this.recorder = recorder;
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
                }
            }
            links.poll(WAIT_MILLIS, each);
            links.requireLife((begun - registered) + " registrations");
            recorder.look(Clock.nanos());
        }
        recorder.close(Clock.nanos());
    }

    private void read(Link link) throws IOException {
        boolean before = link.registered;
        inbox.read(link, Clock.nanos(), recorder);
        if (link.registered && !before) {
            recorder.answered(Clock.nanos() - link.begunAt);
            registered++;
            if (registered == most) {
                recorder.most(Clock.nanos());
            }
        }
    }
}
