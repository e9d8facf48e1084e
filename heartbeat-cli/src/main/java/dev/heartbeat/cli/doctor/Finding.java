package dev.heartbeat.cli.doctor;

/**
 * The result of one check.
 *
 * @param verdict how it is
 * @param subject what was looked at, in a word
 * @param seen the facts
 * @param meaning what they mean for a fleet
 * @param change what to change, as a command or a setting; empty where nothing is to be changed
 */
public record Finding(Verdict verdict, String subject, String seen, String meaning, String change) {

    /** How it is; a later one is worse. */
    public enum Verdict {
        /** This system does not have what the check looks at. */
        SKIP,
        /** Nothing is to be changed. */
        OK,
        /** It works, and will not under load, or not for long. */
        WARN,
        /** It does not work. */
        FAIL
    }

    static Finding skip(String subject, String seen) {
        return new Finding(Verdict.SKIP, subject, seen, "", "");
    }

    static Finding ok(String subject, String seen, String meaning) {
        return new Finding(Verdict.OK, subject, seen, meaning, "");
    }

    static Finding warn(String subject, String seen, String meaning, String change) {
        return new Finding(Verdict.WARN, subject, seen, meaning, change);
    }

    static Finding fail(String subject, String seen, String meaning, String change) {
        return new Finding(Verdict.FAIL, subject, seen, meaning, change);
    }

    /** OK as long as there is enough of something, then a warning, then a fault. */
    static Finding enough(
            String subject, String seen, String meaning, String change, long has, long needs, long wants) {
        if (has < needs) {
            return fail(subject, seen, meaning, change);
        }
        return has < wants ? warn(subject, seen, meaning, change) : ok(subject, seen, meaning);
    }
}
