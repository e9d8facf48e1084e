package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heartbeat.spi.IpLiteral;
import java.net.InetAddress;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworksTest {
    private static InetAddress address(String text) {
        return Objects.requireNonNull(IpLiteral.parse(text), text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "10.0.0.0/8 10.0.0.0 true",
                "10.0.0.0/8 10.255.255.255 true",
                "10.0.0.0/8 11.0.0.0 false",
                "10.0.0.0/8 9.255.255.255 false",
                "0.0.0.0/0 255.255.255.255 true",
                "0.0.0.0/0 ::1 false",
                "::/0 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff true",
                "::/0 10.0.0.1 false",
                "::/0 ::ffff:10.0.0.1 false",
                "10.0.0.0/8 ::ffff:10.0.0.1 true",
                "::ffff:10.0.0.0/104 10.1.2.3 true",
                "::ffff:10.0.0.1 10.0.0.1 true",
                "192.168.1.7 192.168.1.7 true",
                "192.168.1.7/32 192.168.1.8 false",
                "2001:db8::/32 2001:db8:ffff::1 true",
                "2001:db8::/32 2001:db9:: false",
                "2001:db8:0:1::/64 2001:db8:0:1:ffff:ffff:ffff:ffff true",
                "2001:db8:0:1::/64 2001:db8:0:2:: false",
                "2001:db8::8000:0:0:0/65 2001:db8::8000:0:0:1 true",
                "2001:db8::8000:0:0:0/65 2001:db8::7000:0:0:1 false",
            })
    void networkHasItsAddresses(String network, String address, boolean has) {
        assertThat(Networks.of(network).contains(address(address))).isEqualTo(has);
    }

    @Test
    void listIsReadAndWritten() {
        Networks networks = Networks.parse(" 10.0.0.0/8, 192.168.0.1\n2001:db8::/32,");
        assertThat(networks).hasToString("10.0.0.0/8,192.168.0.1/32,2001:db8:0:0:0:0:0:0/32");
        assertThat(Networks.parse(networks.toString())).isEqualTo(networks).hasSameHashCodeAs(networks);
        assertThat(networks).isNotEqualTo(Networks.of("10.0.0.0/8")).isNotEqualTo("10.0.0.0/8");
        assertThat(Networks.parse(" ")).isEqualTo(Networks.none()).hasToString("none");
        assertThat(Networks.none().contains(address("10.0.0.1"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0",
                "10.0.0.256",
                "010.0.0.1",
                "10.0.0.1.",
                "1",
                "/8",
                ":",
                ":::",
                "::1%lo",
                "[::1]",
                "2001:db8::g",
                "1::2::3",
                "",
                "10.0.0.0\n/8"
            })
    void whatIsNoNetworkIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Networks.of(text))
                .withMessage("'" + text + "' is no network, allowed is an address with or without a prefix, such as"
                        + " 10.0.0.0/8 or 2001:db8::/32");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/33, 32",
        "10.0.0.0/-1, 32",
        "10.0.0.0/, 32",
        "10.0.0.0/08, 32",
        "10.0.0.0/8/8, 32",
        "::/129, 128",
        "::ffff:10.0.0.0/95, 32",
        "::/9999999999, 128"
    })
    void prefixOutOfRangeIsRefused(String text, int most) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Networks.parse("127.0.0.1," + text))
                .withMessage("the prefix of '" + text + "' is out of range, allowed is 0 to " + most);
    }

    @Test
    void bitsBeyondThePrefixAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Networks.of("10.0.0.1/8"))
                .withMessage("'10.0.0.1/8' has bits beyond its prefix, allowed is 10.0.0.0/8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Networks.of("2001:db8::1/64"))
                .withMessage("'2001:db8::1/64' has bits beyond its prefix, allowed is 2001:db8:0:0:0:0:0:0/64");
    }

    /** Against a search of each network in turn. */
    @Test
    void manyNetworksAreSearchedAsEachAlone() {
        SplittableRandom random = new SplittableRandom(7);
        String[] list = IntStream.range(0, 300)
                .mapToObj(i -> {
                    int prefix = 4 + random.nextInt(29);
                    int bits = random.nextInt(1 << 12) << 20 | random.nextInt(1 << 20);
                    int first = bits & (int) (-1L << (32 - prefix));
                    return (first >>> 24) + "." + (first >>> 16 & 255) + "." + (first >>> 8 & 255) + "." + (first & 255)
                            + "/" + prefix;
                })
                .skip(270)
                .toArray(String[]::new);
        Networks all = Networks.of(list);
        for (int i = 0; i < 2000; i++) {
            InetAddress address =
                    address(random.nextInt(256) + "." + random.nextInt(256) + ".0." + random.nextInt(256));
            boolean has = IntStream.range(0, list.length)
                    .anyMatch(one -> Networks.of(list[one]).contains(address));
            assertThat(all.contains(address)).as("%s has %s", all, address).isEqualTo(has);
        }
    }
}
