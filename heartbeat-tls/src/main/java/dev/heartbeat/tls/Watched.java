package dev.heartbeat.tls;

import dev.heartbeat.internal.log.LogEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What was made of some files, and is made again when their content changes: mounted secrets are
 * swapped behind a symbolic link, so neither names nor times of change tell. The first who asks after
 * an interval has them looked at; everybody else goes on with what is in force. Any thread.
 */
final class Watched<T> {
    private static final LogEvent CHANGED =
            LogEvent.info(Watched.class, "heartbeat.tls.files_changed", "{what}: read again from {files}");
    private static final LogEvent REJECTED = LogEvent.warn(
            Watched.class, "heartbeat.tls.files_rejected", "{what}: {problem}; what was there before stays in force");

    private final String what;
    private final List<Path> files;
    private final Maker<T> maker;
    private final Reloading reloading;
    private final AtomicLong lookedAtNs;
    private volatile T current;
    private byte[] digest;
    private @Nullable String problem;

    /** Makes it of the contents of the files, in their order. */
    interface Maker<T> {
        T make(List<byte[]> contents) throws IOException;
    }

    /**
     * Reads the files.
     *
     * @param what it is, for messages
     * @throws IllegalArgumentException if a file cannot be read, or nothing can be made of them
     */
    Watched(String what, List<Path> files, Maker<T> maker, Reloading reloading) {
        this.what = what;
        this.files = List.copyOf(files);
        this.maker = maker;
        this.reloading = reloading;
        lookedAtNs = new AtomicLong(reloading.clock().getAsLong());
        try {
            List<byte[]> contents = contents();
            digest = digest(contents);
            current = maker.make(contents);
        } catch (IOException e) {
            throw new IllegalArgumentException(what + ": " + e.getMessage(), e);
        }
    }

    /** What is in force. A look at the files comes before, or where it may not block is begun. */
    T current() {
        long lastNs = lookedAtNs.get();
        long nowNs = reloading.clock().getAsLong();
        if (nowNs - lastNs >= reloading.intervalNs() && lookedAtNs.compareAndSet(lastNs, nowNs)) {
            reloading.reader().execute(this::look);
        }
        return current;
    }

    private synchronized void look() {
        try {
            List<byte[]> contents = contents();
            byte[] found = digest(contents);
            if (!MessageDigest.isEqual(found, digest)) {
                digest = found; // Before it is judged: a bad file is one line in the log.
                current = maker.make(contents);
                CHANGED.log(what, files);
            }
            problem = null;
        } catch (IOException e) {
            if (!Objects.equals(problem, e.getMessage())) {
                problem = e.getMessage();
                REJECTED.log(what, problem);
            }
        }
    }

    private List<byte[]> contents() throws IOException {
        List<byte[]> contents = new ArrayList<>();
        for (Path file : files) {
            contents.add(content(file));
        }
        return contents;
    }

    private static byte[] content(Path file) throws IOException {
        try {
            byte[] content = Files.readAllBytes(file);
            if (content.length == 0) {
                throw new IOException(file + " is empty");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IOException(file + " may not be read", e);
        }
    }

    private static byte[] digest(List<byte[]> contents) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (byte[] content : contents) {
                sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, content.length));
                sha.update(content);
            }
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
