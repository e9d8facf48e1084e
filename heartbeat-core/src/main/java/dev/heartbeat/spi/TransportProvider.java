package dev.heartbeat.spi;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Finds a transport on the class path or module path, by {@link java.util.ServiceLoader}.
 *
 * <p>Where several are present, the available one with the highest {@link #priority()} is taken, unless the application
 * names a transport itself. A provider has a public constructor without arguments and does nothing in it.
 */
public interface TransportProvider {

    /** A short lower-case name, such as {@code nio}, for logs and for choosing by name. */
    String name();

    /** Higher is preferred. The plain {@code java.nio} transport has 0. */
    int priority();

    /** Whether this machine can run it. Must not throw, whatever is missing; may be called more than once. */
    boolean isAvailable();

    /**
     * Starts a transport; the caller closes it.
     *
     * @throws IllegalStateException if this machine cannot run it; the message says why
     */
    Transport create(TransportOptions options);

    /** The available one with the highest {@link #priority()}. */
    static Optional<TransportProvider> best() {
        return present().stream()
                .filter(TransportProvider::isAvailable)
                .max(Comparator.comparingInt(TransportProvider::priority));
    }

    /**
     * The one of this {@link #name()}, whether it is available or not.
     *
     * @throws IllegalArgumentException if there is none; the message names those that are present
     */
    static TransportProvider named(String name) {
        List<TransportProvider> present = present();
        return present.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("transport is '" + name + "', allowed is what is present: "
                                + String.join(
                                        ", ",
                                        present.stream()
                                                .map(TransportProvider::name)
                                                .sorted()
                                                .toList())));
    }

    private static List<TransportProvider> present() {
        return ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
