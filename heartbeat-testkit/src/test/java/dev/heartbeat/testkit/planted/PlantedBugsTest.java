package dev.heartbeat.testkit.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.planted.BuggyClasses;
import dev.heartbeat.planted.PlantedBug;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks the checker: bugs are planted in core, one at a time, and the fleets under seeded faults
 * must find each. docs/TESTING.md has the table.
 */
@Tag("once")
final class PlantedBugsTest {
    private static final Path CORE = Path.of("../heartbeat-core/src/main/java");
    private static final int SEEDS = 2000;

    /**
     * A change of core changes what every seed does, so that one of the seeds that follow may have
     * to find the bug.
     */
    private static final int NEARBY = 100;

    static List<PlantedBug> bugs() {
        return PlantedBug.all(CORE);
    }

    /** The first that finds it. */
    private static long seed(PlantedBug bug) {
        return Long.parseLong(bug.field("seed"));
    }

    private static LongStream nearby(PlantedBug bug) {
        return LongStream.rangeClosed(seed(bug), seed(bug) + NEARBY);
    }

    /** A bug whose text is gone would be found by nobody. */
    @ParameterizedTest
    @MethodSource("bugs")
    void textOfBugIsThere(PlantedBug bug) {
        assertThat(bug.mutated()).isNotEqualTo(bug.original());
    }

    @ParameterizedTest
    @MethodSource("bugs")
    @Tag("long")
    void bugCompiles(PlantedBug bug) {
        assertThat(BuggyClasses.with(bug)).isNotNull();
    }

    /** At least one of every room of core. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "one-frame-per-read",
                "decoder-remainder-lost",
                "fragment-offset",
                "outbox-not-held",
                "only-heartbeats-are-life",
                "executor-newest-first",
                "wheel-slot-skipped",
                "registry-counts-off",
                "linger-never-ends",
                "leaving-reconnects",
                "closed-client-registers",
                "message-follows-buffer",
                "leaves-before-handled"
            })
    void bugIsFoundFromItsSeedOn(String name) {
        PlantedBug bug = PlantedBug.named(CORE, name);

        Hunt.Catch found = Hunt.seeds(BuggyClasses.with(bug), bug.field("breaks"), nearby(bug));
        assertThat(found.isCaught())
                .as("%s, which breaks %s", bug.name(), bug.field("breaks"))
                .isTrue();
    }

    /** The finding is due to the bug, not to the machinery. */
    @Test
    void coreAsItIsHasNoneOfThem() {
        List<Long> seeds = bugs().stream().map(PlantedBugsTest::seed).distinct().toList();

        assertThat(seeds).isNotEmpty();
        LongStream.of(1, 2, 3)
                .forEach(seed -> assertThat(Hunt.seeds(BuggyClasses.without(), "", LongStream.of(seed))
                                .violation())
                        .isEmpty());
    }

    @Test
    @Tag("long")
    void everyBugIsFoundFromItsSeedOn() throws InterruptedException, ExecutionException {
        assertThat(hunt(PlantedBugsTest::nearby)).allMatch(Hunt.Catch::isCaught);
    }

    /** The whole search, of ten minutes or more. It prints the table of docs/TESTING.md. */
    @Test
    @Tag("hunt")
    void everyBugIsFoundWithinTwoThousandSeeds() throws InterruptedException, ExecutionException {
        assertThat(hunt(bug -> LongStream.rangeClosed(1, SEEDS))).allMatch(Hunt.Catch::isCaught);
    }

    /** Searches all bugs, on all processors, and prints each row as soon as those before it are known. */
    private static List<Hunt.Catch> hunt(Function<PlantedBug, LongStream> seeds)
            throws InterruptedException, ExecutionException {
        ThreadFactory daemons = Executors.defaultThreadFactory();
        ExecutorService hunters =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), daemons);
        try {
            List<PlantedBug> bugs = bugs();
            List<Future<Hunt.Catch>> hunts = new ArrayList<>();
            for (PlantedBug bug : bugs) {
                hunts.add(hunters.submit(
                        () -> Hunt.seeds(BuggyClasses.with(bug), bug.field("breaks"), seeds.apply(bug))));
            }
            List<Hunt.Catch> catches = new ArrayList<>();
            System.out.println("| bug | what is wrong | found as | by seed |");
            System.out.println("| --- | --- | --- | ---: |");
            for (int i = 0; i < bugs.size(); i++) {
                Hunt.Catch found = hunts.get(i).get();
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %s | %s | %s |%n",
                        bugs.get(i).name(),
                        bugs.get(i).title(),
                        found.isCaught() ? found.invariant() : "**nobody**",
                        found.isCaught() ? found.seed() : "–");
                catches.add(found);
            }
            return catches;
        } finally {
            hunters.shutdownNow();
        }
    }
}
