package dev.heartbeat.bench.load.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * A bare epoll echo in C, the floor of the machine. Built when it is needed, where there is a C
 * compiler.
 */
public final class EpollEcho {
    private static final String SOURCE = "epoll_echo.c";

    private EpollEcho() {}

    /** The program; empty where it cannot be built. It is deleted with this process. */
    public static Optional<Path> build() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("heartbeat-load");
        Path source = folder.resolve(SOURCE);
        Path program = folder.resolve("epoll_echo");
        // The order is that of their making; the last to be asked for is the first that goes.
        folder.toFile().deleteOnExit();
        source.toFile().deleteOnExit();
        program.toFile().deleteOnExit();
        try (InputStream in = EpollEcho.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IllegalStateException(SOURCE + " is not on the class path");
            }
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        return compiles(source, program) ? Optional.of(program) : Optional.empty();
    }

    private static boolean compiles(Path source, Path program) throws InterruptedException {
        try {
            return new ProcessBuilder("cc", "-O2", "-o", program.toString(), source.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
