package dev.heartbeat.sockettests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A line of the faults in docs/PROTOCOL.md, or one like them. */
record Fault(String name, String state, String requirements, String hex, String outcome) {
    static final String IGNORED = "ignored";
    static final String CLOSE = "close without a byte";
    static final String CLOSE_LOST = "close without a byte, node lost";

    private static final Path PAGE = Path.of("../docs/PROTOCOL.md");
    private static final Pattern BLOCK = Pattern.compile("^```faults\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINE =
            Pattern.compile("(\\S+) +(new|registered|gateway|channel) +(M\\d+(?:,M\\d+)*) +(.*) → (.*)");

    static List<Fault> all() {
        try {
            Matcher block = BLOCK.matcher(Files.readString(PAGE));
            if (!block.find()) {
                throw new AssertionError(PAGE + " has no faults");
            }
            return parse(block.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Fault> parse(String lines) {
        return lines.lines().map(Fault::parseLine).toList();
    }

    private static Fault parseLine(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new AssertionError("not a fault: " + line);
        }
        return new Fault(parts.group(1), parts.group(2), parts.group(3), parts.group(4), parts.group(5));
    }

    /** The bytes that a client sends. */
    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String part : hex.split(" ", -1)) {
            int star = part.indexOf('*');
            byte[] run = HexFormat.of().parseHex(star < 0 ? part : part.substring(0, star));
            int times = star < 0 ? 1 : Integer.parseInt(part.substring(star + 1));
            for (int i = 0; i < times; i++) {
                bytes.writeBytes(run);
            }
        }
        return bytes.toByteArray();
    }

    boolean registered() {
        return !state.equals("new");
    }

    /** Whether another node is registered too. */
    boolean ofGateway() {
        return state.equals("gateway");
    }

    /** Whether channel 1 is open too. */
    boolean onChannel() {
        return state.equals("channel");
    }

    /** The name of the code; the other outcomes have none. */
    String code() {
        return outcome.split(" ", -1)[0];
    }

    /** connection, node, channel or reset. */
    String scope() {
        return outcome.split(" ", -1)[1];
    }

    boolean closesWithoutAByte() {
        return outcome.equals(CLOSE) || outcome.equals(CLOSE_LOST);
    }

    boolean isIgnored() {
        return outcome.equals(IGNORED);
    }

    /** The stream id of the answer. */
    int streamOfAnswer() {
        String[] words = outcome.split(" ", -1);
        return words.length == 3 ? Integer.parseInt(words[2]) : streamOfLastFrame();
    }

    /**
     * The stream id of the last whole frame, which is the faulty one where the connection survives
     * it.
     */
    private int streamOfLastFrame() {
        ByteBuffer bytes = ByteBuffer.wrap(bytes());
        int stream = 0;
        while (bytes.remaining() >= Frame.HEADER) {
            stream = bytes.getInt(bytes.position() + 4);
            bytes.position(bytes.position() + Frame.HEADER + bytes.getInt(bytes.position() + 8));
        }
        return stream;
    }

    @Override
    public String toString() {
        return name + " (" + String.join(", ", Arrays.asList(requirements.split(",", -1))) + ")";
    }
}
