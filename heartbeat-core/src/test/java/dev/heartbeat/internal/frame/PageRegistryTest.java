package dev.heartbeat.internal.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The registry of docs/PROTOCOL.md lists the numbers that the code knows, and no other as in use.
 */
final class PageRegistryTest {
    private static final String IN_USE = "in use";
    private static final int LONGEST_FIXED_TLV = 16;
    private static final int FLAGS_OFFSET = 3;
    private static final int LENGTH_OFFSET = 8;
    private static final Map<String, byte[]> VECTORS = ProtocolPage.vectors();

    /**
     * A frame of each kind that takes TLVs, by its name in the registry: a vector to which they are
     * added.
     */
    private static final Map<String, String> EXTENSIBLE = Map.ofEntries(
            Map.entry("REGISTER", "register-minimal"),
            Map.entry("REGISTERED", "registered"),
            Map.entry("HEARTBEAT_REQ", "heartbeat-req"),
            Map.entry("HEARTBEAT_RES", "heartbeat-res"),
            Map.entry("HEAD", "data"),
            Map.entry("ERROR", "error-channel"),
            Map.entry("UNREGISTER", "unregister"),
            Map.entry("GO_AWAY", "go-away-replaced"),
            Map.entry("UPDATE", "update"),
            Map.entry("CANCEL", "cancel-on-channel"),
            Map.entry("CHANNEL_OPEN", "channel-open"),
            Map.entry("CHANNEL_ACCEPT", "channel-accept"),
            Map.entry("CHANNEL_RESET", "channel-reset"));

    /**
     * @param cells from the left
     * @param first of the numbers it stands for, which are one or a range
     */
    private record Row(List<String> cells, int first, int last) {
        static Row of(String line, int column) {
            List<String> cells = Arrays.stream(
                            line.substring(1, line.length() - 1).split("\\|", -1))
                    .map(String::strip)
                    .toList();
            String[] bounds = cells.get(column).split("–", -1);
            return new Row(cells, Integer.decode(bounds[0]), Integer.decode(bounds[bounds.length - 1]));
        }

        String name() {
            return cells.get(1);
        }

        String status() {
            return cells.get(cells.size() - 1);
        }

        boolean isInUse() {
            return status().equals(IN_USE);
        }
    }

    @Test
    void frameTypes() {
        List<Row> rows = rows("Frame types", 0);
        SortedMap<Integer, String> known = new TreeMap<>();
        for (FrameType type : FrameType.values()) {
            known.put(type.code(), type.name());
        }
        assertThat(inUse(rows)).isEqualTo(known);
        requireEachNumberOnce(rows, 0xFF);
    }

    @Test
    void flags() {
        List<Row> rows = rows("Flags", 0);
        int ofData = 0;
        for (Row row : rows) {
            if (row.isInUse() && row.cells().contains("DATA")) {
                ofData |= row.first();
            }
        }
        for (FrameType type : FrameType.values()) {
            assertThat(type.allowedFlags()).as(type.name()).isEqualTo(type == FrameType.DATA ? ofData : 0);
        }
        assertThat(inUse(rows))
                .isEqualTo(new TreeMap<>(Map.of(
                        FrameHeader.FLAG_MORE, "MORE",
                        FrameHeader.FLAG_END, "END",
                        FrameHeader.FLAG_HEAD, "HEAD",
                        FrameHeader.FLAG_IGNORABLE, "IGNORABLE")));
        assertThat(rows).extracting(Row::first).containsExactly(1, 2, 4, 8, 16, 32, 64, 128);
    }

    @Test
    void codes() {
        List<Row> rows = rows("Codes of ERROR and CHANNEL_RESET", 0);
        SortedMap<Integer, String> known = new TreeMap<>();
        for (ErrorCode code : ErrorCode.values()) {
            if (code != ErrorCode.FOREIGN) {
                known.put(code.wire(), code.wireName());
            }
        }
        assertThat(inUse(rows)).isEqualTo(known);
        requireEachNumberOnce(rows, 0xFFFF);
    }

    @Test
    void reasons() {
        List<Row> rows = rows("Reasons of GO_AWAY", 0);
        SortedMap<Integer, String> known = new TreeMap<>();
        for (GoAwayReason reason : GoAwayReason.values()) {
            known.put(reason.wire(), reason.name());
        }
        assertThat(inUse(rows)).isEqualTo(known);
        requireEachNumberOnce(rows, 0xFFFF);
    }

