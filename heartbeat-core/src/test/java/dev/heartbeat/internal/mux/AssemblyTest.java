package dev.heartbeat.internal.mux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.internal.frame.ProtocolException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fragments must add up, whether they are kept or not, and take no more memory than they are. */
@Tag("M35")
final class AssemblyTest {

    /** In each list, a fragment ends at a comma, and the last one at a full stop. */
    private static void add(Assembly assembly, String fragments) throws ProtocolException {
        for (String fragment : fragments.split("(?<=[,.])", -1)) {
            if (!fragment.isEmpty()) {
                String bytes = fragment.substring(0, fragment.length() - 1);
                assembly.add(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.US_ASCII)), fragment.endsWith("."));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"10 | abcdefghij.", "10 | abc,defghi,j.", "10 | a,b,c,d,e,f,g,h,i,j.", "10 | abcdefghij,.", "0 | ."
            })
    void fragmentsBecomeTheMessage(int total, String fragments) throws ProtocolException {
        Assembly kept = Assembly.keeping(total);
        add(kept, fragments);
        assertThat(StandardCharsets.US_ASCII.decode(kept.message()).toString())
                .isEqualTo(fragments.replaceAll("[,.]", ""));
        add(Assembly.dropping(total), fragments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"10 | abcdefghi.", "10 | abc,defghi.", "10 | abcdefghijk.", "10 | abc,defghijk,", "0 | a,", "1 | ."
            })
    void fragmentsThatDoNotAddUpAreRefused(int total, String fragments) {
        assertThatThrownBy(() -> add(Assembly.keeping(total), fragments)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> add(Assembly.dropping(total), fragments)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void droppedMessagesMayHaveAnyLength() throws ProtocolException {
        Assembly dropped = Assembly.dropping(0xFFFF_FFFFL);
        ByteBuffer fragment = ByteBuffer.allocate(1 << 20);
        for (int i = 1; i < 1 << 12; i++) {
            dropped.add(fragment, false);
        }
        dropped.add(fragment.limit((1 << 20) - 1), true);
        assertThat(dropped.isKeeping()).isFalse();
        assertThat(dropped.reserved()).isZero();
    }

    @Test
    @Tag("M5")
    void memoryGrowsWithWhatArrivedNotWithWhatWasAnnounced() throws ProtocolException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer fragment = ByteBuffer.allocate(100);
        Assembly.keeping(1 << 30).add(fragment.rewind(), false);

        long before = threads.getCurrentThreadAllocatedBytes();
        Assembly.keeping(1 << 30).add(fragment.rewind(), false);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(Assembly.GROWTH * 100 + 512);
    }
}
