package dev.heartbeat.cli;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** Options from elsewhere, for a command that takes them; see {@link Configuration}. */
final class ConfigFlags {
    /** The name of the mixin, by which a command is known to have it, and of its flag. */
    static final String NAME = "config";

    static final String PRINT = "--print-config";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--" + NAME,
            paramLabel = "FILE",
            description =
                    "Reads options from this file, as 'name = value' in each line; a name is that of a flag without its dashes."
                            + " Variables such as HEARTBEAT_MAX_NODES go before it, and flags before both.")
    @SuppressWarnings("UnusedVariable") // Read from what was parsed.
    private @Nullable Path file;

    @Option(
            names = PRINT,
            description =
                    "Checks all options, prints each with its value by where that comes from, without secrets, and ends.")
    private boolean print;

    private @Nullable Configuration configuration;
    private Map<String, String> environment = Map.of();
    private List<String> original = List.of();

    static boolean areOf(CommandSpec command) {
        return in(command) != null;
    }

    private static @Nullable ConfigFlags in(CommandSpec command) {
        CommandSpec mixin = command.mixins().get(NAME);
        return mixin != null && mixin.userObject() instanceof ConfigFlags flags ? flags : null;
    }

    /**
     * Runs what was parsed; before that a command with these flags is parsed again, with what comes
     * from elsewhere.
     */
    static int run(ParseResult parsed, Map<String, String> environment) {
        ParseResult last = parsed.subcommand();
        ConfigFlags flags = last == null ? null : in(last.commandSpec());
        if (flags == null || last.isUsageHelpRequested() || last.isVersionHelpRequested()) {
            return new RunLast().execute(parsed);
        }
        Configuration configuration = Configuration.of(parsed, environment);
        configuration.warnOfUnknownVariables();
        CommandLine root = parsed.commandSpec().commandLine();
        flags.configuration = configuration;
        flags.environment = Map.copyOf(environment);
        flags.original = List.copyOf(parsed.expandedArgs());
        return new RunLast().execute(parse(root, configuration));
    }

    /** The root of all commands, parsed with the flags of this one alone. */
    CommandLine anew() {
        CommandLine root = Main.commandLine(environment);
        ParseResult unused = root.parseArgs(original.toArray(String[]::new));
        return root;
    }

    /** The configuration of such a root as it is now. */
    Configuration configurationOf(CommandLine root) {
        return Configuration.of(root.getParseResult(), environment);
    }

    static ParseResult parse(CommandLine root, Configuration configuration) {
        return root.parseArgs(configuration.arguments().toArray(String[]::new));
    }

    /** The configuration of the command that failed, if it has one. */
    static String sourceIn(CommandLine command, String refusal) {
        ConfigFlags flags = in(command.getCommandSpec());
        Configuration configuration = flags == null ? null : flags.configuration;
        return configuration == null ? "" : configuration.sourceIn(refusal);
    }

    /** The flags that a process of a group does not get: these, and what it reads itself. */
    Set<String> notOfMembers(Set<String> these) {
        Set<String> all = new HashSet<>(configuration().elsewhere());
        all.addAll(these);
        return all;
    }

    boolean printOnly() {
        return print;
    }

    /** Prints the page of all options; returns the status. */
    int print(Map<String, String> defaults) {
        CommandLine line = command.commandLine();
        line.getOut().print(configuration().page(line.getParseResult(), defaults));
        line.getOut().flush();
        return 0;
    }

    Configuration configuration() {
        if (configuration == null) {
            throw new ParameterException(command.commandLine(), "the command was not run by its root");
        }
        return configuration;
    }
}
