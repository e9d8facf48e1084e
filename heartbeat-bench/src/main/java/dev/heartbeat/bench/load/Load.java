package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Generator;
import dev.heartbeat.bench.load.generator.Turn;
import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The process that the load comes from, seen by who started it. It loads one server at a time. */
final class Load implements AutoCloseable {
    /**
     * Both engines keep 20,480 sessions of clients by default and forget the oldest; a full
     * handshake leaves two. 18,000 nodes of one process come back in the order they came, and each
     * would find its session forgotten.
     */
    private static final String KEEP_ALL_SESSIONS = "-Djavax.net.ssl.sessionCacheSize=1000000";

    private final PeerProcess generator;

    private Load(PeerProcess generator) {
        this.generator = generator;
    }

    static Load start(int core) throws IOException, InterruptedException {
        return new Load(PeerProcess.start("the load", core, Generator.class, List.of(KEEP_ALL_SESSIONS)));
    }

    /**
     * Resets the connections that there were, and registers so many nodes, which are the same as
     * before.
     */
    Turn connect(Target target, int count, int atOnce) throws IOException {
        return connect(target, count, atOnce, Duration.ZERO);
    }

    /** The same, while those that are registered beat so often. */
    Turn connect(Target target, int count, int atOnce, Duration beatEvery) throws IOException {
        return ask(
                "connect",
                target.host(),
                target.port(),
                target.pid(),
                target.replies(),
                target.answerEvery(),
                count,
                atOnce,
                target.sessions(),
                beatEvery.toMillis());
    }

    Turn closed(int inFlight, int perWrite, Duration warmUp, Duration measured) throws IOException {
        return ask("closed", inFlight, perWrite, warmUp.toMillis(), measured.toMillis());
    }

    Turn open(double perSecond, Duration warmUp, Duration measured) throws IOException {
        return ask("open", perSecond, warmUp.toMillis(), measured.toMillis());
    }

    void reset() throws IOException {
        generator.ask("reset");
    }

    private Turn ask(Object... words) throws IOException {
        String[] texts = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            texts[i] = String.valueOf(words[i]);
        }
        return Turn.parse(generator.ask(texts));
    }

    @Override
    public void close() {
        generator.close();
    }
}
