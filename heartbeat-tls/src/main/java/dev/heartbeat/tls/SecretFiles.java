package dev.heartbeat.tls;

import dev.heartbeat.internal.log.LogEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that nobody but this server should read. */
final class SecretFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SecretFiles.class);
    private static final LogEvent READABLE = LogEvent.warn(
            SecretFiles.class,
            "heartbeat.tls.file_readable",
            "{what} {file} can be read by every user of this machine");

    private SecretFiles() {}

    /** Logs a warning if every user of this machine may read it. */
    static void warnIfReadable(String what, Path file) {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                READABLE.log(what, file);
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.trace("{} has no permissions to look at", file, e);
        }
    }
}
