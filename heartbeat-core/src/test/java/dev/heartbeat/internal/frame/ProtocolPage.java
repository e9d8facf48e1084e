package dev.heartbeat.internal.frame;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bytes that stand in docs/PROTOCOL.md, by name. */
final class ProtocolPage {
    private static final Path PAGE = Path.of("../docs/PROTOCOL.md");
    private static final Pattern VECTOR = Pattern.compile("(\\S+) +(.*)");
    private static final Pattern FAULT = Pattern.compile("(\\S+) +\\S+ +\\S+ +(.*) → .*");

    private ProtocolPage() {}

    static Map<String, byte[]> vectors() {
        return block("vectors", VECTOR);
    }

    static Map<String, byte[]> faults() {
        return block("faults", FAULT);
    }

    private static Map<String, byte[]> block(String name, Pattern line) {
        Matcher block = Pattern.compile("^```" + name + "\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(text());
        if (!block.find()) {
            throw new AssertionError(PAGE + " has no " + name);
        }
        Map<String, byte[]> found = new LinkedHashMap<>();
        block.group(1).lines().forEach(text -> {
            Matcher parts = line.matcher(text);
            if (!parts.matches() || found.put(parts.group(1), bytes(parts.group(2))) != null) {
                throw new AssertionError("not a new line of " + name + ": " + text);
            }
        });
        return found;
    }

    static String text() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hex with spaces, in which {@code 00*3} is {@code 000000}. */
    static byte[] bytes(String hex) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String part : hex.split(" ", -1)) {
            String[] run = part.split("\\*", -1);
            int times = run.length == 1 ? 1 : Integer.parseInt(run[1]);
            for (int i = 0; i < times; i++) {
                bytes.writeBytes(HexFormat.of().parseHex(run[0]));
            }
        }
        return bytes.toByteArray();
    }
}