    /** The table beside the text of a section says the same. */
    @Test
    void tablesOfOtherSections() {
        String page = ProtocolPage.text();
        SortedMap<Integer, String> types = new TreeMap<>();
        Matcher type = Pattern.compile(
                        "^\\| (0x\\w\\w) \\| ([A-Z_]+) \\| (?:node|channel|zero|by scope) \\|", Pattern.MULTILINE)
                .matcher(page);
        while (type.find()) {
            types.put(Integer.decode(type.group(1)), type.group(2));
        }
        assertThat(types).isEqualTo(inUse(rows("Frame types", 0)));

        SortedMap<Integer, String> scopes = new TreeMap<>();
        Matcher code = Pattern.compile(
                        "^\\| (\\d+) \\| ([A-Z_]+) \\| (connection|node|channel|node or channel) \\|",
                        Pattern.MULTILINE)
                .matcher(page);
        while (code.find()) {
            scopes.put(Integer.valueOf(code.group(1)), code.group(2) + " " + code.group(3));
        }
        SortedMap<Integer, String> known = new TreeMap<>();
        for (ErrorCode each : ErrorCode.values()) {
            if (each != ErrorCode.FOREIGN) {
                String scope = each.scope().name().toLowerCase(Locale.ROOT);
                known.merge(each.wire(), each.wireName() + " " + scope, (of, also) -> of + " or " + scope);
            }
        }
        assertThat(scopes).isEqualTo(known);

        SortedMap<Integer, String> reasons = new TreeMap<>();
        Matcher reason = Pattern.compile("^\\| (\\d+) \\| ([A-Z_]+) \\|$", Pattern.MULTILINE)
                .matcher(page);
        while (reason.find()) {
            reasons.put(Integer.valueOf(reason.group(1)), reason.group(2));
        }
        assertThat(reasons).isEqualTo(inUse(rows("Reasons of GO_AWAY", 0)));
    }

    static Stream<String> extensible() {
        return EXTENSIBLE.keySet().stream().sorted();
    }

    /**
     * Each number is tried on the decoder: one that is not known says so, or is passed over however
     * it looks.
     */
    @ParameterizedTest
    @MethodSource("extensible")
    void tlvs(String frame) {
        List<Integer> known = new ArrayList<>();
        for (int number = 0; number <= 0xFF; number++) {
            if (isKnown(frame, number)) {
                known.add(number);
            }
        }
        List<Integer> listed = rows("TLVs", 1).stream()
                .filter(row -> row.cells().get(0).equals(frame) && row.isInUse())
                .map(Row::first)
                .toList();
        assertThat(known).isEqualTo(listed);
    }

    @Test
    void tlvsOfFramesThatHaveThem() {
        List<Row> rows = rows("TLVs", 1);
        assertThat(rows).allMatch(row -> EXTENSIBLE.containsKey(row.cells().get(0)));
        Map<String, Integer> times = new HashMap<>();
        rows.forEach(row -> times.merge(row.cells().get(0) + row.first(), 1, Integer::sum));
        assertThat(times.values()).containsOnly(1);
    }

    private static boolean isKnown(String frame, int number) {
        boolean critical = number < 0x80 && !frame.equals("ERROR");
        if (critical) {
            return !complaint(frame, tlv(number, 0)).equals("unknown TLV " + number);
        }
        for (int length = 0; length <= LONGEST_FIXED_TLV; length++) {
            byte[] once = tlv(number, length);
            if (!complaint(frame, once).isEmpty()
                    || !complaint(frame, once, once).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static byte[] tlv(int number, int length) {
        byte[] bytes = new byte[Tlv.HEADER + length];
        ByteBuffer.wrap(bytes).put((byte) number).putShort((short) length);
        return bytes;
    }

    /** The decoder's complaint about a frame that ends in these TLVs; empty if none. */
    private static String complaint(String frame, byte[]... tlvs) {
        byte[] vector = Objects.requireNonNull(VECTORS.get(EXTENSIBLE.get(frame)));
        int added = Arrays.stream(tlvs).mapToInt(tlv -> tlv.length).sum();
        ByteBuffer bytes = ByteBuffer.allocate(vector.length + Short.BYTES + added);
        boolean isHead = frame.equals("HEAD");
        bytes.put(vector, 0, isHead ? FrameHeader.SIZE : vector.length);
        if (isHead) {
            bytes.put(FLAGS_OFFSET, (byte) FrameHeader.FLAG_HEAD).putShort((short) added);
        }
        Arrays.stream(tlvs).forEach(bytes::put);
        bytes.putInt(LENGTH_OFFSET, bytes.position() - FrameHeader.SIZE).flip();
        Complaints complaints = new Complaints();
        try {
            complaints.hear(bytes, new FrameDecoder());
        } catch (ProtocolException e) {
            return e.text();
        }
        return complaints.last;
    }

    /** Keeps what is wrong with a frame and does not end the connection. */
    private static final class Complaints extends Heard {
        private String last = "";

        @Override
        public void onRefused(int streamId, ProtocolException refusal) {
            last = refusal.text();
        }

        @Override
        void onError(int streamId, PeerError error) {
            if (error.wireCode() == 0) {
                last = error.text();
            }
        }
    }

    // ---- the page

    /** The rows of the table under this heading, whose number stands in this column. */
    private static List<Row> rows(String heading, int column) {
        Matcher section = Pattern.compile("^### " + heading + "\n(.*?)(?=^##|\\z)", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(ProtocolPage.text());
        assertThat(section.find()).as(heading).isTrue();
        return section.group(1)
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| ---"))
                .skip(1)
                .map(line -> Row.of(line, column))
                .toList();
    }

    private static SortedMap<Integer, String> inUse(List<Row> rows) {
        SortedMap<Integer, String> found = new TreeMap<>();
        rows.stream().filter(Row::isInUse).forEach(row -> found.put(row.first(), row.name()));
        return found;
    }

    private static void requireEachNumberOnce(List<Row> rows, int last) {
        int next = 0;
        for (Row row : rows) {
            assertThat(row.first()).as(row.toString()).isEqualTo(next);
            next = row.last() + 1;
        }
        assertThat(next).isEqualTo(last + 1);
    }
}
