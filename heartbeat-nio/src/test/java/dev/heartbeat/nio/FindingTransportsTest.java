package dev.heartbeat.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.TransportProvider;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The transport is found whatever the class loader of the thread is, and whatever else lies on the
 * class path.
 */
final class FindingTransportsTest {

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void isFoundByAThreadWithoutAClassLoaderOrWithAForeignOne() {
        for (ClassLoader loader : new ClassLoader[] {null, ClassLoader.getPlatformClassLoader()}) {
            Thread.currentThread().setContextClassLoader(loader);
            assertThat(TransportProvider.best()).map(TransportProvider::name).contains("nio");
            assertThat(TransportProvider.named("nio")).isInstanceOf(NioTransportProvider.class);
        }
    }

    @Test
    void isFoundOnceByBoth() {
        assertThat(TransportProvider.present())
                .extracting(TransportProvider::name)
                .containsOnlyOnce("nio");
    }

    @Test
    void brokenProvidersHideNoOther(@TempDir Path folder) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(TransportProvider.class.getName()),
                String.join(
                        "\n",
                        "no.such.Provider",
                        Lacking.class.getName(),
                        Throwing.class.getName(),
                        "java.lang.String"));
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            assertThat(TransportProvider.present())
                    .extracting(TransportProvider::name)
                    .containsAll(List.of("nio", "throwing"));
            assertThat(TransportProvider.best()).map(TransportProvider::name).contains("nio");
        }
    }

    /** As one whose library is not there. */
    public static final class Lacking extends Throwing {
        public Lacking() {
            throw new NoClassDefFoundError("planted");
        }
    }

    /** As one that breaks its word. */
    public static class Throwing extends Nothing {
        public Throwing() {}

        @Override
        public boolean isAvailable() {
            throw new NoClassDefFoundError("planted");
        }
    }

    /** One that is preferred. */
    abstract static class Nothing implements TransportProvider {

        @Override
        public String name() {
            return "throwing";
        }

        @Override
        public int priority() {
            return 1_000;
        }

        @Override
        public dev.heartbeat.spi.Transport create(dev.heartbeat.spi.TransportOptions options) {
            throw new AssertionError();
        }
    }
}
