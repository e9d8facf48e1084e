package dev.heartbeat.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BansTest {
    private static final int MAX_BANS = 65_536;

    /** Before the clock's number wraps. */
    private static final long START = Long.MAX_VALUE - Duration.ofMillis(1500).toNanos();

    private static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.1", 1);

    private final Bans bans = new Bans();

    @BeforeEach
    void lastsTwoSeconds() {
        bans.last(Duration.ofSeconds(2));
    }

    private long left(String id, long afterMillis) {
        return bans.leftMillis(HERE, id, START + afterMillis * 1_000_000);
    }

    @Test
    void banRunsOffAndBeginsAnew() {
        assertThat(left("n1", 0)).isZero();
        bans.begin(HERE, "n1", START);
        assertThat(left("n1", 0)).isEqualTo(2000);
        assertThat(left("n1", 1999)).isEqualTo(1);
        assertThat(bans.leftMillis(HERE, "n1", START + 1_999_999_999L)).isEqualTo(1);
        assertThat(left("n1", 2000)).isZero();
        bans.begin(HERE, "n1", START + 2_500_000_000L);
        assertThat(left("n1", 2500)).isEqualTo(2000);
    }

    @Test
    void anotherPortOfTheSameNetworkIsTheSameAndAnythingElseIsNot() {
        bans.begin(new InetSocketAddress("2001:db8::1", 5), "n1", START);
        assertThat(bans.leftMillis(new InetSocketAddress("2001:db8::2", 6), "n1", START))
                .isEqualTo(2000);
        assertThat(bans.leftMillis(new InetSocketAddress("2001:db8:0:1::1", 5), "n1", START))
                .isZero();
        assertThat(bans.leftMillis(new InetSocketAddress("2001:db8::1", 5), "n2", START))
                .isZero();
        assertThat(left("n1", 0)).isZero();
    }

    @Test
    void anotherLengthEndsThoseInForce() {
        bans.begin(HERE, "n1", START);
        bans.last(Duration.ofSeconds(2));
        assertThat(left("n1", 0)).isEqualTo(2000);
        bans.last(Duration.ZERO);
        assertThat(left("n1", 0)).isZero();
        bans.begin(HERE, "n1", START);
        assertThat(left("n1", 0)).isZero();
    }

    /** One ban too many bans nobody else in its stead, and ends none that is in force. */
    @Test
    void fullTableBansNobodyElse() {
        for (int i = 0; i <= MAX_BANS; i++) {
            bans.begin(HERE, "n" + i, START);
        }
        assertThat(left("n0", 0)).isEqualTo(2000);
        assertThat(left("n" + (MAX_BANS - 1), 0)).isEqualTo(2000);
        assertThat(left("n" + MAX_BANS, 0)).isZero();
        assertThat(left("bystander", 0)).isZero();
        bans.begin(HERE, "n" + MAX_BANS, START + Duration.ofSeconds(5).toNanos());
        assertThat(left("n" + MAX_BANS, 5000)).isEqualTo(2000);
    }
}
