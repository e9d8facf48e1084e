package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server tells systemd what becomes of it. */
@Tag("once")
final class ServiceManagerTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private EventLoopGroup loops;

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        if (loops != null) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void aServerIsReadyMakesProgressAndStops() throws Exception {
        String socket = listen(folder.resolve("notify").toString());
        try (CommandProcess server = new CommandProcess(
                CommandProcess.command("server", "--host=127.0.0.1", "--port=0", "--drain=3s"),
                Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "400000"))) {
            server.next("listening");

            assertThat(next()).isEqualTo("READY=1");
            assertThat(next()).isEqualTo("WATCHDOG=1");
            server.terminate();
            assertThat(server.awaitStatus()).isZero();
            String last = next();
            while (last.equals("WATCHDOG=1")) {
                last = next();
            }
            assertThat(last).isEqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=20000000");
        }
    }

    @Test
    void anAbstractNameIsOneToo() throws Exception {
        listen("\0heartbeat-" + ProcessHandle.current().pid());

        ServiceManager.of(Map.of(
                        "NOTIFY_SOCKET", "@heartbeat-" + ProcessHandle.current().pid()))
                .stopping(Duration.ofMillis(1));

        assertThat(next()).isEqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=1000");
    }

    /** Whoever feeds the watchdog is a thread that goes on, whatever the loops do. */
    @Test
    void aLoopWithoutProgressStarvesTheWatchdog() throws Exception {
        Duration watchdog = Duration.ofMillis(40);
        new ServiceManager(told::add, watchdog).ready(() -> watchdog.dividedBy(2));
        assertThat(next()).isEqualTo("READY=1");

        assertThat(told.poll(3 * watchdog.toMillis(), TimeUnit.MILLISECONDS)).isNull();
    }

    private String listen(String name) throws InterruptedException {
        assumeTrue(Epoll.isAvailable(), "no native epoll");
        loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        new Bootstrap()
                .group(loops)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        told.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(name))
                .sync();
        return name;
    }

    private String next() throws InterruptedException {
        return told.poll(30, TimeUnit.SECONDS);
    }
}
