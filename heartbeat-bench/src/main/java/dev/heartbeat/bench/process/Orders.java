package dev.heartbeat.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The orders of a process of a benchmark: it does what it is asked line by line. It answers each
 * line with one, and ends with its input, so that it never outlives who started it.
 */
public final class Orders {
    /** Begins a line that is an answer; Java itself may print others. */
    static final String ANSWER = "> ";

    /** Begins a line that says why there is none. */
    static final String FAILURE = "! ";

    private Orders() {}

    /**
     * The answer of a process to a line, in words; {@link IOException} is what can happen in use,
     * any other exception a bug.
     */
    public interface Answering {
        /** Returns the answer, of one line. */
        String answer(String[] words) throws Exception;
    }

    /**
     * Obeys until the end of the input, and then ends the process. An exception ends it too, but
     * for an {@link IOException}, which is reported in its message.
     */
    public static void obey(Answering answering) {
        try {
            obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), answering);
            System.exit(0);
        } catch (Exception e) {
            e.printStackTrace();
            // Threads of the bus would keep it alive, and who started it waiting for an answer.
            System.exit(1);
        }
    }

    private static void obey(BufferedReader in, Answering answering) throws Exception {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(reply(answering, line.split("\t")));
        }
    }

    private static String reply(Answering answering, String[] words) throws Exception {
        try {
            return ANSWER + answering.answer(words);
        } catch (IOException e) {
            return FAILURE + e.getMessage();
        }
    }
}
