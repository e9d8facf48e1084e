package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.nio.NioTransportProvider;
import dev.heartbeat.spi.TransportProvider;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/**
 * On a class path without the Netty that the transport needs, as where a framework decides on an
 * older one.
 */
final class OtherNettyTest {

    @Test
    void theBusRunsOnJavaNioAndIsToldWhy() throws Exception {
        List<URL> path = new ArrayList<>();
        for (Class<?> of : List.of(
                HeartbeatServer.class,
                NioTransportProvider.class,
                NettyTransportProvider.class,
                Logger.class,
                Class.forName("org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue"))) {
            path.add(of.getProtectionDomain().getCodeSource().getLocation());
        }
        // The folder of resources, if the build keeps them apart from classes.
        path.add(resource(NettyTransportProvider.class));
        path.add(resource(NioTransportProvider.class));
        try (URLClassLoader application =
                new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            Class<?> provider = application.loadClass(TransportProvider.class.getName());
            List<?> present = (List<?>) provider.getMethod("present").invoke(null);
            assertThat(present).extracting(one -> call(provider, one, "name")).contains("nio", "netty", "netty-epoll");
            for (Object one : present) {
                boolean isNio = call(provider, one, "name").equals("nio");
                assertThat(call(provider, one, "isAvailable")).isEqualTo(isNio);
                if (!isNio) {
                    assertThat(((Optional<?>) call(provider, one, "objection")).orElseThrow())
                            .asString()
                            .contains("needs Netty 4.2", "no Netty is on the class path", "netty.version");
                }
            }
            Object best = ((Optional<?>) provider.getMethod("best").invoke(null)).orElseThrow();
            assertThat(call(provider, best, "name")).isEqualTo("nio");
        }
    }

    private static Object call(Class<?> type, Object on, String method) {
        try {
            return type.getMethod(method).invoke(on);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static URL resource(Class<?> provider) throws Exception {
        String name = "META-INF/services/" + TransportProvider.class.getName();
        for (URL url :
                java.util.Collections.list(OtherNettyTest.class.getClassLoader().getResources(name))) {
            String text = new String(url.openStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (text.contains(provider.getName())) {
                String whole = url.toString();
                String root = whole.substring(0, whole.length() - name.length());
                return new URL(root.startsWith("jar:") ? root.substring(4, root.length() - 2) : root);
            }
        }
        throw new AssertionError(provider + " is not registered");
    }
}
