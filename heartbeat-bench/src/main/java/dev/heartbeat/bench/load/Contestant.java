package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Replies;
import dev.heartbeat.bench.load.generator.Sessions;
import dev.heartbeat.bench.load.server.Endpoint;
import dev.heartbeat.bench.load.server.Terms;
import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A server that is put under load, one beside the others. */
public interface Contestant {
    /** Its name for people. */
    String label();

    /** Whether the others are divided by it. */
    boolean isBaseline();

    /** The server answers every N-th heartbeat. */
    int answerEvery();

    /** Starts it; empty if it is not available here. */
    Optional<Running> start(int core, List<String> javaOptions) throws IOException, InterruptedException;

    /** A server that runs until it is closed. */
    record Running(Target target, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    /** A subject, in a process that is started for it. */
    static Contestant of(Subject subject, String label, Terms terms, boolean baseline) {
        return new Started(subject, label, terms, baseline, Endpoint.PLAIN, Sessions.PLAIN);
    }

    /** A subject that speaks TLS, in a process that is started for it. */
    static Contestant over(Endpoint endpoint, Sessions sessions, Subject subject, Terms terms, boolean baseline) {
        return new Started(
                subject, subject.label() + ", TLS by " + endpoint.engine(), terms, baseline, endpoint, sessions);
    }

    /**
     * A server by Heartbeat's protocol that somebody else has started; its pid is 0 if it is not
     * known.
     */
    static Contestant at(String host, int port, long pid, int answerEvery, Sessions sessions) {
        return new There(host, port, pid, answerEvery, sessions);
    }

    /** Started, and ended. */
    record Started(Subject subject, String label, Terms terms, boolean isBaseline, Endpoint endpoint, Sessions sessions)
            implements Contestant {
        @Override
        public int answerEvery() {
            return terms.answerEvery();
        }

        /** The same there. */
        Started at(Endpoint other) {
            return new Started(subject, label, terms, isBaseline, other, sessions);
        }

        @Override
        public Optional<Running> start(int core, List<String> javaOptions) throws IOException, InterruptedException {
            Optional<PeerProcess> started = subject.start(core, terms, endpoint, javaOptions);
            if (started.isEmpty()) {
                return Optional.empty();
            }
            PeerProcess server = started.get();
            int port = Integer.parseInt(server.ask("port"));
            Target target = new Target(
                    label,
                    "127.0.0.1",
                    port,
                    server.pid(),
                    subject.replies(),
                    answerEvery(),
                    sessions,
                    subject.isJava() ? server : null);
            return Optional.of(new Running(target, server::close));
        }
    }

    /** There before, and after. */
    record There(String host, int port, long pid, int answerEvery, Sessions sessions) implements Contestant {
        @Override
        public String label() {
            return host + ":" + port;
        }

        @Override
        public boolean isBaseline() {
            return false;
        }

        @Override
        public Optional<Running> start(int core, List<String> javaOptions) {
            Target target = new Target(label(), host, port, pid, Replies.ANSWERED, answerEvery, sessions, null);
            return Optional.of(new Running(target, () -> {}));
        }
    }
}
