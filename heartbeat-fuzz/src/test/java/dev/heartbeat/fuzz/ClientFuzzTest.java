package dev.heartbeat.fuzz;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client whose server sends anything, in any pieces, at any time. */
@Tag("M8")
@Tag("M48")
final class ClientFuzzTest {
    private static final ErrorLog LOG = new ErrorLog();

    static Stream<byte[]> seeds() {
        return Stories.ofAServer();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverTheServerSendsTheClientStaysInOrder(byte[] input) {
        fuzzerTestOneInput(input);
    }

    /** Jazzer finds it by this name. */
    public static void fuzzerTestOneInput(byte[] input) {
        ClientWorld world = new ClientWorld(input, LOG);
        world.play();
        world.checkAfterwards();
    }
}
