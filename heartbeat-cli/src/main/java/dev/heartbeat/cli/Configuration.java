package dev.heartbeat.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The options of a command, wherever they come from: flags, then the environment, then a file, then
 * the defaults. Everything given elsewhere becomes a flag in {@link #arguments}, so that the command
 * knows flags alone. Immutable.
 */
final class Configuration {
    private static final Logger LOG = LoggerFactory.getLogger(Configuration.class);
    private static final String FLAGS = "flags";

    private final CommandSpec command;
    private final List<String> arguments;
    /** Says where each given option comes from, by its name without dashes. */
    private final Map<String, String> sources;

    /** The texts of those that were no flags. */
    private final Map<String, String> values;

    private final @Nullable Path file;
    private final byte @Nullable [] content;
    private final Set<String> unknownVariables;

    private Configuration(
            CommandSpec command,
            List<String> arguments,
            Map<String, String> sources,
            Map<String, String> values,
            @Nullable Path file,
            byte @Nullable [] content,
            Set<String> unknownVariables) {
        this.command = command;
        this.arguments = arguments;
        this.sources = sources;
        this.values = values;
        this.file = file;
        this.content = content;
        this.unknownVariables = unknownVariables;
    }

    /**
     * Adds environment and file to the flags.
     *
     * @param root the flags of a command with {@link ConfigFlags}
     * @throws ParameterException if the file, or a value as such, cannot be used
     */
    static Configuration of(ParseResult root, Map<String, String> environment) {
        ParseResult parsed = root.subcommand();
        CommandSpec command = parsed.commandSpec();
        boolean member = parsed.hasMatchedOption(ProcessFlags.MEMBER);
        // Each process of a group gets these from the group.
        Predicate<String> open = name -> !member || !ProcessFlags.BY_GROUP.contains(name);
        Map<String, OptionSpec> options = optionsOf(command);
        EnvironmentOptions variables = new EnvironmentOptions(environment, options.keySet(), allNames(command));
        Path file = file(parsed, variables);

        Map<String, String> sources = new LinkedHashMap<>();
        Map<String, String> values = new TreeMap<>();
        options.forEach((name, option) -> {
            if (parsed.hasMatchedOption(option)) {
                sources.put(name, FLAGS);
            }
        });
        take(variables.values(), EnvironmentOptions::variableOf, open, sources, values);
        byte[] content = null;
        if (file != null) {
            content = read(command, file);
            take(lines(command, file, content, options), name -> file.toString(), open, sources, values);
        }
        List<String> arguments = new ArrayList<>(root.expandedArgs());
        List<String> more = new ArrayList<>();
        values.forEach((name, value) ->
                more.addAll(asFlags(command, options.get(name), value, sources.getOrDefault(name, ""))));
        arguments.addAll(arguments.indexOf(command.name()) + 1, more);
        return new Configuration(
                command, arguments, sources, values, file, content, member ? Set.of() : variables.unknown());
    }

    private static void take(
            Map<String, String> from,
            Function<String, String> source,
            Predicate<String> open,
            Map<String, String> sources,
            Map<String, String> values) {
        from.forEach((name, value) -> {
            if (open.test(name) && !sources.containsKey(name) && !name.equals(ConfigFlags.NAME)) {
                sources.put(name, source.apply(name));
                values.put(name, value);
            }
        });
    }

    private static @Nullable Path file(ParseResult parsed, EnvironmentOptions variables) {
        Path flag = parsed.matchedOptionValue("--" + ConfigFlags.NAME, (Path) null);
        String variable = variables.values().get(ConfigFlags.NAME);
        return flag != null || variable == null ? flag : Path.of(variable);
    }

    private static byte[] read(CommandSpec command, Path file) {
        try {
            return ConfigFile.read(file);
        } catch (IOException e) {
            throw bad(command, e);
        }
    }

    private static ParameterException bad(CommandSpec command, IOException e) {
        return new ParameterException(command.commandLine(), "--config is " + e.getMessage(), e);
    }

    private static Map<String, String> lines(
            CommandSpec command, Path file, byte[] content, Map<String, OptionSpec> options) {
        Map<String, String> lines;
        try {
            lines = ConfigFile.values(file, content);
        } catch (IOException e) {
            throw bad(command, e);
        }
        Set<String> known = new HashSet<>(options.keySet());
        known.remove(ConfigFlags.NAME);
        for (String name : lines.keySet()) {
            if (!known.contains(name)) {
                throw new ParameterException(
                        command.commandLine(),
                        "--config is " + file + ", which sets the unknown option " + Shown.of(name)
                                + meaning(name, known));
            }
        }
        return lines;
    }

    private static String meaning(String name, Set<String> known) {
        return Nearest.to(name, known)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("");
    }

    /** The options that may come from elsewhere, by their names without dashes before them. */
    private static Map<String, OptionSpec> optionsOf(CommandSpec command) {
        return command.options().stream()
                .filter(option -> !option.hidden() && !option.usageHelp() && !option.versionHelp())
                .filter(option -> !option.longestName().equals(ConfigFlags.PRINT))
                .collect(Collectors.toMap(
                        option -> nameOf(option), option -> option, (one, same) -> one, LinkedHashMap::new));
    }

    private static String nameOf(OptionSpec option) {
        return option.longestName().substring("--".length());
    }

    private static Set<String> allNames(CommandSpec command) {
        return command.root().subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(ConfigFlags::areOf)
                .flatMap(each -> optionsOf(each).keySet().stream())
                .collect(Collectors.toSet());
    }

    private static List<String> asFlags(CommandSpec command, @Nullable OptionSpec option, String value, String source) {
        if (option == null) {
            return List.of();
        }
        String flag = option.longestName();
        if (option.arity().max() == 0) {
            if (!value.equals("true") && !value.equals("false")) {
                throw new ParameterException(
                        command.commandLine(),
                        flag + " is " + Shown.of(value) + ", allowed is true or false" + from(flag, source));
            }
            return value.equals("true") ? List.of(flag) : List.of();
        }
        Stream<String> values =
                option.isMultiValue() ? Stream.of(value.split(",", -1)).map(String::strip) : Stream.of(value);
        return values.map(each -> flag + "=" + each).toList();
    }

    private static String from(String flag, String source) {
        return " (" + flag + " comes from " + source + ")";
    }

    /** The command line with what came from elsewhere as flags. */
    List<String> arguments() {
        return arguments;
    }

    /** The names of the options that came from elsewhere, as flags. */
    Set<String> elsewhere() {
        return sources.entrySet().stream()
                .filter(source -> !source.getValue().equals(FLAGS))
                .map(source -> "--" + source.getKey())
                .collect(Collectors.toSet());
    }

    /** The texts of the options that came from elsewhere, by their names without dashes. */
    Map<String, String> values() {
        return values;
    }

    /** The file; null for none. */
    @Nullable
    Path file() {
        return file;
    }

    /** The bytes of the file; null for none. */
    byte @Nullable [] content() {
        return content;
    }

    /** The end of a refusal that names an option which was no flag: where that comes from. */
    String sourceIn(String refusal) {
        return Stream.of(refusal.split("[^a-z0-9-]+", -1))
                .filter(word -> word.startsWith("--") && elsewhere().contains(word))
                .findFirst()
                .map(flag -> from(flag, sources.getOrDefault(flag.substring("--".length()), "")))
                .orElse("");
    }

    /** One warning for each variable that looks like an option and is none. */
    void warnOfUnknownVariables() {
        Set<String> known =
                allNames(command).stream().map(EnvironmentOptions::variableOf).collect(Collectors.toSet());
        for (String variable : unknownVariables) {
            LOG.warn(
                    "{} in the environment is no option, and is ignored{}",
                    Shown.of(variable),
                    meaning(variable, known));
        }
    }

    /**
     * All options as a file for {@code --config}, by where they come from; the defaults as comments.
     *
     * @param parsed the options as they are in force
     * @param defaults by name, where the command knows better than the description
     */
    String page(ParseResult parsed, Map<String, String> defaults) {
        Map<String, StringBuilder> parts = new LinkedHashMap<>();
        for (String part : List.of(FLAGS, "environment", String.valueOf(file), "defaults")) {
            parts.put(part, new StringBuilder());
        }
        optionsOf(command).forEach((name, option) -> {
            if (name.equals(ConfigFlags.NAME)) {
                return;
            }
            String source = sources.get(name);
            String value = source == null
                    ? defaults.getOrDefault(name, defaultOf(option))
                    : valueOf(option, parsed.matchedOption(option.longestName()));
            String part = source == null
                    ? "defaults"
                    : source.equals(EnvironmentOptions.variableOf(name)) ? "environment" : source;
            parts.computeIfAbsent(part, any -> new StringBuilder())
                    .append(source == null ? "# " : "")
                    .append(name)
                    .append(" = ")
                    .append(escaped(Redacted.of(value)))
                    .append('\n');
        });
        return parts.entrySet().stream()
                .filter(part -> !part.getValue().isEmpty())
                .map(part -> "# from " + escaped(part.getKey()) + "\n" + part.getValue())
                .collect(Collectors.joining("\n"));
    }

    private static String valueOf(OptionSpec option, @Nullable OptionSpec matched) {
        if (option.arity().max() == 0) {
            return String.valueOf(matched != null);
        }
        return matched == null ? "" : String.join(", ", matched.originalStringValues());
    }

    private static String defaultOf(OptionSpec option) {
        String written = option.defaultValue();
        return written != null ? written : option.arity().max() == 0 ? "false" : "none";
    }

    /** As a file of properties needs it, which also keeps control characters from a terminal. */
    private static String escaped(String value) {
        StringBuilder text = new StringBuilder();
        value.chars().forEach(c -> {
            if (c == '\\') {
                text.append("\\\\");
            } else if (c >= ' ' && c <= '~') {
                text.append((char) c);
            } else {
                text.append(String.format("\\u%04x", c));
            }
        });
        return text.toString();
    }
}
