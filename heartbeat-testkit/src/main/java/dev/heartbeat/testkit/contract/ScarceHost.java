package dev.heartbeat.testkit.contract;

import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The process of {@link ScarcityContract}: starts the transport of the provider it is given, prints
 * its port, and does what a byte on a connection asks for. Its main returns at once.
 */
final class ScarceHost implements Acceptor, LoopAgent {

    /** Answers a second later with the CPU time its loop took meanwhile, in nanoseconds. */
    static final int REST_A_SECOND = 1;

    /** Closes the transport. */
    static final int LEAVE = 2;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Transport transport;
    private final EventLoop loop;
    private @Nullable Connection asker;
    private long cpuBefore;

    private ScarceHost(Transport transport) {
        this.transport = transport;
        this.loop = transport.eventLoops().get(0);
    }

    public static void main(String[] args) throws Exception {
        Transport transport = TransportProvider.named(args[0])
                .create(TransportOptions.builder().eventLoops(1).build());
        ScarceHost host = new ScarceHost(transport);
        host.loop.agent(loop -> host);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        System.out.println(transport.listen(anyPort, host).get().localAddress().getPort());
    }

    @Override
    public boolean onAccept(InetSocketAddress remote) {
        return true;
    }

    @Override
    public ConnectionHandler onOpen(Connection connection) {
        return new Guest(connection);
    }

    private void obey(int order, Connection from) {
        if (order == LEAVE) {
            transport.close();
        } else {
            asker = from;
            cpuBefore = threads.getCurrentThreadCpuTime();
            loop.wakeAt(loop.nowNs() + TimeUnit.SECONDS.toNanos(1));
        }
    }

    @Override
    public void onWake(long nowNs) {
        if (asker != null) {
            asker.reserve(Long.BYTES).putLong(threads.getCurrentThreadCpuTime() - cpuBefore);
            asker.flush();
        }
    }

    private final class Guest implements ConnectionHandler {

        private final Connection connection;

        Guest(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void onRead(ByteBuffer bytes) {
            obey(bytes.get(), connection);
        }

        @Override
        public void onWritable() {}

        @Override
        public void onFlushed(long total) {}

        @Override
        public void onClosed(@Nullable Throwable cause) {}
    }
}
