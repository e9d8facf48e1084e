package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Replies;
import dev.heartbeat.bench.load.server.State;
import dev.heartbeat.bench.process.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A server that runs.
 *
 * @param label its name for people
 * @param host where it listens
 * @param port and on which port
 * @param pid the process id; 0 if it is not known
 * @param replies how it replies
 * @param answerEvery the server answers every N-th heartbeat
 * @param process who can be asked for more; null if nobody can
 */
record Target(
        String label,
        String host,
        int port,
        long pid,
        Replies replies,
        int answerEvery,
        @Nullable PeerProcess process) {

    /** Whether it can say more of itself than the system does. */
    boolean isJava() {
        return process != null;
    }

    PeerProcess requireProcess() {
        if (process == null) {
            throw new IllegalStateException(label + " cannot be asked");
        }
        return process;
    }

    State state() throws IOException {
        return process == null ? State.NONE : State.parse(process.ask("state"));
    }

    /** The application around it makes garbage from now on, for so long. */
    void makeGarbage(Duration time) throws IOException {
        if (process != null) {
            process.ask("garbage", String.valueOf(time.toMillis()));
        }
    }
}
