package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
final class SeedSweepTest {
    @TempDir
    private Path folder;

    /** As the command does: simulated fleets are stopped and lied to, which is no news. */
    @BeforeAll
    static void silenceTheLog() {
        System.setProperty("org.slf4j.simpleLogger.log.dev.heartbeat", "off");
    }

    @Test
    void runsEverySeedOnceAndCounts() {
        SeedSweep sweep = new SeedSweep(10, 4, 2, null);
        List<Long> progress = Collections.synchronizedList(new ArrayList<>());
        sweep.run(progress::add, broken -> {});

        assertThat(progress).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(sweep.broken()).isZero();
        assertThat(sweep.summary()).startsWith("4 seeds from 10 in ").contains(" 0 broke a promise");
    }

    @Test
    void goesOnWhereItWasInterrupted() throws Exception {
        Path file = folder.resolve("sweep");
        new SeedSweep(1, 2, 1, file).run(step -> {}, broken -> {});
        List<Long> progress = new ArrayList<>();
        SeedSweep longer = new SeedSweep(1, 3, 1, file);
        longer.run(progress::add, broken -> {});

        assertThat(progress).containsExactly(2L, 3L);
        assertThat(longer.summary()).startsWith("3 seeds from 1 ");
    }

    @Test
    void fileOfAnotherSweepIsRefused() throws Exception {
        Path file = folder.resolve("sweep");
        new SeedSweep(1, 1, 1, file).run(step -> {}, broken -> {});
        assertThatThrownBy(() -> new SeedSweep(2, 1, 1, file))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("from seed 1");
        Files.writeString(file, "nonsense");
        assertThatThrownBy(() -> new SeedSweep(1, 1, 1, file)).isInstanceOf(Failure.class);
    }

    @Test
    void aFileThatCannotBeWrittenIsToldBeforeASeedIsRun() {
        List<Long> progress = new ArrayList<>();
        SeedSweep sweep = new SeedSweep(1, 1, 1, folder.resolve("no-such-folder/sweep"));

        assertThatThrownBy(() -> sweep.run(progress::add, broken -> {}))
                .isInstanceOf(Failure.class)
                .hasMessage("--resume is " + folder.resolve("no-such-folder/sweep")
                        + ", which cannot be written: no such file or folder");
        assertThat(progress).isEmpty();
    }

    @Test
    void failureOfASeedEndsTheSweepAndIsReported() {
        SeedSweep sweep = new SeedSweep(1, 1000, 2, null);

        assertThatThrownBy(() -> sweep.run(
                        step -> {
                            if (step > 0) {
                                throw new Failure("no more");
                            }
                        },
                        broken -> {}))
                .isInstanceOf(Failure.class)
                .hasMessage("no more");
    }

    @Test
    @Tag("long")
    void oneThatIsStoppedGoesOnLater() {
        Path file = folder.resolve("sweep");
        SeedSweep sweep = new SeedSweep(1, 1000, 1, file);
        sweep.run(step -> stopAt(2, step, sweep), broken -> {});

        assertThat(sweep.summary()).startsWith("2 seeds from 1 ");
        List<Long> progress = new ArrayList<>();
        new SeedSweep(1, 3, 1, file).run(progress::add, broken -> {});
        assertThat(progress).containsExactly(2L, 3L);
    }

    private static void stopAt(long last, long step, SeedSweep sweep) {
        if (step == last) {
            sweep.stop();
        }
    }
}
