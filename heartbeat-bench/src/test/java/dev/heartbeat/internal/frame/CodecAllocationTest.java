package dev.heartbeat.internal.frame;

import dev.heartbeat.bench.fake.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Frames that come often are made and read without garbage. Those of a registration are objects for
 * the application, and others have a HEAD.
 */
final class CodecAllocationTest {
    private static final Blackhole HOLE = new Blackhole(
            "Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.");

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = "REGISTER.*")
    void encoding(Sample frame) throws Exception {
        Allocation.assertNone(benchmark(frame)::encode);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = "REGISTER.*|.*_HEAD")
    void decoding(Sample frame) throws Exception {
        Allocation.assertNone(benchmark(frame)::decode);
    }

    private static CodecBenchmark benchmark(Sample frame) {
        CodecBenchmark benchmark = new CodecBenchmark();
        benchmark.frame = frame;
        benchmark.prepare(HOLE);
        return benchmark;
    }

    @Test
    void decodingFramesThatComeTogether() throws Exception {
        ChunkedDecodeBenchmark benchmark = new ChunkedDecodeBenchmark();
        benchmark.prepare(HOLE);
        benchmark.bytesPerRead = 100_000;
        Allocation.assertNone(benchmark::decode);
    }
}
