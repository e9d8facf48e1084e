package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Replies;
import dev.heartbeat.bench.load.generator.Sessions;
import dev.heartbeat.bench.load.server.State;
import dev.heartbeat.bench.process.Cpu;
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
 * @param sessions the TLS of the load's connections to it
 * @param process who can be asked for more; null if nobody can
 */
record Target(
        String label,
        String host,
        int port,
        long pid,
        Replies replies,
        int answerEvery,
        Sessions sessions,
        @Nullable PeerProcess process) {

    private static final int MAX_LOOKS = 100;
    private static final int LOOK_MILLIS = 30;

    /** One after the other: a server may need a moment to begin. */
    private static final int CALM_LOOKS = 3;

    /** One tick, which anybody may have. */
    private static final long CALM_NANOS = 10_000_000;

    /** Waits until it has done what it has to do, as far as its process is known. */
    void awaitCalm() throws IOException, InterruptedException {
        if (pid == 0) {
            return;
        }
        Cpu before = Cpu.of(pid);
        int calm = 0;
        for (int looks = 0; looks < MAX_LOOKS && calm < CALM_LOOKS; looks++) {
            Thread.sleep(LOOK_MILLIS);
            Cpu now = Cpu.of(pid);
            calm = now.minus(before).nanos() <= CALM_NANOS ? calm + 1 : 0;
            before = now;
        }
    }

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
