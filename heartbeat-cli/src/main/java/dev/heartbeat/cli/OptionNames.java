package dev.heartbeat.cli;

import dev.heartbeat.ClientOptions;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.option.Option;
import dev.heartbeat.spi.TransportOptions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The names of the library's options on the command line. */
final class OptionNames {
    /** Flags that are not the library's name with dashes. */
    private static final Map<String, String> OTHERWISE = Map.of(
            "heartbeatInterval", "--interval",
            "suspectAfter", "--suspect",
            "heartbeatTimeout", "--timeout",
            "massGuardMaxHold", "--mass-guard-hold",
            "takeoverPolicy", "--takeover",
            "overloadByHeap", "--no-overload-by-heap",
            "autoReconnect", "--no-reconnect");

    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9]*");

    private static final Set<String> ALL = Stream.of(
                    ServerOptions.descriptions(), ClientOptions.descriptions(), TransportOptions.descriptions())
            .flatMap(List::stream)
            .map(Option::name)
            .collect(Collectors.toUnmodifiableSet());

    private OptionNames() {}

    /** The flag of a library option, if there is one. */
    static String of(String option) {
        return OTHERWISE.getOrDefault(
                option, "--" + option.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
    }

    /** A refusal by the library, which names options, values and ranges, as the command's own. */
    static ParameterException inWordsOf(CommandLine command, IllegalArgumentException refusal) {
        String message = translate(
                String.valueOf(refusal.getMessage()),
                word -> command.getCommandSpec().findOption(of(word)) != null);
        return new ParameterException(command, message, refusal);
    }

    /** A description by the library, which may name other options. */
    static String inWordsOfFlags(String description) {
        return translate(description, ALL::contains);
    }

    /**
     * The library's messages begin with the name of an option; further on, only a name of several
     * words is surely one.
     */
    private static String translate(String message, Predicate<String> isKnown) {
        return WORD.matcher(message).replaceAll(word -> {
            boolean isName = word.start() == 0 || word.group().matches("[a-z]+[A-Z].*");
            return isName && isKnown.test(word.group()) ? of(word.group()) : word.group();
        });
    }
}
