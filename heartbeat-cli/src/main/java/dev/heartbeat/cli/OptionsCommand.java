package dev.heartbeat.cli;

import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientOptions;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.option.Option;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.tls.TlsOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the page docs/OPTIONS.md from the descriptions of the options. */
@Command(
        name = "options",
        mixinStandardHelpOptions = true,
        description = "Prints all options of server, client, channel and transport as a Markdown page.")
final class OptionsCommand implements Callable<Integer> {
    private static final Map<Class<?>, String> TYPES = Map.of(
            Integer.class, "int",
            Long.class, "long",
            Double.class, "double",
            Boolean.class, "boolean",
            Duration.class, "Duration",
            Map.class, "Map&lt;String, String&gt;");

    private static final String HEAD = """
            # Options

            All options of a server, a client, a channel and a transport. An option's name is that of its setter and
            accessor. A value out of range is refused when the options are built: the `IllegalArgumentException` names
            the option, the value and the range.

            `./heartbeat options > docs/OPTIONS.md` writes this page from the descriptions in the code
            (`ServerOptions.descriptions()` and the like). The checks and the flags of the command line have the same
            source. `HeartbeatServer.reconfigure(...)` changes what is changeable at run time.
            """;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(page());
        spec.commandLine().getOut().flush();
        return 0;
    }

    static String page() {
        return HEAD
                + section(
                        "Server",
                        "`HeartbeatServer.builder()`, or `ServerOptions.builder()` and `HeartbeatServer.builder().options(...)`. The flags are those of `./heartbeat server`.",
                        ServerOptions.descriptions(),
                        OptionsCommand::flag)
                + section(
                        "Client",
                        "`HeartbeatClient.builder()`, or `ClientOptions.builder()` and `HeartbeatClient.builder().options(...)`. The flags are those of `./heartbeat client`.",
                        ClientOptions.descriptions(),
                        OptionsCommand::flag)
                + section(
                        "Transport",
                        "`TransportOptions.builder()`, for a shared transport, and for `transportOptions(...)` of a server or client with its own."
                                + " A client's own transport has one event loop and 4 worker threads by default.",
                        TransportOptions.descriptions(),
                        OptionsCommand::transportFlag)
                + section(
                        "TLS",
                        "`TlsOptions.builder()`, for `options(...)` of `ServerTls.builder()` and `ClientTls.builder()`. The command line takes certificates and ticket keys alone ([TLS](TLS.md)).",
                        TlsOptions.descriptions(),
                        option -> "")
                + section(
                        "Channel",
                        "`ChannelOptions.builder()`, for `open` and for `channel` of a builder. Each side has its own. The command line opens no channels.",
                        ChannelOptions.descriptions(),
                        option -> "");
    }

    private static String flag(Option<?, ?> option) {
        return OptionFlags.isWritable(option) ? OptionNames.of(option.name()) : "";
    }

    private static String transportFlag(Option<?, ?> option) {
        if (!OptionFlags.isWritable(option)) {
            return "";
        }
        String of = ServerFlags.OF_CLIENTS.contains(option.name())
                ? "` (client)"
                : ClientFlags.OF_SERVERS.contains(option.name()) ? "` (server)" : "`";
        return OptionNames.of(option.name()) + of;
    }

    private static <O> String section(
            String title, String intro, List<Option<O, ?>> options, Function<Option<?, ?>, String> flag) {
        StringBuilder section = new StringBuilder("\n## " + title + "\n\n" + intro + "\n\n");
        section.append("| option | flag | type | default | range | meaning |\n| --- | --- | --- | --- | --- | --- |\n");
        for (Option<O, ?> option : options) {
            section.append(row(option, flag.apply(option)));
        }
        return section.toString();
    }

    private static String row(Option<?, ?> option, String flag) {
        String code = flag.isEmpty() ? "" : flag.contains("`") ? "`" + flag : "`" + flag + "`";
        return "| `" + option.name() + "` | " + code + " | " + type(option) + " | " + option.defaultText() + " | "
                + option.range() + " | " + option.text()
                + (option.isChangeable() ? " Changeable at run time." : "") + " |\n";
    }

    private static String type(Option<?, ?> option) {
        return TYPES.getOrDefault(option.type(), option.type().getSimpleName());
    }
}
