package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.spi.TransportOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Whatever a server or a client can be built with, it can be started with. */
@Timeout(60)
final class FlagsTest {
    private static final String CODE = "is code of the application";
    private static final String PARTS = "is several options, each with a flag of its own";

    private static final Map<String, String> NO_FLAG = new HashMap<>();

    static {
        for (String code : Set.of(
                "listener",
                "onMessage",
                "onNodeMessage",
                "onRequest",
                "routes",
                "channel",
                "otherChannels",
                "recorders",
                "resolver")) {
            NO_FLAG.put(code, CODE);
        }
        for (String parts : Set.of("options", "queue", "reconnectBackoff", "server", "transportOptions")) {
            NO_FLAG.put(parts, PARTS);
        }
    }

    /** What a transport is told that has a use on one side only. */
    private static final Map<String, Set<String>> NOT_ON_THIS_SIDE = Map.of(
            "server", Set.of("connectTimeout", "lookupThreads", "waitingLookups"),
            "client", Set.of("backlog", "reusePort", "acceptsPerSecond"));

    @ParameterizedTest
    @ValueSource(strings = {"server", "client"})
    void everyOptionOfTheLibraryHasAFlag(String command) {
        CommandLine line = Main.commandLine().getSubcommands().get(command);
        Set<String> missing = new TreeSet<>();
        for (String option : optionsOf(command)) {
            if (!NO_FLAG.containsKey(option)
                    && !NOT_ON_THIS_SIDE.getOrDefault(command, Set.of()).contains(option)
                    && line.getCommandSpec().findOption(OptionNames.of(option)) == null) {
                missing.add(option + " (" + OptionNames.of(option) + ")");
            }
        }
        assertThat(missing)
                .as("options without a flag in " + command + "; a reason not to have one belongs into this test")
                .isEmpty();
    }

    static Stream<String> flagsWithARange() {
        return Stream.of("server", "client")
                .flatMap(command -> optionsOf(command).stream()
                        .map(OptionNames::of)
                        .distinct()
                        .map(name -> Main.commandLine()
                                .getSubcommands()
                                .get(command)
                                .getCommandSpec()
                                .findOption(name))
                        .filter(option -> option != null && isRanged(option))
                        .map(option ->
                                command + " " + option.longestName() + " " + (isDuration(option) ? "9999h" : "-1")));
    }

    /** What the library refuses it has been told. */
    @ParameterizedTest
    @MethodSource("flagsWithARange")
    void everyFlagReachesTheLibrary(String arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setErr(new PrintWriter(err, true));

        assertThat(line.execute(arguments.split(" "))).isEqualTo(2);

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("heartbeat " + arguments.split(" ", -1)[0] + ": "
                        + arguments.split(" ", -1)[1] + " ")
                .contains("allowed ");
    }

    private static boolean isRanged(OptionSpec option) {
        return isDuration(option)
                || Set.of(Integer.class, Long.class, Double.class, int.class).contains(option.type());
    }

    private static boolean isDuration(OptionSpec option) {
        return option.type() == Duration.class;
    }

    private static Set<String> optionsOf(String command) {
        boolean server = command.equals("server");
        Set<String> options = new TreeSet<>();
        Class<?> builder = server ? HeartbeatServer.Builder.class : HeartbeatClient.Builder.class;
        Arrays.stream(builder.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getReturnType() == builder)
                .forEach(method -> options.add(method.getName()));
        if (server) {
            ServerOptions.descriptions().forEach(option -> options.add(option.name()));
        } else {
            for (RecordComponent component : ClientOptions.class.getRecordComponents()) {
                options.add(component.getName());
            }
        }
        Arrays.stream(TransportOptions.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers())
                        && !Modifier.isStatic(method.getModifiers())
                        && method.getParameterCount() == 0)
                .forEach(method -> options.add(method.getName()));
        return options;
    }
}
