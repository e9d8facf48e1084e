package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Generator;
import dev.heartbeat.bench.load.generator.Turn;
import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The process that the load comes from, seen by who started it. It loads one server at a time. */
final class Load implements AutoCloseable {
    private final PeerProcess generator;

    private Load(PeerProcess generator) {
        this.generator = generator;
    }

    static Load start(int core) throws IOException, InterruptedException {
        return new Load(PeerProcess.start("the load", core, Generator.class, List.of()));
    }

    /**
     * Resets the connections that there were, and registers so many nodes, which are the same as
     * before.
     */
    Turn connect(Target target, int count, int atOnce) throws IOException {
        return ask(
                "connect",
                target.host(),
                target.port(),
                target.pid(),
                target.replies(),
                target.answerEvery(),
                count,
                atOnce,
                target.sessions());
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
