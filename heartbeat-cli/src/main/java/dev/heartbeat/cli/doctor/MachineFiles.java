package dev.heartbeat.cli.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files in which a Linux kernel says how it is set, below a root folder that tests replace.
 * Other systems have none of them.
 */
public final class MachineFiles {
    private static final int MOST = 64 << 10;

    private final Path root;

    /**
     * @param root {@code /} of this machine
     */
    public MachineFiles(Path root) {
        this.root = root;
    }

    /** The content without blanks around it; null if the file is missing or cannot be read. */
    @Nullable
    String text(String path) {
        try (InputStream in = Files.newInputStream(root.resolve(path))) {
            // At once: a file of proc/sys is empty to a second read, and has no size to know before.
            byte[] bytes = new byte[MOST];
            int length = in.read(bytes);
            return new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return null;
        }
    }

    /** The numbers of a file that holds nothing else; none if it is missing or holds a word. */
    long[] numbers(String path) {
        String text = text(path);
        if (text == null || !text.matches("-?\\d{1,18}(\\s+-?\\d{1,18})*")) {
            return new long[0];
        }
        String[] words = text.split("\\s+", -1);
        long[] numbers = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Long.parseLong(words[i]);
        }
        return numbers;
    }

    /** The only number of a file; null if there is none. */
    @Nullable
    Long number(String path) {
        long[] numbers = numbers(path);
        return numbers.length == 1 ? (Long) numbers[0] : null;
    }

    /** The number behind a word, in a file of many; null if there is none. */
    @Nullable
    Long numberAfter(String path, String words) {
        String text = text(path);
        if (text == null) {
            return null;
        }
        for (String line : text.split("\n", -1)) {
            int at = line.indexOf(words);
            if (at >= 0) {
                String[] rest = line.substring(at + words.length()).strip().split("\\s+", -1);
                return rest[0].matches("\\d{1,18}") ? (Long) Long.parseLong(rest[0]) : null;
            }
        }
        return null;
    }

    boolean isLinux() {
        return text("proc/self/limits") != null;
    }
}
