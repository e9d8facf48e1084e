package dev.heartbeat.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The bytes in docs/PROTOCOL.md: whatever the page shows is where a fuzzer begins. */
final class ProtocolPage {
    private static final Path PAGE = Path.of(System.getProperty("heartbeat.docs", "../docs"), "PROTOCOL.md");

    private ProtocolPage() {}

    /** Every vector and every fault, each the bytes that a peer sends. */
    static List<byte[]> examples() {
        List<byte[]> examples = new ArrayList<>();
        String block = "";
        for (String line : lines()) {
            if (line.startsWith("```")) {
                block = line.substring(3);
            } else if (block.equals("vectors")) {
                examples.add(bytes(line, 1));
            } else if (block.equals("faults")) {
                examples.add(bytes(line.substring(0, line.indexOf('→')), 3));
            }
        }
        return examples;
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The words after the first {@code skipped} in hex; {@code 00*3} stands for three such bytes.
     */
    private static byte[] bytes(String line, int skipped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> words = List.of(line.strip().split(" +"));
        for (String word : words.subList(skipped, words.size())) {
            int star = word.indexOf('*');
            byte[] part = HexFormat.of().parseHex(star < 0 ? word : word.substring(0, star));
            for (int times = star < 0 ? 1 : Integer.parseInt(word.substring(star + 1)); times > 0; times--) {
                bytes.writeBytes(part);
            }
        }
        return bytes.toByteArray();
    }
}
