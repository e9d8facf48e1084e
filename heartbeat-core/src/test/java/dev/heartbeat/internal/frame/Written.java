package dev.heartbeat.internal.frame;

import dev.heartbeat.spi.Connection;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/** Collects the bytes that an encoder writes. The encoder asks its connection for room only. */
final class Written {
    private Written() {}

    static byte[] by(Consumer<FrameEncoder> writes) {
        ByteBuffer all = ByteBuffer.allocate(64 * 1024);
        Connection connection = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    if (!method.getName().equals("reserve")) {
                        throw new AssertionError(method + " was called");
                    }
                    if ((int) arguments[0] < 1 || (int) arguments[0] > 65_536) {
                        throw new AssertionError("reserved " + arguments[0]);
                    }
                    return all;
                });
        writes.accept(new FrameEncoder(connection));
        return Arrays.copyOf(all.array(), all.position());
    }
}
