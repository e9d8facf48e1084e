package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.TransportOptions;
import io.netty.channel.unix.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** That the options arrive at the kernel. */
@EnabledOnOs(OS.LINUX)
final class SocketOptionsTest {

    private static final int TCP = 6;
    private static final int USER_TIMEOUT = 18;
    private static final int NOT_SENT_LOW_WATER = 25;

    @Test
    void areThoseOfTheTransport() throws Exception {
        Socket socket = setUp(TransportOptions.builder()
                .sendBufferBytes(10_000)
                .receiveBufferBytes(20_000)
                .userTimeout(Duration.ofSeconds(30))
                .unsentLowWaterBytes(16_384)
                .build());
        // The kernel doubles both for its own bookkeeping.
        assertThat(socket.getSendBufferSize()).isEqualTo(20_000);
        assertThat(socket.getReceiveBufferSize()).isEqualTo(40_000);
        assertThat(socket.getIntOpt(TCP, USER_TIMEOUT)).isEqualTo(30_000);
        assertThat(socket.getIntOpt(TCP, NOT_SENT_LOW_WATER)).isEqualTo(16_384);
        assertThat(socket.isTcpNoDelay()).isTrue();
        assertThat(socket.isKeepAlive()).isTrue();
        socket.close();
    }

    @Test
    void areTheSystemsWhereNothingIsSaid() throws Exception {
        Socket untouched = Socket.newSocketStream();
        Socket socket = setUp(TransportOptions.defaults());
        assertThat(socket.getReceiveBufferSize()).isEqualTo(untouched.getReceiveBufferSize());
        assertThat(socket.getIntOpt(TCP, USER_TIMEOUT)).isEqualTo(untouched.getIntOpt(TCP, USER_TIMEOUT));
        assertThat(socket.getIntOpt(TCP, NOT_SENT_LOW_WATER)).isEqualTo(untouched.getIntOpt(TCP, NOT_SENT_LOW_WATER));
        untouched.close();
        socket.close();
    }

    private static Socket setUp(TransportOptions options) throws Exception {
        NettyIo.EPOLL.requireAvailable();
        SocketKind kind = NettyIo.EPOLL.sockets(options);
        NativeStream stream = (NativeStream) kind.open();
        kind.setUp(stream);
        return stream.socket();
    }
}
