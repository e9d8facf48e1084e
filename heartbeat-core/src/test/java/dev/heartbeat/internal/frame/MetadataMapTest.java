package dev.heartbeat.internal.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Metadata as they are kept are a map like any other that nobody changes, and take little more than
 * their bytes.
 */
final class MetadataMapTest {
    private static final Map<String, String> ENTRIES = entries();
    private final MetadataMap kept = MetadataMap.of(ENTRIES);

    private static Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("zone", "eu-2");
        entries.put("name", "Zürich \uD83C\uDFD4");
        entries.put("empty", "");
        entries.put("zo", "x");
        return entries;
    }

    @Test
    void isTheSameMap() {
        assertThat(kept).isEqualTo(ENTRIES).hasSameHashCodeAs(ENTRIES).hasToString(ENTRIES.toString());
        assertThat(ENTRIES).isEqualTo(kept);
        assertThat(kept.keySet()).containsExactly("zone", "name", "empty", "zo");
        assertThat(kept.values()).containsExactlyElementsOf(ENTRIES.values());
        assertThat(kept.size()).isEqualTo(4);
        assertThat(kept.isEmpty()).isFalse();
        assertThat(kept.get("name")).isEqualTo("Zürich \uD83C\uDFD4");
        assertThat(kept.get("z")).isNull();
        assertThat(kept.get("zone-2")).isNull();
        assertThat(kept.get(null)).isNull();
        assertThat(kept.containsKey("empty")).isTrue();
        assertThat(kept.getOrDefault("none", "so")).isEqualTo("so");
        assertThat(MetadataMap.of(kept)).isSameAs(kept);
        assertThat(MetadataMap.of(Map.of())).isSameAs(MetadataMap.NONE).isEmpty();
    }

    @Test
    void looksForAValueWhereItLies() {
        ENTRIES.forEach((key, value) -> assertThat(kept.has(key, value)).isTrue());
        assertThat(kept.has("zone", "eu-")).isFalse();
        assertThat(kept.has("zone", "eu-22")).isFalse();
        assertThat(kept.has("zone", "eu-3")).isFalse();
        assertThat(kept.has("name", "Zürich")).isFalse();
        assertThat(kept.has("none", "")).isFalse();
        assertThat(kept.has("empty", "x")).isFalse();
    }

    static Stream<Consumer<Map<String, String>>> changes() {
        return Stream.of(
                map -> map.put("a", "b"),
                map -> map.remove("none"),
                map -> map.remove("zone", "none"),
                map -> map.putAll(Map.of()),
                Map::clear,
                map -> map.replaceAll((key, value) -> value),
                map -> map.putIfAbsent("zone", "x"),
                map -> map.replace("none", "x"),
                map -> map.replace("none", "x", "y"),
                map -> map.computeIfAbsent("zone", key -> key),
                map -> map.computeIfPresent("none", (key, value) -> value),
                map -> map.compute("zone", (key, value) -> value),
                map -> map.merge("zone", "x", (one, other) -> one),
                map -> map.keySet().remove("none"),
                map -> map.values().remove("none"),
                map -> map.entrySet().clear(),
                map -> map.entrySet().iterator().next().setValue("x"),
                map -> map.keySet().removeIf(key -> true));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void isNeverChanged(Consumer<Map<String, String>> change) {
        assertThatThrownBy(() -> change.accept(kept)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(kept).isEqualTo(ENTRIES);
    }

    @Test
    void takesLittleMoreThanItsBytes() {
        Map<String, String> many = new LinkedHashMap<>();
        for (int i = 0; i < Metadata.MAX_ENTRIES; i++) {
            many.put("k" + (10 + i), "v".repeat(125));
        }
        assertThat(MetadataMap.of(many).heapBytes()).isLessThanOrEqualTo(4096 * 3 / 2 + 300);
    }

    /** Text outside UTF-8 would arrive as a question mark. */
    @ParameterizedTest
    @ValueSource(strings = {"\uD83C", "a\uDFD4b", "\uDFD4\uD83C", "x\uD83C"})
    @Tag("M18")
    void halfOfASurrogatePairIsRefused(String value) {
        assertThat(Metadata.objection(Map.of("name", value))).contains("name").contains("surrogate");
        assertThatThrownBy(() -> MetadataMap.of(Map.of("name", value))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Tag("M18")
    void refusesTheFirstThingThatIsWrong() {
        assertThat(List.of(
                        Metadata.objection(Map.of("", "v")),
                        Metadata.objection(Map.of("k k", "v")),
                        Metadata.objection(Map.of("k", "v".repeat(4096)))))
                .noneMatch(String::isEmpty);
        assertThat(Metadata.objection(Map.of("k", "v".repeat(4095)))).isEmpty();
    }
}
