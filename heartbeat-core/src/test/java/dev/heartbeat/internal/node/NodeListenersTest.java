package dev.heartbeat.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.NodeListener;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class NodeListenersTest {
    /** A new call of the interface that is not passed on would end in its default. */
    @Test
    void everyCallIsPassedOn() {
        assertThat(calls(NodeListener.class))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(calls(NodeListeners.class))
                        .anyMatch(own -> own.getName().equals(call.getName())
                                && Arrays.equals(own.getParameterTypes(), call.getParameterTypes())));
    }

    @Test
    void aSingleOneIsUsedAsItIs() {
        NodeListener only = new NodeListener() {};
        assertThat(NodeListeners.of(List.of(only), (of, failure) -> {})).isSameAs(only);
    }

    private static Stream<Method> calls(Class<?> of) {
        return Arrays.stream(of.getDeclaredMethods()).filter(method -> !method.isSynthetic());
    }
}
