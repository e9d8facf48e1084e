package dev.heartbeat.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The processes that do the work of a command together. Their lines are passed on with their number
 * before them, their lines of numbers are added up, and they end together, also when this process
 * is killed: they notice by themselves.
 */
final class ProcessGroup {
    /**
     * The plan of its processes.
     *
     * @param name of the command
     * @param count how many
     * @param javaOptions for the Java of each
     * @param arguments for each by its number, from 1 on
     * @param startsAfter how long after the first was ready each is started
     * @param readyEvent the event by which a process reports that nothing was wrong with its
     *     options
     * @param replaces whether another process takes the place of one that ends by itself
     */
    record Plan(
            String name,
            int count,
            List<String> javaOptions,
            IntFunction<List<String>> arguments,
            IntFunction<Duration> startsAfter,
            String readyEvent,
            boolean replaces) {}

    private final Plan plan;
    private final LineWriter out;
    private final List<Member> members;
    private final GroupStats stats = new GroupStats();
    private volatile boolean started;

    ProcessGroup(Plan plan, LineWriter out) {
        this.plan = plan;
        this.out = out;
        members = IntStream.rangeClosed(1, plan.count())
                .mapToObj(number -> new Member(number, this))
                .toList();
    }

    /**
     * Starts all of them, the first before the others: what is wrong with the options is wrong with
     * all. Returns whether all became ready; if not, what was wrong has been reported.
     */
    boolean start() throws InterruptedException {
        Member first = members.get(0);
        first.start();
        if (!first.ready().join()) {
            return false;
        }
        started = true;
        long startedAt = System.nanoTime();
        for (Member member : members.subList(1, members.size())) {
            Duration passed = Duration.ofNanos(System.nanoTime() - startedAt);
            Thread.sleep(Math.max(
                    0, plan.startsAfter().apply(member.number()).minus(passed).toMillis()));
            member.start();
        }
        return members.stream().allMatch(member -> member.ready().join());
    }

    /** The latest numbers of all of them in one line, and what they cost together. */
    EventLine stats() {
        return stats.line(members);
    }

    /**
     * Waits until nobody reads the lines any more, or none of the processes is left; returns
     * whether it is the latter.
     */
    boolean awaitEnd() throws InterruptedException {
        while (!out.hasEnded()) {
            try {
                allEnded().get(100, TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                // They go on.
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
        return false;
    }

    /**
     * Ends them in order, and by force who takes longer; returns 0 if all ended in order, or else
     * the worst status.
     */
    int end(Duration patience) throws InterruptedException {
        members.forEach(Member::stop);
        try {
            allEnded().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            members.stream().filter(member -> !member.ended().isDone()).forEach(this::giveUp);
        }
        return members.stream()
                .mapToInt(member -> member.ended().getNow(1))
                .max()
                .orElse(0);
    }

    /** Asks those that are ending once more, by which a server ends at once. */
    void hurry() {
        tell("another signal; asking all processes to hurry");
        members.forEach(Member::stop);
    }

    private CompletableFuture<Void> allEnded() {
        return CompletableFuture.allOf(members.stream().map(Member::ended).toArray(CompletableFuture<?>[]::new));
    }

    private void giveUp(Member member) {
        tell("process " + member.number() + " does not end in time; killing it");
        member.kill();
    }

    // ---- what the members need

    boolean replaces() {
        return plan.replaces();
    }

    ChildProcess startProcess(Member member) {
        int number = member.number();
        return ChildProcess.start(
                plan.name() + " " + number,
                plan.javaOptions(),
                Main.class.getName(),
                plan.arguments().apply(number),
                line -> hear(member, line),
                note -> System.err.println(started ? number + ": " + note : note));
    }

    private void hear(Member member, String text) {
        EventLine line = EventLine.parse(text);
        if (line.event().equals("stats")) {
            stats.put(member.number(), line);
            return;
        }
        out.write(member.number() + ": " + text);
        if (line.event().equals(plan.readyEvent())) {
            member.becomeReady();
        }
    }

    /** A process ended though nobody asked it to; the next comes after the pause, or none. */
    void tellEnd(int number, long pid, int status, @Nullable Duration pause) {
        stats.forget(number);
        if (!started) {
            return; // It has said itself what was wrong.
        }
        out.write(EventLine.now("processEnded")
                .with("process", number)
                .with("pid", pid)
                .with("status", status)
                .with("replacedInMs", pause == null ? null : pause.toMillis()));
        tell("process " + number + " (pid " + pid + ") ended by itself, status " + status
                + (pause == null ? "" : "; another takes its place in " + DurationConverter.format(pause)));
    }

    void tell(String what) {
        System.err.println("heartbeat " + plan.name() + ": " + what);
    }
}
