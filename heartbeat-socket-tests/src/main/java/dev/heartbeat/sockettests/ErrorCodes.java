package dev.heartbeat.sockettests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of section 8 of docs/PROTOCOL.md, and what it makes of ERROR and CHANNEL_RESET. */
final class ErrorCodes {
    private static final Pattern ROW = Pattern.compile(
            "^\\| (\\d+) \\| ([A-Z_]+) \\| (?:connection|node|channel|node or channel) \\|", Pattern.MULTILINE);
    private static final Map<String, Integer> NUMBERS = numbers();

    private ErrorCodes() {}

    private static Map<String, Integer> numbers() {
        Map<String, Integer> numbers = new HashMap<>();
        try {
            Matcher row = ROW.matcher(Files.readString(Path.of("../docs/PROTOCOL.md")));
            while (row.find()) {
                numbers.put(row.group(2), Integer.valueOf(row.group(1)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return numbers;
    }

    static int number(String code) {
        return Objects.requireNonNull(NUMBERS.get(code), code);
    }

    /** The first bytes of every ERROR of this code and scope. */
    static String error(String code, String scope) {
        int wire = switch (scope) {
            case "connection" -> 0;
            case "node" -> 1;
            case "channel" -> 2;
            default -> throw new IllegalArgumentException(scope);
        };
        return Frame.u8(wire) + Frame.u16(number(code));
    }

    /** The name and scope of an ERROR. */
    static String of(Frame error) {
        String head = error.payload().substring(0, 6);
        for (String code : NUMBERS.keySet()) {
            for (String scope : new String[] {"connection", "node", "channel"}) {
                if (head.equals(error(code, scope))) {
                    return code + " " + scope;
                }
            }
        }
        throw new AssertionError("an unknown " + error);
    }
}
