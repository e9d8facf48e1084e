package dev.heartbeat.cli.doctor;

import static dev.heartbeat.cli.doctor.Amount.count;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The limits of the kernel, against the number of nodes that each have a connection. */
public final class MachineChecks {
    private static final String IPV4 = "proc/sys/net/ipv4/";
    private static final String TRACKING = "proc/sys/net/netfilter/nf_conntrack_";

    /** The files that a JVM opens beside its connections. */
    private static final int OWN_FILES = 100;

    /** The transport's own bound by default. */
    private static final int BACKLOG = 4096;

    /** What Linux has by default, less those that others use. */
    private static final int LOCAL_PORTS = 28_000;

    /** The kernel gives up a little sooner than a server's timeout of 30 s with fewer. */
    private static final int RETRIES = 7;

    /** More often, the kernel asks in addition to the heartbeats. */
    private static final int KEEPALIVE_SECONDS = 60;

    /** Each reading of these asks the hardware, which takes up to a microsecond. */
    private static final Set<String> SLOW_CLOCKS = Set.of("hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit");

    private final MachineFiles files;
    private final long nodes;
    private final int port;

    /**
     * @param nodes that each have a connection to a server on this machine
     * @param port of the server
     */
    public MachineChecks(MachineFiles files, long nodes, int port) {
        this.files = files;
        this.nodes = nodes;
        this.port = port;
    }

    /** All of them, in the order of the page. */
    public List<Supplier<Finding>> all() {
        return List.of(
                this::openFiles,
                this::systemFiles,
                this::backlog,
                this::halfOpen,
                this::localPorts,
                this::tracking,
                this::tcpMemory,
                this::orphans,
                this::keepalive,
                this::retries,
                this::clockSource);
    }

    Finding openFiles() {
        Long limit = files.numberAfter("proc/self/limits", "Max open files");
        String text = files.text("proc/self/limits");
        if (limit == null && text != null && text.matches("(?s).*Max open files +unlimited.*")) {
            return Finding.ok("files", "a process may open any number", "each connection is a file");
        }
        if (limit == null) {
            return skip("files", "/proc/self/limits");
        }
        long needs = nodes + OWN_FILES;
        return Finding.enough(
                "files",
                "a process started from here may open " + count(limit) + ", " + count(nodes) + " nodes need "
                        + count(needs),
                "each connection is a file; beyond the limit the server accepts nobody. A server that systemd or a"
                        + " container starts has a limit of its own",
                "LimitNOFILE=" + (2 * needs) + " of systemd, \"* hard nofile " + (2 * needs)
                        + "\" in /etc/security/limits.conf, --ulimit nofile=" + (2 * needs)
                        + " of a container, or ./heartbeat server --processes N",
                limit,
                needs,
                // Connections that come back may stand beside the old ones for a while.
                needs + needs / 10);
    }

    Finding systemFiles() {
        Long all = files.number("proc/sys/fs/file-max");
        Long ofProcess = files.number("proc/sys/fs/nr_open");
        if (ofProcess == null) {
            return skip("system files", "fs.nr_open");
        }
        long largest = all == null ? ofProcess : Math.min(all, ofProcess);
        long needs = nodes + OWN_FILES;
        return Finding.enough(
                "system files",
                "fs.nr_open is " + count(ofProcess) + ", fs.file-max is " + (all == null ? "unlimited" : count(all)),
                "no process can be allowed more files than the first, and all together not more than the second",
                "sysctl -w fs.nr_open=" + 2 * needs + " fs.file-max=" + 4 * needs,
                largest,
                needs,
                needs + needs / 10);
    }

    Finding backlog() {
        Long most = files.number("proc/sys/net/core/somaxconn");
        if (most == null) {
            return skip("backlog", "net.core.somaxconn");
        }
        String seen = "net.core.somaxconn is " + count(most);
        if (most < BACKLOG) {
            return Finding.warn(
                    "backlog",
                    seen + ", a server asks for " + count(BACKLOG),
                    "only so many connections wait to be accepted; when a fleet comes back at once, the kernel drops"
                            + " the others, which try again after 1 s, 3 s, 7 s",
                    "sysctl -w net.core.somaxconn=" + BACKLOG + ", then restart the server");
        }
        return Finding.ok("backlog", seen, "a server's " + count(BACKLOG) + " connections may wait to be accepted");
    }

