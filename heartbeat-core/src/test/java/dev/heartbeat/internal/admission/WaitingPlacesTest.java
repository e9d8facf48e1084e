package dev.heartbeat.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WaitingPlacesTest {
    private static InetSocketAddress address(int last) {
        return new InetSocketAddress("192.0.2." + last, last);
    }

    /** As many as there are. */
    private static List<Place> fill(WaitingPlaces places, InetSocketAddress from, boolean hasFailed) {
        List<Place> taken = new ArrayList<>();
        for (Place place = places.enter(from, hasFailed); place != null; place = places.enter(from, hasFailed)) {
            taken.add(place);
        }
        return taken;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "8,1", "80,10", "10000,1250"})
    void sourceThatFailsHasAShareAndOthersHaveTheRest(int maximum, int share) {
        WaitingPlaces places = new WaitingPlaces(maximum);
        List<Place> taken = fill(places, address(1), true);
        assertThat(taken).hasSize(share);
        List<Place> others = fill(places, address(2), false);
        assertThat(others).hasSize(maximum - share);

        taken.forEach(places::leave);
        others.forEach(places::leave);
        assertThat(fill(places, address(2), true)).hasSize(share);
        assertThat(fill(places, address(2), false)).hasSize(maximum - share);
    }

    /** What it took before it failed counts. */
    @Test
    void sourceThatHasMoreThanItsShareGetsNoMore() {
        WaitingPlaces places = new WaitingPlaces(80);
        List<Place> taken = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            taken.add(places.enter(address(1), false));
        }
        assertThat(places.enter(address(1), true)).isNull();
        taken.subList(0, 11).forEach(places::leave);
        assertThat(fill(places, address(1), true)).hasSize(1);
    }

    @Test
    void networkOfIpv6IsOneSource() {
        WaitingPlaces places = new WaitingPlaces(16);
        for (int i = 1; i <= 2; i++) {
            assertThat(places.enter(new InetSocketAddress("2001:db8::" + i, 1), true))
                    .isNotNull();
        }
        assertThat(places.enter(new InetSocketAddress("2001:db8::3", 1), true)).isNull();
        assertThat(places.enter(new InetSocketAddress("2001:db8:0:1::3", 1), true))
                .isNotNull();
    }
}
