package dev.heartbeat.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.cli.doctor.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each check of the machine is OK by good facts, and is not by a single bad one. */
@Tag("once")
final class MachineChecksTest {
    private static final int NODES = 10_000;

    /** A machine that can serve so many. */
    private static final Map<String, String> GOOD = Map.ofEntries(
            Map.entry("proc/self/limits", "Max processes  1 1 processes\nMax open files  20000  20000  files\n"),
            Map.entry("proc/sys/fs/nr_open", "1048576\n"),
            Map.entry("proc/sys/fs/file-max", "1048576\n"),
            Map.entry("proc/sys/net/core/somaxconn", "4096\n"),
            Map.entry("proc/sys/net/ipv4/tcp_max_syn_backlog", "128\n"),
            Map.entry("proc/sys/net/ipv4/tcp_syncookies", "1\n"),
            Map.entry("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n"),
            Map.entry("proc/sys/net/ipv4/ip_local_reserved_ports", "\n"),
            Map.entry("proc/sys/net/netfilter/nf_conntrack_max", "65536\n"),
            Map.entry("proc/sys/net/netfilter/nf_conntrack_count", "17\n"),
            Map.entry("proc/sys/net/ipv4/tcp_mem", "43000\t57000\t86000\n"),
            Map.entry("proc/net/sockstat", "sockets: used 9\nTCP: inuse 3 orphan 0 tw 0 alloc 4 mem 12\n"),
            Map.entry("proc/sys/net/ipv4/tcp_max_orphans", "16384\n"),
            Map.entry("proc/sys/net/ipv4/tcp_keepalive_time", "7200\n"),
            Map.entry("proc/sys/net/ipv4/tcp_retries2", "15\n"),
            Map.entry("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"),
            Map.entry("sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet\n"));

    @TempDir
    private Path root;

    @BeforeEach
    void beWell() throws IOException {
        for (Map.Entry<String, String> file : GOOD.entrySet()) {
            write(file.getKey(), file.getValue());
        }
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private List<Finding> findings() {
        return new MachineChecks(new MachineFiles(root), NODES, 9501)
                .all().stream().map(Supplier::get).toList();
    }

    @Test
    void allIsWellOnAGoodMachine() {
        assertThat(findings()).hasSize(11).allSatisfy(finding -> {
            assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.OK);
            assertThat(finding.change()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "files|proc/self/limits|Max open files  10099  20000  files|FAIL",
                "files|proc/self/limits|Max open files  10101  20000  files|WARN",
                "system files|proc/sys/fs/nr_open|1024|FAIL",
                "system files|proc/sys/fs/file-max|10200|WARN",
                "backlog|proc/sys/net/core/somaxconn|128|WARN",
                "half-open|proc/sys/net/ipv4/tcp_syncookies|0|WARN",
                "local ports|proc/sys/net/ipv4/ip_local_port_range|60000 60999|WARN",
                "local ports|proc/sys/net/ipv4/ip_local_port_range|1024 65535|WARN",
                "tracking|proc/sys/net/netfilter/nf_conntrack_max|9999|FAIL",
                "tracking|proc/sys/net/netfilter/nf_conntrack_max|10001|WARN",
                "tracking|proc/sys/net/netfilter/nf_conntrack_count|65537|FAIL",
                "tcp memory|proc/sys/net/ipv4/tcp_mem|100 200 300|WARN",
                "tcp memory|proc/net/sockstat|TCP: inuse 3 mem 57000|FAIL",
                "orphans|proc/sys/net/ipv4/tcp_max_orphans|4096|WARN",
                "keepalive|proc/sys/net/ipv4/tcp_keepalive_time|5|WARN",
                "retries|proc/sys/net/ipv4/tcp_retries2|3|WARN",
                "clock|sys/devices/system/clocksource/clocksource0/current_clocksource|hpet|WARN",
            })
    void aBadFactIsFoundByItsCheckAlone(String subject, String file, String fact, Verdict verdict) throws IOException {
        write(file, fact);

        assertThat(findings())
                .filteredOn(finding -> finding.verdict() != Verdict.OK)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.subject()).isEqualTo(subject);
                    assertThat(finding.verdict()).isEqualTo(verdict);
                    assertThat(finding.meaning()).isNotBlank();
                    assertThat(finding.change()).isNotBlank();
                });
    }

    @Test
    void aReservedPortMayBeInTheRange() throws IOException {
        write("proc/sys/net/ipv4/ip_local_port_range", "1024 65535");
        write("proc/sys/net/ipv4/ip_local_reserved_ports", "8080,9000-9999");

        assertThat(findings()).allMatch(finding -> finding.verdict() == Verdict.OK);
    }

    @Test
    void anUnlimitedNumberOfFilesIsEnough() throws IOException {
        write("proc/self/limits", "Max open files            unlimited            unlimited            files");

        assertThat(findings()).allMatch(finding -> finding.verdict() == Verdict.OK);
    }

    @Test
    void aMachineWithoutTheModuleTracksNothing() throws IOException {
        Files.delete(root.resolve("proc/sys/net/netfilter/nf_conntrack_max"));

        assertThat(findings()).allMatch(finding -> finding.verdict() == Verdict.OK);
    }

    /** Such a file has no size, and is empty to whoever reads it in pieces. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void filesOfTheKernelAreReadWhole() {
        MachineFiles kernel = new MachineFiles(Path.of("/"));

        assertThat(kernel.text("proc/sys/kernel/ostype")).isEqualTo("Linux");
        assertThat(kernel.numberAfter("proc/self/limits", "Max open files")).isNotNull();
    }

    @Test
    void whatCannotBeReadIsSkipped(@TempDir Path empty) {
        assertThat(new MachineChecks(new MachineFiles(empty), NODES, 9501).all())
                .extracting(check -> check.get().verdict())
                .containsOnly(Verdict.SKIP);
    }
}
