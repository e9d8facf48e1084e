package dev.heartbeat.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.Grant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files of secrets, what is logged of them, and who shows one. */
final class TokenFolder {
    private static final Path LOG = Path.of("target", "tests.log");

    private final Path folder;

    TokenFolder(Path folder) {
        this.folder = folder;
    }

    /** A file that nobody else may read. */
    Path write(String name, String... lines) throws IOException {
        Path file = Files.write(folder.resolve(name), List.of(lines));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    /** The log lines about its files. */
    List<String> logged() throws IOException {
        try (var lines = Files.lines(LOG)) {
            return lines.filter(line -> line.contains(folder.toString())).toList();
        }
    }

    static Applicant applicant(String nodeId, @Nullable String credential) {
        return new Applicant(
                nodeId,
                credential == null ? null : credential.getBytes(UTF_8),
                Map.of(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 7),
                List.of());
    }

    static Grant ask(Authenticator authenticator, String nodeId, @Nullable String credential) {
        return ask(authenticator, applicant(nodeId, credential));
    }

    static Grant ask(Authenticator authenticator, Applicant applicant) {
        return authenticator.authenticate(applicant).toCompletableFuture().join();
    }
}
