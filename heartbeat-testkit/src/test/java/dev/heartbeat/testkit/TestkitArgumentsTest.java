package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Arguments of the testkit's classes are checked like those of the bus. */
final class TestkitArgumentsTest {
    private static final Set<Class<?>> TESTKIT = Set.of(
            Simulation.class, Host.class, LinkSettings.class, ToxicProxy.class, Toxics.class, ScriptedPeer.class);

    private final ApiCalls calls = new ApiCalls();

    TestkitArgumentsTest() {
        Simulation other = new Simulation(1);
        Host host = other.newHost("other");
        calls.add(String.class, "REPLACED"); // A name of anything, and the reason of a GO_AWAY.
        calls.add(Host.class, host);
        calls.add(LinkSettings.class, LinkSettings.LAN);
        calls.add(Transport.class, host.transport());
        calls.add(EventLoop.class, host.transport().eventLoops().get(0));
        calls.add(TransportOptions.class, TransportOptions.defaults());
        calls.add(CompletableFuture.class, CompletableFuture.completedFuture(null));
        calls.add(String[].class, new String[] {"10.0.0.1"});
    }

    private static Map<Class<?>, Object> held(ToxicProxy proxy) {
        Simulation world = new Simulation(1);
        Host host = world.newHost("host", 2);
        Map<Class<?>, Object> held = new LinkedHashMap<>();
        held.put(Simulation.class, world);
        held.put(Host.class, host);
        held.put(LinkSettings.class, LinkSettings.LAN);
        held.put(ToxicProxy.class, proxy);
        held.put(Toxics.class, proxy.toClient());
        held.put(ScriptedPeer.class, ScriptedPeer.server(host.transport()));
        return held;
    }

    private static ToxicProxy proxy() throws IOException {
        return ToxicProxy.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9));
    }

    @Test
    void nullIsRefusedByItsName() throws IOException {
        try (ToxicProxy proxy = proxy()) {
            Map<Class<?>, Object> held = held(proxy);
            List<String> accepted = TESTKIT.stream()
                    .flatMap(type -> ApiCalls.members(type)
                            .flatMap(member -> calls.acceptedNulls(member, held.get(type)).stream()))
                    .toList();
            assertThat(accepted).isEmpty();
        }
    }

    @Test
    void durationsAreTakenAsFarAsTheyGoOrRefusedByTheirName() throws IOException {
        List<String> wrong = new ArrayList<>();
        try (ToxicProxy proxy = proxy()) {
            for (Class<?> type : TESTKIT) {
                for (Executable member : ApiCalls.members(type).toList()) {
                    for (int i = 0; i < member.getParameterCount(); i++) {
                        if (member.getParameterTypes()[i] == Duration.class
                                && !member.getName().equals("verify")) { // That waits.
                            tryAll(member, i, held(proxy).get(type), wrong);
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private void tryAll(Executable member, int parameter, Object target, List<String> wrong) {
        for (Duration odd : List.of(
                Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ofSeconds(-1),
                Duration.ZERO,
                Duration.ofNanos(1),
                Duration.ofMillis(Long.MAX_VALUE),
                ChronoUnit.FOREVER.getDuration(),
                ChronoUnit.FOREVER.getDuration(),
                ChronoUnit.FOREVER.getDuration())) {
            Object[] arguments = calls.arguments(member);
            arguments[parameter] = odd;
            Throwable thrown = ApiCalls.thrownBy(member, target, arguments);
            boolean mustFail = odd.isNegative() && !member.getName().equals("stepWallClock");
            boolean isRefusal = thrown instanceof IllegalArgumentException
                    && String.valueOf(thrown.getMessage()).contains(" is " + odd + ", allowed is ");
            if (thrown == null ? mustFail : !isRefusal) {
                wrong.add(ApiCalls.textOf(member) + " of " + odd + ": " + thrown);
            }
        }
    }
}
