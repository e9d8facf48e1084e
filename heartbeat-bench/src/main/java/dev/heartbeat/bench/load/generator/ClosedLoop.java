package dev.heartbeat.bench.load.generator;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.function.Consumer;

/** Each connection has a number of heartbeats in flight, and sends one for each answer. */
final class ClosedLoop {
    private static final long WAIT_MILLIS = 100;

    private final Links links;
    private final Inbox inbox;
    private final Recorder recorder;
    private final int inFlight;
    private final int perWrite;
    private final Volley volley;
    private boolean stopping;

    /**
     * @param inFlight heartbeats that every connection has sent and no answer to
     * @param perWrite how many are sent together, at least; those before them wait until there are
     *     so many
     */
    ClosedLoop(Links links, Inbox inbox, Recorder recorder, int inFlight, int perWrite) {
        this.links = links;
        this.inbox = inbox;
        this.recorder = recorder;
        this.inFlight = inFlight;
        this.perWrite = perWrite;
        volley = new Volley(inFlight);
    }

    /** Returns when the window is over and all is answered. */
    void run() throws IOException {
        Consumer<SelectionKey> each = Links.each(this::read);
        links.beginToWait();
        for (Link link : links.all()) {
            send(link, inFlight, Clock.nanos());
        }
        while (!recorder.isOver()) {
            pollOnce(each);
            recorder.look(Clock.nanos());
        }
        stopping = true;
        while (awaited() > 0) {
            pollOnce(each);
        }
    }

    private void pollOnce(Consumer<SelectionKey> each) throws IOException {
        links.poll(WAIT_MILLIS, each);
        links.requireLife("heartbeats");
    }

    private void read(Link link) throws IOException {
        long now = Clock.nanos();
        inbox.read(link, now, recorder);
        int free = inFlight - (link.next - link.awaited);
        if (free >= perWrite && !stopping) {
            send(link, free, now);
        }
    }

    private void send(Link link, int count, long now) throws IOException {
        volley.send(link, count, now);
        recorder.sent(count);
    }

    private long awaited() {
        return links.all().stream().mapToLong(link -> link.next - link.awaited).sum();
    }
}
