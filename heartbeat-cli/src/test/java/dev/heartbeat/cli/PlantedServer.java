package dev.heartbeat.cli;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/** Servers that break their promise, each in its own way, for the demo to catch. */
final class PlantedServer {
    private static final Duration MIDDLE_OF_THE_DEMO = Duration.ofMillis(1500);

    private PlantedServer() {}

    /** Judges long after its timeout. */
    static final class Late {
        public static void main(String[] args) {
            Main.main(withTimeout("2s", args));
        }
    }

    /** Suspects, and never judges. */
    static final class Never {
        public static void main(String[] args) {
            Main.main(withTimeout("1h", args));
        }
    }

    /** Calls a node OFFLINE for a moment that is as well as ever. */
    static final class Hasty {
        public static void main(String[] args) {
            later(() -> Stream.of("offline", "online")
                    .map(event -> EventLine.now(event).with("node", "steady-1-1"))
                    .forEach(System.out::println));
            Main.main(args);
        }
    }

    /** Dies. */
    static final class Mortal {
        public static void main(String[] args) {
            later(() -> Runtime.getRuntime().halt(3));
            Main.main(args);
        }
    }

    private static String[] withTimeout(String timeout, String... args) {
        return Arrays.stream(args)
                .map(arg -> arg.startsWith("--timeout=") ? "--timeout=" + timeout : arg)
                .toArray(String[]::new);
    }

    private static void later(Runnable action) {
        Repeater[] once = new Repeater[1];
        once[0] = Repeater.every(MIDDLE_OF_THE_DEMO, "planted", () -> {
            once[0].stop();
            action.run();
        });
    }
}
