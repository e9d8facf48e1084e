package dev.heartbeat.cli;

import dev.heartbeat.HeartbeatException;
import java.io.IOException;
import java.io.InputStream;
import java.security.Security;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root of the commands behind the {@code heartbeat} launcher. */
@Command(
        name = "heartbeat",
        description = "A heartbeat bus for very large fleets.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ServerCommand.class,
            ClientCommand.class,
            SimulateCommand.class,
            LoadCommand.class,
            TokenCommand.class,
            DoctorCommand.class,
            OptionsCommand.class,
            GenerateCompletion.class,
            HelpCommand.class
        })
public final class Main implements Runnable {

    private static final String NAMES_TTL = "networkaddress.cache.ttl";

    @Spec
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs the command that the arguments name, and exits with its status.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        rememberNamesBriefly();
        System.exit(commandLine().execute(args));
    }

    /**
     * Makes the JVM look a name up again after a second, where nobody said otherwise: so a server
     * that moved to another address is found soon. The property is read before the first name is
     * looked up.
     */
    private static void rememberNamesBriefly() {
        if (Security.getProperty(NAMES_TTL) == null && System.getProperty("sun.net.inetaddr.ttl") == null) {
            Security.setProperty(NAMES_TTL, "1");
        }
    }

    static CommandLine commandLine() {
        return commandLine(System.getenv());
    }

    /** With these variables, where the options of a command may come from the environment. */
    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine commands = new CommandLine(new Main());
        if (hasBenchmarks()) {
            commands.addSubcommand(BenchCommand.class);
        }
        return commands.registerConverter(Duration.class, new DurationConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(parsed -> ConfigFlags.run(parsed, environment))
                .setParameterExceptionHandler(Main::onBadOption)
                .setExecutionExceptionHandler(Main::onFailure);
    }

    /** The distribution has no JMH, whose licence is another. */
    private static boolean hasBenchmarks() {
        return Main.class.getResource("/org/openjdk/jmh/Main.class") != null;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** One line is read; a screen of usage after it hides what was wrong. */
    private static int onBadOption(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String meant = e instanceof UnmatchedArgumentException unmatched
                ? suggestion(unmatched)
                        .map(name -> "; did you mean " + name + "?")
                        .orElse("")
                : "";
        String name = command.getCommandSpec().qualifiedName();
        String said = String.valueOf(e.getMessage());
        command.getErr()
                .println(name + ": " + said + ConfigFlags.sourceIn(command, said) + meant + " (see " + name
                        + " --help)");
        return ExitCode.USAGE;
    }

    private static Optional<String> suggestion(UnmatchedArgumentException e) {
        String written = e.getUnmatched().get(0);
        if (!written.startsWith("-")) {
            return e.getSuggestions().stream().findFirst();
        }
        return Nearest.to(
                written.split("=", 2)[0],
                e.getCommandLine().getCommandSpec().options().stream()
                        .filter(option -> !option.hidden())
                        .map(OptionSpec::longestName)
                        .toList());
    }

    /**
     * Failures that can happen in use are reported in a line; anything else is a bug, and keeps its
     * stack trace.
     */
    private static int onFailure(Exception e, CommandLine command, ParseResult parsed) throws Exception {
        if (e instanceof Failure || e instanceof HeartbeatException) {
            command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + e.getMessage());
            return ExitCode.SOFTWARE;
        }
        throw e;
    }

    /** The output of {@code --version}: the version this was built as, and the Java it runs on. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties build = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
                if (in != null) {
                    build.load(in);
                }
            }
            return new String[] {
                "heartbeat " + build.getProperty("version", "unknown") + " (Java " + Runtime.version() + ")"
            };
        }
    }
}
