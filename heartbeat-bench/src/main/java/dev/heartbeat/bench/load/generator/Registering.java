package dev.heartbeat.bench.load.generator;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.function.Consumer;

/** Connects and registers nodes, a number of them at a time, as fast as the server takes them. */
final class Registering {
    private static final long WAIT_MILLIS = 100;

    private final Links links;
    private final Inbox inbox;
    private final Recorder recorder;
    private int registered;

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
        for (int begun = 0; registered < count; ) {
            while (begun < count && begun - registered < atOnce) {
                links.begin();
                recorder.sent(1);
                begun++;
            }
            links.poll(WAIT_MILLIS, each);
            links.requireLife((begun - registered) + " registrations");
            recorder.look(Clock.nanos());
        }
        recorder.close(Clock.nanos());
    }

    private void read(Link link) throws IOException {
        inbox.read(link, Clock.nanos(), recorder);
        if (link.registered) {
            recorder.answered(Clock.nanos() - link.begunAt);
            registered++;
        }
    }
}
