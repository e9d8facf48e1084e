package dev.heartbeat.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that nobody but this server should read. */
final class SecretFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SecretFiles.class);

    private SecretFiles() {}

    /** Logs a warning if every user of this machine may read it. */
    static void warnIfReadable(String what, Path file) {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                LOG.warn("{} {} can be read by every user of this machine", what, file);
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.trace("{} has no permissions to look at", file, e);
        }
    }
}
