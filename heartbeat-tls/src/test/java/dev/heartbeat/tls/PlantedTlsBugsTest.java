package dev.heartbeat.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.heartbeat.planted.BuggyClasses;
import dev.heartbeat.planted.PlantedBug;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Checks the tests: bugs are planted in the layer, one at a time, and the test that each names must fail. */
@Tag("once")
final class PlantedTlsBugsTest {
    private static final Path SOURCES = Path.of("..");
    private static final String FOUND_BY = "found by";
    private static final long PATIENCE_SECONDS = 120;

    static List<PlantedBug> bugs() {
        return PlantedBug.all(SOURCES);
    }

    /** A bug whose text is gone would be found by nobody. */
    @ParameterizedTest
    @MethodSource("bugs")
    void textOfBugIsThere(PlantedBug bug) {
        assertThat(bug.mutated()).isNotEqualTo(bug.original());
    }

    @ParameterizedTest
    @ValueSource(strings = {"held-bytes-kept", "bad-certificate-replaces-good"})
    void someBugsAreFound(String name) throws Exception {
        isFound(PlantedBug.named(SOURCES, name));
    }

    @ParameterizedTest
    @MethodSource("bugs")
    @Tag("long")
    void everyBugIsFound(PlantedBug bug) throws Exception {
        isFound(bug);
    }

    /** The finding is due to the bug, not to the machinery. */
    private static void isFound(PlantedBug bug) throws Exception {
        String test = bug.field(FOUND_BY);
        TestExecutionSummary without = run(test, BuggyClasses.without());
        assertThat(without.getTestsSucceededCount()).as(test).isPositive();
        assertThat(without.getTotalFailureCount()).as(test).isZero();

        TestExecutionSummary with = run(test, BuggyClasses.with(bug));
        assertThat(with.getTestsFailedCount())
                .as("%s, which %s finds", bug.name(), test)
                .isPositive();
    }

    private static TestExecutionSummary run(String test, BuggyClasses classes) throws Exception {
        CompletableFuture<TestExecutionSummary> summary = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        summary.complete(runHere(test, classes));
                    } catch (Throwable e) {
                        summary.completeExceptionally(e);
                    }
                },
                "a planted bug");
        thread.setDaemon(true);
        thread.setContextClassLoader(classes);
        thread.start();
        return summary.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static TestExecutionSummary runHere(String test, BuggyClasses classes) throws ClassNotFoundException {
        String[] names = test.split("#", 2);
        Class<?> type = classes.loadClass(PlantedTlsBugsTest.class.getPackageName() + "." + names[0]);
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectMethod(type, names[1]))
                                .build(),
                        listener);
        return listener.getSummary();
    }
}
