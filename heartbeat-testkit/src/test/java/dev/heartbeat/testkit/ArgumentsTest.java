package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNodeListener;
import dev.heartbeat.ChannelAcceptor;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ClientListener;
import dev.heartbeat.ClientOptions;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.MessageHandler;
import dev.heartbeat.MessageSpan;
import dev.heartbeat.MessageTracer;
import dev.heartbeat.Networks;
import dev.heartbeat.NodeListener;
import dev.heartbeat.RequestHandler;
import dev.heartbeat.RoutePolicy;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.option.Option;
import dev.heartbeat.option.OptionList;
import dev.heartbeat.option.OptionSetters;
import dev.heartbeat.spi.Acceptor;
import dev.heartbeat.spi.ClientLayer;
import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.ConnectionLayer;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.Environment;
import dev.heartbeat.spi.EventLoop;
import dev.heartbeat.spi.Listener;
import dev.heartbeat.spi.LoopAgent;
import dev.heartbeat.spi.LoopFailures;
import dev.heartbeat.spi.Recorder;
import dev.heartbeat.spi.RecorderProvider;
import dev.heartbeat.spi.Resolver;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import dev.heartbeat.testkit.Scene.Held;
import dev.heartbeat.testkit.Scene.Stage;
import java.lang.reflect.Executable;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Arguments are judged on the caller's thread, before anything changes. All public methods are
 * tried that can be reached from the entry classes; they are found by reflection, so a new one is
 * tried too.
 */
final class ArgumentsTest {
    private static final Set<Class<?>> API =
            ApiCalls.reachableFrom(HeartbeatServer.class, HeartbeatClient.class, TransportProvider.class);

    /**
     * The other side of them calls: the bus those of the application, and core those of a
     * transport, whose contract is tested elsewhere.
     */
    private static final Set<Class<?>> CALLED_BY_THE_BUS = Set.of(
            AttachedNodeListener.class,
            Authenticator.class,
            ChannelAcceptor.class,
            ChannelListener.class,
            ClientListener.class,
            MessageHandler.class,
            MessageSpan.class,
            MessageTracer.class,
            NodeListener.class,
            RequestHandler.class,
            RoutePolicy.class,
            Acceptor.class,
            ClientLayer.class,
            Connection.class,
            ConnectionHandler.class,
            ConnectionLayer.class,
            Connector.class,
            Environment.class,
            Listener.class,
            LoopAgent.class,
            LoopFailures.class,
            Recorder.class,
            RecorderProvider.class,
            Resolver.class,
            TransportProvider.class);

    private final ApiCalls calls = new ApiCalls();

    ArgumentsTest() {
        calls.add(ChannelOptions.class, ChannelOptions.defaults());
        calls.add(TransportOptions.class, TransportOptions.defaults());
        calls.add(ClientOptions.class, ClientOptions.defaults());
        calls.add(ServerOptions.class, ServerOptions.defaults());
        calls.add(OptionSetters.class, ChannelOptions.builder());
        calls.add(Networks.class, Networks.none());
        calls.add(InetAddress.class, InetAddress.getLoopbackAddress());
        calls.add(Object.class, "any");
        calls.add(
                EventLoop.class,
                new Simulation(1).newHost("any").transport().eventLoops().get(0));
    }

    // ---- null

    @ParameterizedTest
    @EnumSource
    void nullIsRefusedByItsNameAndNothingChanges(Stage stage) {
        Scene untouched = new Scene(stage);
        Scene tried = new Scene(stage);
        List<String> accepted = tried.held().stream()
                .flatMap(held -> ApiCalls.members(held.type())
                        .filter(ApiCalls::isOfObject)
                        .flatMap(method -> calls.acceptedNulls(method, held.it()).stream())
                        .map(wrong -> held.what() + ": " + wrong))
                .toList();
        assertThat(accepted).isEmpty();
        assertThat(tried.restOfItsLife()).isEqualTo(untouched.restOfItsLife());
    }

    @Test
    void nullIsRefusedByValuesAndBuilders() {
        List<String> accepted = API.stream()
                .flatMap(type -> ApiCalls.members(type)
                        .filter(member ->
                                !ApiCalls.isOfObject(member) || newValues().containsKey(type))
                        .flatMap(member -> calls.acceptedNulls(member, valueOf(type, member)).stream()))
                .toList();
        assertThat(accepted).isEmpty();
    }

    private @Nullable Object valueOf(Class<?> type, Executable member) {
        return ApiCalls.isOfObject(member) ? newValues().get(type) : null;
    }

    /** Calls that need no bus. */
    private static Map<Class<?>, Object> newValues() {
        Map<Class<?>, Object> values = new HashMap<>();
        values.put(HeartbeatServer.Builder.class, HeartbeatServer.builder());
        values.put(HeartbeatClient.Builder.class, HeartbeatClient.builder());
        values.put(ChannelOptions.Builder.class, ChannelOptions.builder());
        values.put(ClientOptions.Builder.class, ClientOptions.builder());
        values.put(TransportOptions.Builder.class, TransportOptions.builder());
        values.put(ServerOptions.Builder.class, ServerOptions.builder());
        values.put(Grant.class, Grant.to("any"));
        values.put(Networks.class, Networks.none());
        values.put(Option.class, ChannelOptions.descriptions().get(0));
        values.put(Option.Definition.class, new OptionList<>(ChannelOptions.class).flag("any", options -> true));
        return values;
    }

    /** Else a new type would go untried. */
    @Test
    void everyTypeIsTriedThatTakesSomething() {
        Set<Class<?>> values = newValues().keySet();
        List<Class<?>> held = new Scene(Stage.REGISTERED)
                .held().stream().<Class<?>>map(Held::type).toList();
        assertThat(API)
                .filteredOn(type -> !CALLED_BY_THE_BUS.contains(type))
                .filteredOn(type -> ApiCalls.members(type)
                        .anyMatch(method -> ApiCalls.isOfObject(method) && method.getParameterCount() > 0))
                .filteredOn(type -> !values.contains(type) && !held.contains(type))
                .isEmpty();
        assertThat(held).hasSizeGreaterThan(25);
    }
}
