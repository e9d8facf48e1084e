package dev.heartbeat;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasParameterTypes;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds core to its two promises: the arrows between its rooms point one way, and it has no time,
 * thread or dice of its own, so that a whole fleet can run in virtual time, repeatable by seed.
 */
@AnalyzeClasses(packages = "dev.heartbeat", importOptions = ImportOption.DoNotIncludeTests.class)
@Tag("once")
final class ArchitectureTest {

    private static final String ROOT = "dev.heartbeat";
    private static final String SPI = "dev.heartbeat.spi";
    private static final String OPTION = "dev.heartbeat.option";
    private static final String AUTH = "dev.heartbeat.auth";

    /** Each room may write to it. */
    private static final String LOG = "dev.heartbeat.internal.log";

    /**
     * The classes an application starts with, their builders, what they have counted, and whatever
     * is nested in these.
     */
    private static final DescribedPredicate<JavaClass> ENTRIES = resideInAPackage(ROOT)
            .and(nameMatching(".*\\.(Heartbeat(Server|Client)(Builder)?|\\w+Stats)(\\$.*)?"))
            .as("entry classes");

    private static final DescribedPredicate<JavaClass> VALUES =
            resideInAPackage(ROOT).and(not(ENTRIES)).as("values");

    private static final DescribedPredicate<JavaClass> OUTSIDE =
            resideInAnyPackage("java..", "org.slf4j..", "org.jctools..", "org.jspecify..");

    @ArchTest
    static final ArchRule everyClassHasARoom = classes()
            .should()
            .resideInAnyPackage(
                    ROOT,
                    SPI,
                    OPTION,
                    AUTH,
                    LOG,
                    room("server"),
                    room("client"),
                    room("admission"),
                    room("session"),
                    room("mux"),
                    room("node"),
                    room("liveness"),
                    room("frame"),
                    room("loop"),
                    room("queue"),
                    room("channel"))
            .because("a new room needs its arrows drawn here")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule entries = arrows(
            ENTRIES,
            ENTRIES.or(VALUES)
                    .or(resideInAnyPackage(
                            SPI,
                            OPTION,
                            AUTH,
                            LOG,
                            room("server"),
                            room("client"),
                            room("session"),
                            room("channel"),
                            room("node"))));

    @ArchTest
    static final ArchRule values = arrows(VALUES, VALUES.or(resideInAnyPackage(SPI, OPTION)));

    @ArchTest
    static final ArchRule spi = arrows(resideInAPackage(SPI), resideInAnyPackage(SPI, OPTION, LOG));

    @ArchTest
    static final ArchRule option = arrows(resideInAPackage(OPTION), resideInAPackage(OPTION));

    @ArchTest
    static final ArchRule auth = arrows(resideInAPackage(AUTH), resideInAPackage(AUTH));

    @ArchTest
    static final ArchRule server =
            arrows("server", "admission", "session", "channel", "mux", "node", "liveness", "frame", "loop", "queue");

    @ArchTest
    static final ArchRule client = arrows("client", "session", "channel", "mux", "liveness", "frame", "loop", "queue");

    @ArchTest
    static final ArchRule admission = arrows("admission");

    @ArchTest
    static final ArchRule session = arrows("session", "channel", "mux", "liveness", "frame", "loop", "queue");

    @ArchTest
    static final ArchRule channel = arrows("channel", "mux", "frame", "loop", "queue");

    @ArchTest
    static final ArchRule mux = arrows("mux", "frame", "loop", "queue");

    @ArchTest
    static final ArchRule node = arrows("node", "frame", "loop", "queue");

    @ArchTest
    static final ArchRule liveness = arrows("liveness", "loop");

    @ArchTest
    static final ArchRule frame = arrows("frame");

    @ArchTest
    static final ArchRule log =
            arrows(resideInAPackage(LOG), resideInAPackage(LOG).or(VALUES));

    @ArchTest
    static final ArchRule loop = arrows("loop", "frame");

    @ArchTest
    static final ArchRule queue = arrows("queue", "frame", "loop");

    @ArchTest
    static final ArchRule nothingHidden = noClasses()
            .should()
            .accessTargetWhere(describe("brings time, threads or chance of its own", ArchitectureTest::isHidden))
            .because("all of it comes from the event loop and the Environment")
            .allowEmptyShould(true);

    private static String room(String name) {
        return "dev.heartbeat.internal." + name + "..";
    }

    private static ArchRule arrows(String from, String... to) {
        String[] rooms = Stream.concat(Stream.of(from), Arrays.stream(to))
                .map(ArchitectureTest::room)
                .toArray(String[]::new);
        return arrows(
                resideInAPackage(room(from)),
                resideInAnyPackage(rooms).or(VALUES).or(resideInAnyPackage(SPI, AUTH, LOG)));
    }

    private static ArchRule arrows(DescribedPredicate<JavaClass> from, DescribedPredicate<JavaClass> to) {
        return classes()
                .that(from)
                .should()
                .onlyDependOnClassesThat(to.or(OUTSIDE))
                .allowEmptyShould(true);
    }

