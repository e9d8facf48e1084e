package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientOptions;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.option.Option;
import dev.heartbeat.spi.TransportOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Whatever a server or a client can be built with, it can be started with. */
@Timeout(60)
@Tag("once")
final class FlagsTest {
    /** Objects of the application. */
    private static final Set<String> CODE = Set.of("resolver", "callbackExecutor");

    private static List<Option<?, ?>> optionsOf(String command) {
        boolean server = command.equals("server");
        List<Option<?, ?>> options =
                new ArrayList<>(server ? ServerOptions.descriptions() : ClientOptions.descriptions());
        Set<String> without = server ? ServerFlags.OF_CLIENTS : ClientFlags.OF_SERVERS;
        TransportOptions.descriptions().stream()
                .filter(option -> !without.contains(option.name()))
                .forEach(options::add);
        options.removeIf(option -> CODE.contains(option.name()));
        return options;
    }

    private static OptionSpec flag(String command, Option<?, ?> option) {
        CommandLine line = Main.commandLine().getSubcommands().get(command);
        return line.getCommandSpec().findOption(OptionNames.of(option.name()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "client"})
    void everyOptionOfTheLibraryHasAFlag(String command) {
        assertThat(optionsOf(command))
                .allSatisfy(option ->
                        assertThat(flag(command, option)).as(option.name()).isNotNull());
    }

    /** The help says more than a name, and names no option of the library that is a flag here. */
    @ParameterizedTest
    @ValueSource(strings = {"server", "client"})
    void everyFlagIsDescribedInWordsOfFlags(String command) {
        for (Option<?, ?> option : optionsOf(command)) {
            assertThat(String.join(" ", flag(command, option).description()))
                    .as(option.name())
                    .isNotBlank()
                    .doesNotContainPattern("\\b(heartbeat(Timeout|Interval)|windowBytes|reconnectBase|massGuard[A-Z])");
        }
    }

    static Stream<String> flagsWithARange() {
        return Stream.of("server", "client")
                .flatMap(command -> optionsOf(command).stream()
                        .filter(option -> option.max() != null)
                        .map(option -> command + " " + OptionNames.of(option.name()) + " "
                                + (option.type() == Duration.class ? "9999h" : "-1")));
    }

    /** An option that the library refuses was set by a flag. */
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
}