    Finding halfOpen() {
        Long most = files.number(IPV4 + "tcp_max_syn_backlog");
        Long cookies = files.number(IPV4 + "tcp_syncookies");
        if (most == null || cookies == null) {
            return skip("half-open", "net.ipv4.tcp_max_syn_backlog");
        }
        String seen = "net.ipv4.tcp_syncookies is " + cookies + ", net.ipv4.tcp_max_syn_backlog is " + count(most);
        if (cookies == 0 && most < BACKLOG) {
            return Finding.warn(
                    "half-open",
                    seen,
                    "without cookies only so many connections can be half open; when a fleet comes back at once, or"
                            + " under a flood of SYN, the kernel drops the others",
                    "sysctl -w net.ipv4.tcp_syncookies=1 net.ipv4.tcp_max_syn_backlog=" + BACKLOG);
        }
        return Finding.ok(
                "half-open",
                seen,
                cookies == 0 ? "as many as the backlog may be half open" : "with cookies no SYN is dropped");
    }

    Finding localPorts() {
        long[] range = files.numbers(IPV4 + "ip_local_port_range");
        if (range.length != 2) {
            return skip("local ports", "net.ipv4.ip_local_port_range");
        }
        long ports = range[1] - range[0] + 1;
        String seen = "net.ipv4.ip_local_port_range is " + range[0] + " to " + range[1];
        if (range[0] <= port && port <= range[1] && !isReserved()) {
            return Finding.warn(
                    "local ports",
                    seen + ", and the server's port " + port + " is one of them",
                    "an outgoing connection may have that port when the server starts, which then cannot listen",
                    "sysctl -w net.ipv4.ip_local_reserved_ports=" + port);
        }
        String meaning = "nodes or gateways on this machine can open " + count(ports)
                + " connections to one address and port of a server; nodes elsewhere do not count";
        if (ports < Math.min(nodes, LOCAL_PORTS)) {
            return Finding.warn(
                    "local ports",
                    seen,
                    meaning,
                    "sysctl -w net.ipv4.ip_local_port_range=\"32768 60999\", further addresses, or ./heartbeat client"
                            + " --spread on loopback");
        }
        return Finding.ok("local ports", seen, meaning);
    }

    private boolean isReserved() {
        String reserved = files.text(IPV4 + "ip_local_reserved_ports");
        if (reserved == null) {
            return false;
        }
        for (String part : reserved.split(",", -1)) {
            if (part.matches("\\d{1,5}(-\\d{1,5})?")) {
                String[] ends = part.split("-", -1);
                if (Integer.parseInt(ends[0]) <= port && port <= Integer.parseInt(ends[ends.length - 1])) {
                    return true;
                }
            }
        }
        return false;
    }

    Finding tracking() {
        Long most = files.number(TRACKING + "max");
        Long tracked = files.number(TRACKING + "count");
        if (most == null || tracked == null) {
            return files.isLinux()
                    ? Finding.ok("tracking", "no nf_conntrack here", "no firewall tracks connections")
                    : skip("tracking", "nf_conntrack");
        }
        long entries = Math.max(nodes, tracked);
        return Finding.enough(
                "tracking",
                "nf_conntrack tracks " + count(tracked) + " connections, at most " + count(most),
                "each connection has an entry in the firewall's table; a full table drops packets, and nodes fall silent",
                "sysctl -w net.netfilter.nf_conntrack_max=" + 2 * entries
                        + ", or exempt the port: iptables -t raw -A PREROUTING -p tcp --dport " + port
                        + " -j NOTRACK",
                most,
                entries,
                entries + entries / 4);
    }

