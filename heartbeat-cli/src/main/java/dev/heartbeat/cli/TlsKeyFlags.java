package dev.heartbeat.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The certificate and key of one side, as the command line names them. */
final class TlsKeyFlags {
    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "The certificate in PEM, its chain behind it. Read again when it changes.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The private key of the certificate in PEM.")
    private @Nullable Path key;

    @Option(
            names = "--tls-key-password-file",
            paramLabel = "FILE",
            description = "A file with the password of the private key, where it is encrypted.")
    private @Nullable Path passwordFile;

    /** Takes the certificate, the key, and its password or null. */
    interface Taker {
        void take(Path certificate, Path key, char @Nullable [] password);
    }

    boolean isGiven() {
        return certificate != null || key != null || passwordFile != null;
    }

    /** Hands it to the builder of that side, if it was given. */
    void give(CommandLine command, Taker taker) {
        if (isGiven()) {
            taker.take(
                    required(command, certificate, "--tls-cert"),
                    required(command, key, "--tls-key"),
                    password(command));
        }
    }

    private static Path required(CommandLine command, @Nullable Path file, String option) {
        if (file == null) {
            throw new ParameterException(command, option + " is missing; a certificate and its key go together");
        }
        return file;
    }

    private char @Nullable [] password(CommandLine command) {
        if (passwordFile == null) {
            return null;
        }
        try {
            return Files.readString(passwordFile).strip().toCharArray();
        } catch (IOException e) {
            throw new ParameterException(
                    command, "--tls-key-password-file is " + passwordFile + ", which cannot be read: " + e, e);
        }
    }
}
