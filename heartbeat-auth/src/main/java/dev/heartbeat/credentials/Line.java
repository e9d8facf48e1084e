package dev.heartbeat.credentials;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of a file that says something, which comments and empty lines do not. Its words may be
 * secrets, and are in no message.
 */
final class Line {
    /** The longest file of lines. */
    static final int MAX_FILE_BYTES = 16 << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    final int number;
    final List<String> words;
    private final Path file;

    private Line(Path file, int number, List<String> words) {
        this.file = file;
        this.number = number;
        this.words = words;
    }

    /** The lines of a file with this content. */
    static List<Line> of(Path file, byte[] content) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not text in UTF-8", e);
        }
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
        }
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String said = line.strip();
            if (!said.isEmpty() && said.charAt(0) != '#') {
                lines.add(new Line(file, number, List.of(said.split("\\s+", -1))));
            }
        }
        return lines;
    }

    /** The failure of a file because of this line. */
    IOException bad(String why) {
        return new IOException(file + ", line " + number + ": " + why);
    }

    /** Names the place alone. */
    @Override
    public String toString() {
        return file + ", line " + number;
    }
}