    Finding tcpMemory() {
        long[] pages = files.numbers(IPV4 + "tcp_mem");
        if (pages.length != 3) {
            return skip("tcp memory", "net.ipv4.tcp_mem");
        }
        Long used = files.numberAfter("proc/net/sockstat", " mem ");
        long now = used == null ? 0 : used;
        String seen = "net.ipv4.tcp_mem is " + count(pages[0]) + " " + count(pages[1]) + " " + count(pages[2])
                + " pages, " + count(now) + " in use";
        String change = "sysctl -w net.ipv4.tcp_mem=\"" + nodes + " " + 2 * nodes + " " + 3 * nodes + "\"";
        if (now >= pages[1]) {
            return Finding.fail(
                    "tcp memory",
                    seen,
                    "the kernel saves memory now: it shrinks windows, and drops packets beyond the last number",
                    change + ", and find the connections that do not read: ss -tm");
        }
        if (pages[1] < nodes) {
            return Finding.warn(
                    "tcp memory",
                    seen,
                    "idle connections hold no page; when every node has a frame on its way each holds one, and beyond"
                            + " the second number the kernel shrinks windows",
                    change);
        }
        return Finding.ok("tcp memory", seen, "there is a page for each node with a frame on its way");
    }

    Finding orphans() {
        Long most = files.number(IPV4 + "tcp_max_orphans");
        if (most == null) {
            return skip("orphans", "net.ipv4.tcp_max_orphans");
        }
        String seen = "net.ipv4.tcp_max_orphans is " + count(most);
        if (most < nodes) {
            return Finding.warn(
                    "orphans",
                    seen,
                    "a server that ends closes all connections at once; the kernel resets those beyond this number,"
                            + " and their last bytes are lost",
                    "sysctl -w net.ipv4.tcp_max_orphans=" + nodes);
        }
        return Finding.ok("orphans", seen, "a server that ends can close all connections in order");
    }

    Finding keepalive() {
        Long seconds = files.number(IPV4 + "tcp_keepalive_time");
        if (seconds == null) {
            return skip("keepalive", "net.ipv4.tcp_keepalive_time");
        }
        String seen = "net.ipv4.tcp_keepalive_time is " + count(seconds) + " s";
        if (seconds < KEEPALIVE_SECONDS) {
            return Finding.warn(
                    "keepalive",
                    seen,
                    "the kernel asks each quiet connection this often, in addition to the heartbeats that judge it",
                    "sysctl -w net.ipv4.tcp_keepalive_time=7200");
        }
        return Finding.ok("keepalive", seen, "heartbeats judge a connection long before the kernel does");
    }

    Finding retries() {
        Long retries = files.number(IPV4 + "tcp_retries2");
        if (retries == null) {
            return skip("retries", "net.ipv4.tcp_retries2");
        }
        String seen = "net.ipv4.tcp_retries2 is " + retries;
        if (retries < RETRIES) {
            return Finding.warn(
                    "retries",
                    seen,
                    "the kernel gives a connection up after fewer than 30 s without acknowledgement, before a server's"
                            + " timeout does; a short fault of the network then costs every connection",
                    "sysctl -w net.ipv4.tcp_retries2=15, and the option userTimeout where a connection has to end sooner");
        }
        return Finding.ok("retries", seen, "a connection outlives faults of the network that the timeout allows");
    }

    Finding clockSource() {
        String folder = "sys/devices/system/clocksource/clocksource0/";
        String current = files.text(folder + "current_clocksource");
        if (current == null) {
            return skip("clock", "/sys/devices/system/clocksource");
        }
        String available = files.text(folder + "available_clocksource");
        String seen = "the clock source is " + current + (available == null ? "" : ", available are: " + available);
        if (SLOW_CLOCKS.contains(current)) {
            return Finding.warn(
                    "clock",
                    seen,
                    "each reading of this clock asks the hardware, and a loop reads it in each turn; the kernel takes it"
                            + " when it does not trust a better one (dmesg | grep -i tsc)",
                    "echo tsc > /" + folder + "current_clocksource where tsc is available, or another kind of virtual"
                            + " machine");
        }
        return Finding.ok("clock", seen, "reading it is cheap; verdicts do not depend on the time of day");
    }

    private static Finding skip(String subject, @Nullable String what) {
        return Finding.skip(subject, what + " cannot be read on this system");
    }
}
