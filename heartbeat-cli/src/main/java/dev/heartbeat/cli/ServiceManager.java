package dev.heartbeat.cli;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What systemd is told of a server that runs as a unit of {@code Type=notify}: that it is ready, that
 * its event loops make progress, that it stops. Elsewhere nobody is told.
 */
final class ServiceManager {
    private static final String SOCKET = "NOTIFY_SOCKET";

    /** Feeds within the time of the watchdog. A loop that stands still starves it within the last. */
    private static final int FEEDS = 4;

    private final Consumer<String> socket;
    /** Without news for so long, systemd ends the process; null if it never does. */
    private final @Nullable Duration watchdog;

    ServiceManager(Consumer<String> socket, @Nullable Duration watchdog) {
        this.socket = socket;
        this.watchdog = watchdog;
    }

    /** The one that these variables name, if any. */
    static ServiceManager of(Map<String, String> environment) {
        String path = environment.getOrDefault(SOCKET, "");
        return path.isEmpty()
                ? new ServiceManager(text -> {}, null)
                : new ServiceManager(NotifySocket.to(path), watchdog(environment));
    }

    private static @Nullable Duration watchdog(Map<String, String> environment) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        boolean isOurs = pid.isEmpty()
                || pid.equals(Long.toString(ProcessHandle.current().pid()));
        return isOurs && micros.matches("[1-9]\\d{0,17}") ? Duration.ofNanos(Long.parseLong(micros) * 1000) : null;
    }

    /**
     * The server serves.
     *
     * @param silence the time for which an event loop has made no progress
     */
    void ready(Supplier<Duration> silence) {
        socket.accept("READY=1");
        if (watchdog != null) {
            Repeater.every(watchdog.dividedBy(FEEDS), "watchdog", () -> feed(watchdog, silence.get()));
        }
    }

    private void feed(Duration within, Duration silence) {
        if (silence.compareTo(within.dividedBy(2)) < 0) {
            socket.accept("WATCHDOG=1");
        }
    }

    /** The server stops, which may take so long, whatever the unit allows. */
    void stopping(Duration patience) {
        socket.accept("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + patience.toNanos() / 1000);
    }
}
