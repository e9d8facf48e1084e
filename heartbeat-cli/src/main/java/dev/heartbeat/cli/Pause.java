package dev.heartbeat.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A process held still by SIGSTOP, until this is closed. The shell that sent the signal waits
 * beside it, and lifts it as soon as its own input ends: also when this program is itself killed,
 * so that nothing stays behind frozen.
 */
final class Pause implements AutoCloseable {
    private static final String SCRIPT = "kill -STOP \"$0\" && echo stopped && read -r end; kill -CONT \"$0\"";

    private final Process guard;

    private Pause(Process guard) {
        this.guard = guard;
    }

    /** Returns when the signal is sent. */
    static Pause of(long pid) {
        try {
            Process guard = new ProcessBuilder("sh", "-c", SCRIPT, Long.toString(pid))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader reader = guard.inputReader(StandardCharsets.US_ASCII);
            if (!"stopped".equals(reader.readLine())) {
                throw new Failure("cannot stop process " + pid + " by SIGSTOP");
            }
            return new Pause(guard);
        } catch (IOException e) {
            throw new Failure("cannot stop process " + pid + " by SIGSTOP: " + e.getMessage());
        }
    }

    /** Returns when the process runs again. */
    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
            guard.waitFor();
        } catch (IOException e) {
            throw new Failure("cannot resume by SIGCONT: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
