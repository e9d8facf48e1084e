package dev.heartbeat.netty;

import java.util.Optional;

/**
 * Whether the Netty that is on the class path is one that the transport can run on. Touches no
 * class of Netty by its name in the code, since an older one lacks many of them: to run into that
 * would be an error that hides every other transport.
 */
final class NettyOnPath {

    private NettyOnPath() {}

    /** Why the transport cannot run on it; empty if it can. */
    static Optional<String> objection() {
        if (has("io.netty.channel.IoEventLoopGroup") && has("io.netty.channel.epoll.EpollIoHandler")) {
            return Optional.empty();
        }
        return Optional.of("it needs Netty 4.2, and " + found()
                + " is on the class path; with Spring Boot, set the property netty.version");
    }

    private static boolean has(String name) {
        try {
            load(name);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static Class<?> load(String name) throws ClassNotFoundException {
        return Class.forName(name, false, NettyOnPath.class.getClassLoader());
    }

    private static String found() {
        try {
            Package of = load("io.netty.channel.EventLoopGroup").getPackage();
            String version = of == null ? null : of.getImplementationVersion();
            return version == null ? "another version" : "Netty " + version;
        } catch (ClassNotFoundException | LinkageError e) {
            return "no Netty";
        }
    }
}