    private static boolean isHidden(JavaAccess<?> access) {
        AccessTarget target = access.getTarget();
        JavaClass owner = target.getOwner();
        String name = target.getName();
        boolean isNew = name.equals("<init>");
        return owner.isEquivalentTo(System.class) && name.matches("nanoTime|currentTimeMillis|identityHashCode")
                || owner.getPackageName().startsWith("java.time") && name.equals("now") && !takes(target, Clock.class)
                || owner.isEquivalentTo(Clock.class) && name.matches("system.*|tick.+")
                || owner.isEquivalentTo(Date.class) && isNew && takesNothing(target)
                // Threads.
                || owner.isAssignableTo(Thread.class)
                        && (isNew || name.matches("sleep|start|startVirtualThread|ofVirtual|ofPlatform"))
                || owner.isEquivalentTo(LockSupport.class) && name.matches("parkNanos|parkUntil")
                || owner.isAssignableTo(Timer.class)
                || owner.isEquivalentTo(Executors.class)
                || owner.isAssignableTo(ExecutorService.class) && (isNew || name.equals("commonPool"))
                || owner.isAssignableTo(CompletionStage.class)
                        && (name.matches("orTimeout|completeOnTimeout|delayedExecutor")
                                || name.endsWith("Async") && !takes(target, Executor.class))
                || owner.isAssignableTo(Collection.class) && name.equals("parallelStream")
                || owner.isAssignableTo(BaseStream.class) && name.equals("parallel")
                || owner.isEquivalentTo(Arrays.class) && name.startsWith("parallel")
                // Chance. A generator with a given seed is none.
                || owner.isAssignableTo(RandomGenerator.class) && isNew && takesNothing(target)
                || owner.isEquivalentTo(RandomGenerator.class) && name.matches("of|getDefault")
                || owner.isEquivalentTo(ThreadLocalRandom.class)
                || owner.isEquivalentTo(UUID.class) && name.equals("randomUUID")
                || name.equals("random") && (owner.isEquivalentTo(Math.class) || owner.isEquivalentTo(StrictMath.class))
                || owner.isEquivalentTo(Collections.class)
                        && name.equals("shuffle")
                        && !takes(target, RandomGenerator.class)
                // And what no peer's bytes may reach.
                || owner.isAssignableTo(ObjectInputStream.class);
    }

    private static boolean takes(AccessTarget target, Class<?> type) {
        return target instanceof HasParameterTypes called
                && called.getRawParameterTypes().stream().anyMatch(parameter -> parameter.isAssignableTo(type));
    }

    private static boolean takesNothing(AccessTarget target) {
        return target instanceof HasParameterTypes called
                && called.getRawParameterTypes().isEmpty();
    }

    /**
     * A rule that finds nothing may be a rule that cannot: each method of {@link Offender} has to
     * be found.
     */
    @Test
    void findsEachOffence() {
        String found = String.join(
                "\n",
                nothingHidden
                        .evaluate(new ClassFileImporter().importClasses(Offender.class))
                        .getFailureReport()
                        .getDetails());
        assertThat(Arrays.stream(Offender.class.getDeclaredMethods())
                        .filter(method -> !method.isSynthetic())
                        .map(method -> "Offender." + method.getName() + "("))
                .isNotEmpty()
                .allSatisfy(offence -> assertThat(found).contains(offence));
    }

    @Test
    void leavesTheInnocentAlone() {
        assertThat(nothingHidden
                        .evaluate(new ClassFileImporter().importClasses(Innocent.class))
                        .hasViolation())
                .isFalse();
    }

    @SuppressWarnings({"FutureReturnValueIgnored", "JavaUtilDate", "UnusedMethod"})
    private static final class Offender {
        Object nanoTime() {
            return System.nanoTime();
        }

        LongSupplier nanoTimeByReference() {
            return System::nanoTime;
        }

        Object currentTimeMillis() {
            return System.currentTimeMillis();
        }

        Object identityHashCode() {
            return System.identityHashCode(this);
        }

        Object now() {
            return Instant.now();
        }

        Object clock() {
            return Clock.systemUTC();
        }

        Object date() {
            return new Date();
        }

        void sleep() throws InterruptedException {
            Thread.sleep(1);
        }

        void park() {
            LockSupport.parkNanos(1);
        }

        Object thread() {
            return new Thread();
        }

        Object subclassOfThread() {
            return new Thread() {};
        }

        void start(Thread thread) {
            thread.start();
        }

        Object timer() {
            return new Timer();
        }

        Object executors() {
            return Executors.newCachedThreadPool();
        }

        Object orTimeout(CompletableFuture<?> future) {
            return future.orTimeout(1, TimeUnit.SECONDS);
        }

        Object completeOnTimeout(CompletableFuture<String> future) {
            return future.completeOnTimeout("", 1, TimeUnit.SECONDS);
        }

        Object delayedExecutor() {
            return CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);
        }

        Object runAsync() {
            return CompletableFuture.runAsync(() -> {});
        }

        Object thenApplyAsync(CompletionStage<?> stage) {
            return stage.thenApplyAsync(value -> value);
        }

        Object parallelStream(List<?> list) {
            return list.parallelStream();
        }

        Object parallel(Stream<?> stream) {
            return stream.parallel();
        }

        Object random() {
            return new Random();
        }

        Object mathRandom() {
            return Math.random();
        }

        Object threadLocalRandom() {
            return ThreadLocalRandom.current();
        }

        Object randomUuid() {
            return UUID.randomUUID();
        }

        void shuffle(List<?> list) {
            Collections.shuffle(list);
        }

        Object objectInputStream() throws IOException {
            return new ObjectInputStream(new ByteArrayInputStream(new byte[0]));
        }
    }

    @SuppressWarnings("UnusedMethod")
    private static final class Innocent {
        Object seeded() {
            return new Random(1);
        }

        Object nowOfAGivenClock(Clock clock) {
            return Instant.now(clock);
        }

        Object asyncOnAGivenExecutor(CompletionStage<?> stage, Executor executor) {
            return stage.thenApplyAsync(value -> value, executor);
        }

        void shuffleByGivenDice(List<?> list, Random random) {
            Collections.shuffle(list, random);
        }
    }
}
