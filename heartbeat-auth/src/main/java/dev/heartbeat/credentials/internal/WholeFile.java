package dev.heartbeat.credentials.internal;

import dev.heartbeat.internal.log.LogEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is read whole, up to a bound. Its content is in no message. Any thread. */
public final class WholeFile {
    private static final Logger LOG = LoggerFactory.getLogger(WholeFile.class);
    private static final LogEvent READABLE = LogEvent.warn(
            WholeFile.class,
            "heartbeat.credentials.file_readable",
            "{file} holds secrets and can be read by every user of this machine");

    private final Path path;
    private final int maxBytes;
    private final boolean secret;
    private final AtomicBoolean warned = new AtomicBoolean();

    private WholeFile(Path path, int maxBytes, boolean secret) {
        this.path = path;
        this.maxBytes = maxBytes;
        this.secret = secret;
    }

    /** A file that everybody may read. */
    public static WholeFile ofPublic(Path path, int maxBytes) {
        return new WholeFile(path, maxBytes, false);
    }

    /** A file that nobody but its owner should read. If everybody may, that is one warning. */
    public static WholeFile ofSecrets(Path path, int maxBytes) {
        return new WholeFile(path, maxBytes, true);
    }

    /** Its name. */
    public Path path() {
        return path;
    }

    /** Reads all of it; the message of a failure names the file. */
    public byte[] read() throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(path)) {
            content = in.readNBytes(maxBytes + 1);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IOException(path + " may not be read", e);
        } catch (IOException e) {
            throw new IOException(path + " cannot be read: " + e.getMessage(), e);
        }
        if (content.length > maxBytes) {
            throw new IOException(path + " is longer than " + maxBytes + " bytes");
        }
        if (secret) {
            warnIfReadable();
        }
        return content;
    }

    /** One warning, if every user of this machine may read it. */
    private void warnIfReadable() {
        try {
            if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)
                    && warned.compareAndSet(false, true)) {
                READABLE.log(path);
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.trace("{} has no permissions to look at", path, e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
