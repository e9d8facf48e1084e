package dev.heartbeat.testkit.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.testkit.process.JavaCommand;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A process that runs out of file descriptors goes on, rests meanwhile, and accepts again when it
 * can. For transports that have a provider.
 *
 * @since 0.1
 */
public abstract class ScarcityContract {

    private static final int DESCRIPTORS = 200;
    private static final int VISITORS = 250;

    private final List<Socket> sockets = new ArrayList<>();
    private @Nullable Process started;
    private @Nullable BufferedReader log;
    private int port;

    /** For a nested class of the transport's own test. */
    protected ScarcityContract() {}

    /** {@return the name of the provider of the transport} */
    protected abstract String provider();

    @BeforeEach
    void startHost() throws IOException {
        Process process = JavaCommand.of(ScarceHost.class)
                .files(DESCRIPTORS)
                .options(
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.log.dev.heartbeat=info",
                        "-Dorg.slf4j.simpleLogger.logFile=System.err")
                .arguments(provider())
                .process()
                .start();
        started = process;
        log = process.errorReader(StandardCharsets.UTF_8);
        port = Integer.parseInt(process.inputReader(StandardCharsets.UTF_8).readLine());
    }

    @AfterEach
    void killHost() throws IOException {
        requireNonNull(started).destroyForcibly();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void acceptingPausesAndResumes() throws Exception {
        Socket first = visit();
        // Before it gets scarce, so that the host need not open a class file then.
        cpuTimeOfASecond(first);
        for (int i = 0; i < VISITORS; i++) {
            visit();
        }
        assertThat(nextLog()).contains("cannot accept on").contains("Too many open files");

        assertThat(cpuTimeOfASecond(first)).isLessThan(Duration.ofMillis(300));
        for (Socket socket : sockets.subList(1, sockets.size())) {
            socket.close();
        }
        assertThat(cpuTimeOfASecond(visit())).isPositive();
        assertThat(nextLog())
                .as("nothing logged in between")
                .contains("accepting on")
                .contains("again");

        // It leaves by itself: main has returned long ago, and no thread is left after the
        // transport is closed.
        first.getOutputStream().write(ScarceHost.LEAVE);
        assertThat(requireNonNull(started).waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(requireNonNull(started).exitValue()).isZero();
    }

    private Socket visit() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        return socket;
    }

    private static Duration cpuTimeOfASecond(Socket socket) throws IOException {
        socket.getOutputStream().write(ScarceHost.REST_A_SECOND);
        return Duration.ofNanos(new DataInputStream(socket.getInputStream()).readLong());
    }

    private @Nullable String nextLog() throws IOException {
        return requireNonNull(log).readLine();
    }
}
