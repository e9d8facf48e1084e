package dev.heartbeat.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Reads a running command's file of options again when its content changes, and on SIGHUP. All of
 * the new file comes in force or nothing: a bad value, or another value of an option that cannot
 * change at run time, leaves everything as it was. Mounted files are swapped behind a symbolic link,
 * so the content is compared.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Path file;
    private final Set<String> changeable;
    private final ConfigFlags flags;
    private final Consumer<Object> adopt;
    private Configuration current;
    private byte @Nullable [] content;
    private @Nullable String problem;

    private Reload(Path file, ConfigFlags flags, Set<String> changeable, Consumer<Object> adopt) {
        this.file = file;
        this.flags = flags;
        this.changeable = Set.copyOf(changeable);
        this.adopt = adopt;
        current = flags.configuration();
        content = current.content();
    }

    /**
     * Begins to look at the file, if there is one, once a second and on SIGHUP. Where there is any
     * file that is read again, SIGHUP does not end the process.
     *
     * @param others whether the command has further files, which are read again when they are used
     * @param changeable the names of the options that may change, without dashes before them
     * @param adopt checks a command that was parsed anew, and takes the values of those options
     *     from it; or throws, and has taken nothing
     */
    static void begin(ConfigFlags flags, boolean others, Set<String> changeable, Consumer<Object> adopt) {
        Path file = flags.configuration().file();
        if (file == null) {
            if (others) {
                Signals.handle(
                        "HUP",
                        () -> LOG.info("SIGHUP: tokens and certificates are read again when they are used next"));
            }
            return;
        }
        Reload reload = new Reload(file, flags, changeable, adopt);
        Signals.handle("HUP", () -> {
            LOG.info("SIGHUP: looking at {}", file);
            reload.look();
        });
        Repeater.every(EVERY, "reload", reload::look);
    }

    private synchronized void look() {
        try {
            byte[] found = ConfigFile.read(file);
            if (!Arrays.equals(found, content)) {
                content = found; // Before it is judged: a bad file is one line in the log.
                take();
            }
            problem = null;
        } catch (IOException | IllegalArgumentException | ParameterException e) {
            if (!Objects.equals(problem, e.getMessage())) {
                problem = e.getMessage();
                LOG.warn("{}: what is there now is not in force: {}; what was read before stays", file, problem);
            }
        }
    }

    private void take() {
        CommandLine root = flags.anew();
        Configuration next = flags.configurationOf(root);
        Set<String> changed = new TreeSet<>(current.values().keySet());
        changed.addAll(next.values().keySet());
        changed.removeIf(name -> Objects.equals(valueIn(current, name), valueIn(next, name)));
        String fixed = changed.stream()
                .filter(name -> !changeable.contains(name))
                .map(name -> "--" + name)
                .collect(Collectors.joining(", "));
        if (!fixed.isEmpty()) {
            throw new IllegalArgumentException(fixed + " cannot change while the command runs, restart it");
        }
        adopt.accept(ConfigFlags.parse(root, next).subcommand().commandSpec().userObject());
        LOG.info(
                "{} has changed and is in force: {}",
                file,
                changed.isEmpty() ? "all options are as before" : words(changed, next));
        current = next;
    }

    private String words(Set<String> changed, Configuration next) {
        return changed.stream()
                .map(name -> name + " is " + words(next, name) + ", was " + words(current, name))
                .collect(Collectors.joining("; "));
    }

    private static String words(Configuration configuration, String name) {
        String value = valueIn(configuration, name);
        return value == null ? "the default" : Shown.of(Redacted.of(value));
    }

    private static @Nullable String valueIn(Configuration configuration, String name) {
        return configuration.values().get(name);
    }
}
