package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Replies;
import dev.heartbeat.bench.load.server.Endpoint;
import dev.heartbeat.bench.load.server.EpollEcho;
import dev.heartbeat.bench.load.server.ServerProcess;
import dev.heartbeat.bench.load.server.Terms;
import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A server that the load can be put on, in a process of its own. */
public enum Subject {
    /** Heartbeat on its transport on {@code java.nio}. */
    HEARTBEAT_NIO("heartbeat-nio", "Heartbeat on nio") {
        @Override
        Optional<PeerProcess> start(int core, Terms terms, Endpoint endpoint, List<String> javaOptions)
                throws IOException, InterruptedException {
            return java(core, terms, endpoint, javaOptions, ServerProcess.BUS, "nio");
        }
    },
    /** Heartbeat on its transport on Netty. */
    HEARTBEAT_NETTY("heartbeat-netty", "Heartbeat on Netty") {
        @Override
        Optional<PeerProcess> start(int core, Terms terms, Endpoint endpoint, List<String> javaOptions)
                throws IOException, InterruptedException {
            return ServerProcess.hasTransport("netty")
                    ? java(core, terms, endpoint, javaOptions, ServerProcess.BUS, "netty")
                    : Optional.empty();
        }
    },
    /** The server that one writes by hand on Netty. */
    NETTY("netty", "Netty by hand") {
        @Override
        Optional<PeerProcess> start(int core, Terms terms, Endpoint endpoint, List<String> javaOptions)
                throws IOException, InterruptedException {
            return java(core, terms, endpoint, javaOptions, ServerProcess.NETTY);
        }
    },
    /** A selector and nothing else: what was read is written back. */
    NIO_ECHO("nio-echo", "raw nio echo") {
        @Override
        Optional<PeerProcess> start(int core, Terms terms, Endpoint endpoint, List<String> javaOptions)
                throws IOException, InterruptedException {
            return java(core, terms, endpoint, javaOptions, ServerProcess.ECHO);
        }
    },
    /** The same in C. */
    EPOLL_ECHO("epoll-echo", "epoll echo in C") {
        @Override
        Optional<PeerProcess> start(int core, Terms terms, Endpoint endpoint, List<String> javaOptions)
                throws IOException, InterruptedException {
            List<String> program =
                    EpollEcho.build().map(path -> List.of(path.toString())).orElse(List.of());
            return program.isEmpty() ? Optional.empty() : Optional.of(PeerProcess.start(label(), core, program));
        }
    };

    private final String id;
    private final String label;

    Subject(String id, String label) {
        this.id = id;
        this.label = label;
    }

    /** Its name on a command line. */
    public String id() {
        return id;
    }

    /** Its name for people. */
    public String label() {
        return label;
    }

    /** Whether it returns what it gets, and knows nothing of nodes. */
    public boolean isEcho() {
        return this == NIO_ECHO || this == EPOLL_ECHO;
    }

    final boolean isJava() {
        return this != EPOLL_ECHO;
    }

    /** Whether it can speak TLS. */
    public boolean hasTls() {
        return isJava();
    }

    final Replies replies() {
        return isEcho() ? Replies.ECHOED : Replies.ANSWERED;
    }

    /** Starts it; empty if it is not available here. */
    abstract Optional<PeerProcess> start(int core, Terms terms, Endpoint endpoint, List<String> javaOptions)
            throws IOException, InterruptedException;

    final Optional<PeerProcess> java(int core, Terms terms, Endpoint endpoint, List<String> javaOptions, String... kind)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(terms.words());
        words.addAll(endpoint.words());
        words.addAll(List.of(kind));
        return Optional.of(
                PeerProcess.start(label, core, ServerProcess.class, javaOptions, words.toArray(new String[0])));
    }

    @Override
    public String toString() {
        return id;
    }
}
