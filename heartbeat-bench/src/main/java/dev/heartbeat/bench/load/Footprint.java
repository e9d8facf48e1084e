package dev.heartbeat.bench.load;

import dev.heartbeat.bench.process.Resident;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes that are held in memory while the connections are there; 0 where it is not known.
 *
 * @param heap of the server, what a collection leaves
 * @param direct its direct buffers
 * @param resident of its process
 * @param sockets what the kernel has for bytes that are on their way on any TCP connection of the
 *     machine
 * @param slab what the kernel has for its own objects, sockets of both ends among them
 */
public record Footprint(long heap, long direct, long resident, long sockets, long slab) {
    static final Footprint NONE = new Footprint(0, 0, 0, 0, 0);

    private static final long PAGE = 4096;
    private static final long KIB = 1024;

    static Footprint of(Target target) throws IOException {
        long[] own = target.isJava() ? target.requireProcess().numbers("memory") : new long[2];
        return new Footprint(
                own[0],
                own[1],
                target.pid() == 0 ? 0 : Resident.bytes(target.pid()),
                number("/proc/net/sockstat", "TCP:.* mem (\\d+).*") * PAGE,
                number("/proc/meminfo", "Slab: +(\\d+) kB") * KIB);
    }

    /** The part that was added since. */
    Footprint minus(Footprint before) {
        return new Footprint(
                heap - before.heap,
                direct - before.direct,
                resident - before.resident,
                sockets - before.sockets,
                slab - before.slab);
    }

    private static long number(String file, String pattern) throws IOException {
        Path path = Path.of(file);
        if (!Files.exists(path)) {
            return 0;
        }
        return Files.readAllLines(path).stream()
                .filter(line -> line.matches(pattern))
                .mapToLong(line -> Long.parseLong(line.replaceAll(pattern, "$1")))
                .findFirst()
                .orElse(0);
    }
}
