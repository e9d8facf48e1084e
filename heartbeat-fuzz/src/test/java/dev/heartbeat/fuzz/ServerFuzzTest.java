package dev.heartbeat.fuzz;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server among peers that send anything, in any pieces, at any time. */
@Tag("M8")
@Tag("M48")
final class ServerFuzzTest {
    private static final ErrorLog LOG = new ErrorLog();

    static Stream<byte[]> seeds() {
        return Stories.ofAClient();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverPeersSendHurtsNobodyElse(byte[] input) {
        fuzzerTestOneInput(input);
    }

    /** Jazzer finds it by this name. */
    public static void fuzzerTestOneInput(byte[] input) {
        ServerWorld world = new ServerWorld(input, LOG);
        world.play();
        world.checkAfterwards();
    }
}
