package dev.heartbeat.internal.mux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table of handles does what a sorted map does. */
final class IdTableTest {
    private final IdTable<String> table = new IdTable<>();
    private final TreeMap<Long, String> model = new TreeMap<>();

    private List<String> within(int first, int last) {
        List<String> found = new ArrayList<>();
        table.forEach(first, last, found::add);
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void holdsWhatASortedMapHolds(long seed) {
        Random random = new Random(seed);
        long next = seed % 2 == 0 ? 1 : 0x7FFF_FF00L; // Also across the sign of an int.
        int most = random.nextInt(400) + 1;
        for (int step = 0; step < 5000; step++) {
            if (model.size() < most && random.nextBoolean()) {
                next += random.nextInt(4) == 0 ? random.nextInt(50) + 1 : 1;
                table.add((int) next, "node " + next);
                model.put(next, "node " + next);
            } else {
                long handle = next - random.nextInt(600);
                table.remove((int) handle);
                model.remove(handle);
            }
            long asked = next - random.nextInt(600);
            assertThat(table.get((int) asked)).isEqualTo(model.get(asked));
            assertThat(table.size()).isEqualTo(model.size());
            if (step % 50 == 0) {
                long first = Math.max(0, next - random.nextInt(600));
                long last = first + random.nextInt(300);
                assertThat(within((int) first, (int) last))
                        .containsExactlyElementsOf(
                                model.subMap(first, true, last, true).values());
            }
        }
        List<String> all = new ArrayList<>();
        table.forEach(all::add);
        assertThat(all).containsExactlyElementsOf(model.values());
    }

    @Test
    void aHandleIsNewOnlyOnce() {
        table.add(5, "five");
        assertThat(table.isNew(5)).isFalse();
        assertThat(table.isNew(4)).isFalse();
        assertThat(table.isNew(6)).isTrue();
        table.remove(5);
        assertThat(table.isNew(5)).isFalse();
        assertThat(table.get(5)).isNull();
        assertThatThrownBy(() -> table.add(5, "again")).isInstanceOf(IllegalArgumentException.class);
        table.add(0xFFFF_FFFF, "last");
        assertThat(table.isNew(0xFFFF_FFFF)).isFalse();
        assertThat(within(0, 0xFFFF_FFFF)).containsExactly("last");
    }

    @Test
    void visitedEntryMayBeRemoved() {
        for (int handle = 1; handle <= 100; handle++) {
            table.add(handle, String.valueOf(handle));
        }
        List<String> visited = new ArrayList<>();
        table.forEach(value -> {
            visited.add(value);
            table.remove(Integer.parseInt(value));
        });
        assertThat(visited).hasSize(100).doesNotHaveDuplicates();
        assertThat(table.size()).isZero();
        table.forEach(visited::add);
        assertThat(visited).hasSize(100);
    }
}
