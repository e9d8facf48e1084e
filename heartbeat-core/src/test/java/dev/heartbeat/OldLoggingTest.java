package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On a class path that brings slf4j 1.7, as that of an older framework does: its loggers lack a
 * method that loops would call later.
 */
final class OldLoggingTest {
    private static final String LOGGER = """
        package org.slf4j;
        public interface Logger {
            void debug(String s); void debug(String s, Object a); void debug(String s, Object a, Object b); void debug(String s, Object... a); void debug(String s, Throwable e);
            void info(String s); void info(String s, Object a); void info(String s, Object a, Object b); void info(String s, Object... a);
            void warn(String s); void warn(String s, Object a); void warn(String s, Object a, Object b); void warn(String s, Object... a);
            void error(String s); void error(String s, Object a); void error(String s, Object a, Object b); void error(String s, Object... a); void error(String s, Throwable e);
        }
        """;

    private static final String FACTORY = """
        package org.slf4j;
        public final class LoggerFactory {
            public static Logger getLogger(Class<?> of) {
                return (Logger) java.lang.reflect.Proxy.newProxyInstance(
                        Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, (logger, method, arguments) -> null);
            }
        }
        """;

    @TempDir
    @Nullable
    Path folder;

    @Test
    void serverAndClientRefuseInOneLineThatNamesTheVersion() throws Exception {
        URL[] path = {
            oldLogging().toUri().toURL(), home(HeartbeatServer.class), home(MpscUnboundedVarHandleArrayQueue.class)
        };
        try (URLClassLoader application = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            for (String entry : List.of("Server start", "Server startAsync", "Client connect")) {
                String[] words = entry.split(" ", 2);
                Class<?> type = application.loadClass("dev.heartbeat.Heartbeat" + words[0]);
                Object builder = type.getMethod("builder").invoke(null);
                if (words[0].equals("Client")) {
                    builder.getClass().getMethod("nodeId", String.class).invoke(builder, "n1");
                }
                Throwable thrown = thrownBy(builder, words[1]);
                assertThat(thrown.getClass().getName()).isEqualTo(HeartbeatException.class.getName());
                assertThat(thrown).hasMessageContaining("1.7.36").hasMessageContaining("slf4j-api 2.0");
                assertThat(thrown.getMessage().lines()).hasSize(1);
            }
        }
    }

    private static Throwable thrownBy(Object builder, String method) throws ReflectiveOperationException {
        try {
            builder.getClass().getMethod(method).invoke(builder);
            return new AssertionError("nothing thrown");
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
    }

    private static URL home(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private Path oldLogging() throws IOException {
        Path sources = Files.createDirectories(folder.resolve("org/slf4j"));
        List<String> arguments = new ArrayList<>(List.of("-d", folder.toString(), "-proc:none", "-cp", ""));
        arguments.add(Files.writeString(sources.resolve("Logger.java"), LOGGER).toString());
        arguments.add(Files.writeString(sources.resolve("LoggerFactory.java"), FACTORY)
                .toString());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, arguments.toArray(new String[0])))
                .isZero();

        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "1.7.36");
        Path jar = folder.resolve("slf4j-api.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream classes = new JarOutputStream(out, manifest)) {
            for (String name : List.of("org/slf4j/Logger.class", "org/slf4j/LoggerFactory.class")) {
                classes.putNextEntry(new JarEntry(name));
                Files.copy(folder.resolve(name), classes);
                classes.closeEntry();
            }
        }
        return jar;
    }
}
