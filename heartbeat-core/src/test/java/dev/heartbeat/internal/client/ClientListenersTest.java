package dev.heartbeat.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ClientListener;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ClientListenersTest {
    /**
     * A new call of the interface that is not passed on would end in its default. The shorter form
     * of an end is each listener's own to call.
     */
    @Test
    void everyCallIsPassedOn() {
        assertThat(calls(ClientListener.class)
                        .filter(method -> method.getParameterCount() != 2
                                || !method.getName().equals("onDisconnected")))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(calls(ClientListeners.class))
                        .anyMatch(own -> own.getName().equals(call.getName())
                                && Arrays.equals(own.getParameterTypes(), call.getParameterTypes())));
    }

    @Test
    void aSingleOneIsUsedAsItIs() {
        ClientListener only = new ClientListener() {};
        assertThat(ClientListeners.of(List.of(only), "n1", (of, failure) -> {})).isSameAs(only);
    }

    private static Stream<Method> calls(Class<?> of) {
        return Arrays.stream(of.getDeclaredMethods()).filter(method -> !method.isSynthetic());
    }
}
