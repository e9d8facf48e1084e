package dev.heartbeat.cli;

import dev.heartbeat.cli.doctor.Finding;
import dev.heartbeat.cli.doctor.Finding.Verdict;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;

/** Prints what was found as it comes, and keeps count. */
final class DoctorReport {
    /** Another than {@link ExitCode#USAGE}, which is 2. */
    static final int WARNED = 3;

    private final PrintWriter out;
    private final boolean json;
    private final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);

    /** Prints text for people, or a JSON object in each line. */
    DoctorReport(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    void add(Finding finding) {
        counts.merge(finding.verdict(), 1, Integer::sum);
        if (json) {
            out.println(EventLine.now("check")
                    .with("check", finding.subject())
                    .with("verdict", finding.verdict().name())
                    .with("seen", finding.seen())
                    .with("meaning", orNothing(finding.meaning()))
                    .with("change", orNothing(finding.change())));
        } else {
            out.printf("%-5s %s: %s%n", finding.verdict(), finding.subject(), finding.seen());
            printBelow("", finding.meaning());
            printBelow("change: ", finding.change());
        }
        out.flush();
    }

    private void printBelow(String label, String text) {
        if (!text.isEmpty()) {
            out.println("      " + label + text);
        }
    }

    private static @Nullable String orNothing(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Prints the sum for people; returns the exit status. */
    int end() {
        if (!json) {
            out.printf(
                    "%d well, %d warnings, %d faults, %d skipped%n",
                    count(Verdict.OK), count(Verdict.WARN), count(Verdict.FAIL), count(Verdict.SKIP));
            out.flush();
        }
        if (count(Verdict.FAIL) > 0) {
            return ExitCode.SOFTWARE;
        }
        return count(Verdict.WARN) > 0 ? WARNED : ExitCode.OK;
    }

    private int count(Verdict verdict) {
        return counts.getOrDefault(verdict, 0);
    }
}
