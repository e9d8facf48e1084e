package dev.heartbeat.credentials;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value made of the lines of a file, and made again when its content changes: mounted secrets
 * are swapped behind a symbolic link, so neither name nor time of change tell. One caller at a time
 * looks at the file; others take what is in force, and wait for nothing. Any thread.
 */
final class WatchedFile<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);
    private static final int MAX_BYTES = 16 << 20;
    private static final long INTERVAL_NS = Duration.ofSeconds(1).toNanos();

    private final SecretFile file;
    private final Maker<T> maker;
    private final LongSupplier nanos;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile T current;
    private volatile long lookedAtNs;
    private byte[] digest;
    private @Nullable String problem;

    /** Makes it of the lines that say something. */
    interface Maker<T> {
        /**
         * @throws IOException if nothing can be made of them; the message names the file and what
         *     is allowed
         */
        T make(Path file, List<Line> lines) throws IOException;
    }

    /**
     * Reads the file.
     *
     * @param nanos the time, as of {@link System#nanoTime}
     * @throws IllegalArgumentException if it cannot be read, or nothing can be made of it
     */
    WatchedFile(Path path, Maker<T> maker, LongSupplier nanos) {
        this.file = new SecretFile(path, MAX_BYTES);
        this.maker = maker;
        this.nanos = nanos;
        lookedAtNs = nanos.getAsLong();
        try {
            byte[] content = file.read();
            digest = Sha256.of(content);
            current = made(content);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Returns the value in force, after a look at the file if one is due. */
    T current() {
        if (isDue() && looking.tryLock()) {
            try {
                if (isDue()) {
                    look();
                }
            } finally {
                looking.unlock();
            }
        }
        return current;
    }

    private boolean isDue() {
        return nanos.getAsLong() - lookedAtNs >= INTERVAL_NS;
    }

    private void look() {
        lookedAtNs = nanos.getAsLong();
        try {
            byte[] content = file.read();
            byte[] found = Sha256.of(content);
            if (!Arrays.equals(found, digest)) {
                digest = found; // Before it is judged: a bad file is one line in the log.
                current = made(content);
                LOG.info("{} has changed and is in force", file);
            }
            problem = null;
        } catch (IOException e) {
            if (!Objects.equals(problem, e.getMessage())) {
                problem = e.getMessage();
                LOG.warn("{}; what was read before stays in force", problem);
            }
        }
    }

    private T made(byte[] content) throws IOException {
        return maker.make(file.path, Line.of(file.path, content));
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
