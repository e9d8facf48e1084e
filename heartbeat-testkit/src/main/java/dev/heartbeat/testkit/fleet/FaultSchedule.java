package dev.heartbeat.testkit.fleet;

import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.LinkSettings;
import dev.heartbeat.testkit.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Lets a fleet suffer: at random times one of the chosen faults befalls somebody at random, and
 * most pass after a while. The oracle is notified of what it has to know (when the server could not
 * have heard anything).
 */
final class FaultSchedule {
    private static final int LONGEST_FAULT_MS = 15_000;

    private final Fleet fleet;
    private final Simulation simulation;
    private final RandomGenerator random;
    private final List<Fault> faults;
    /** The host that strangers come from. */
    private final Host elsewhere;

    private boolean serverSuffers;
    private boolean over;

    FaultSchedule(Fleet fleet, Set<Fault> faults) {
        this.fleet = fleet;
        this.simulation = fleet.simulation();
        this.random = simulation.random();
        this.faults = new ArrayList<>(faults);
        elsewhere = simulation.newHost("elsewhere");
    }

    /** Each fault of the menu with an even chance, so that every seed has another mixture. */
    static Set<Fault> choose(RandomGenerator random) {
        Set<Fault> chosen = EnumSet.noneOf(Fault.class);
        int oneIn = 2 + random.nextInt(4);
        for (Fault fault : Fault.values()) {
            if (random.nextInt(oneIn) == 0) {
                chosen.add(fault);
            }
        }
        return chosen;
    }

    void begin() {
        if (faults.contains(Fault.BAD_LINKS)) {
            simulation.links(LinkSettings.LAN
                    .withLatency(Duration.ofMillis(1 + random.nextInt(80)), Duration.ofMillis(random.nextInt(60)))
                    .withBytesPerSecond(random.nextBoolean() ? 0 : 40_000 << random.nextInt(6))
                    .withSocketBuffer(16_384 << random.nextInt(5)));
        }
        if (faults.contains(Fault.TINY_READS)) {
            simulation.links(
                    LinkSettings.LAN.withReads(1, 1 + random.nextInt(200)).withSocketBuffer(65_536));
        }
        scheduleNext();
    }

    private void scheduleNext() {
        simulation.after(Duration.ofMillis(random.nextInt(2500)), () -> {
            if (!over) {
                if (!faults.isEmpty()) {
                    befall(faults.get(random.nextInt(faults.size())));
                }
                scheduleNext();
            }
        });
    }

    private void befall(Fault fault) {
        Member member = fleet.members().get(random.nextInt(fleet.members().size()));
        Host host = member.host();
        Duration time = Duration.ofMillis(1 + random.nextInt(1 + random.nextInt(LONGEST_FAULT_MS)));
        switch (fault) {
            case NODE_CRASH -> crash(member, host::crash, time);
            case NODE_POWER_LOSS -> crash(member, host::powerOff, time);
            case NODE_PAUSE -> whileRunning(host, () -> member.pause(time));
            case SERVER_PAUSE -> pauseServer(time);
            case SERVER_CRASH -> crashServer(time);
            case SERVER_DRAIN -> drainServer(time);
            case LOOP_STALL -> stallLoop(time);
            case CLOCK_STEP -> anyHost(host).stepWallClock(Duration.ofMinutes(random.nextInt(-1440, 1441)));
            case SLOW_READER -> {
                host.stopReading(true);
                simulation.after(time, () -> host.stopReading(false));
            }
            case PARTITION -> cutOff(host, time);
            case PARTITION_OF_MANY ->
                fleet.members().stream()
                        .filter(any -> random.nextInt(3) != 0)
                        .forEach(any -> cutOff(any.host(), time.dividedBy(2).plusMillis(LONGEST_FAULT_MS / 2)));
            case ONE_WAY -> {
                boolean towards = random.nextBoolean();
                simulation.silence(towards ? host : fleet.serverHost(), towards ? fleet.serverHost() : host);
                simulation.after(time, () -> simulation.heal(host, fleet.serverHost()));
            }
            case RESET -> anyHost(host).resetConnections();
            case FORGOTTEN_CONNECTION -> (random.nextBoolean() ? host : fleet.serverHost()).loseConnections();
            case REFUSED_CONNECT -> {
                Host refusing = anyHost(host);
                refusing.refuseConnects(true);
                simulation.after(time, () -> refusing.refuseConnects(false));
            }
            case NO_DESCRIPTORS -> {
                fleet.serverHost().exhaustDescriptors(true);
                simulation.after(time, () -> fleet.serverHost().exhaustDescriptors(false));
            }
            case SLOW_CALLBACKS -> {
                Duration delay = Duration.ofMillis(random.nextInt(3000));
                fleet.census().callbacksDelayed(delay.toNanos());
                fleet.serverHost().delayCallbacks(delay);
                simulation.after(time, () -> fleet.serverHost().delayCallbacks(Duration.ZERO));
            }
            case THROWING_CALLBACKS -> {
                fleet.throwInCallbacks(true);
                simulation.after(time, () -> fleet.throwInCallbacks(false));
            }
            case DUPLICATE_ID -> {
                if (fleet.members().size() < 60) {
                    fleet.add(anyNodeOf(member)).start();
                }
            }
            case HOSTILE_PEER -> HostilePeer.attack(elsewhere, fleet, random);
            case GOODBYE ->
                whileRunning(host, () -> {
                    member.leave();
                    simulation.after(time, () -> restart(member));
                });
            case KICK -> {
                if (fleet.isServerAwake()) {
                    fleet.server().kick(anyNodeOf(member), "because");
                }
            }
            case BAD_LINKS, TINY_READS -> {
                // From the beginning, for all.
            }
        }
    }

    private void cutOff(Host host, Duration time) {
        simulation.partition(host, fleet.serverHost());
        simulation.after(time, () -> simulation.heal(host, fleet.serverHost()));
    }

    /** The member's own, or one that it is the gateway of. */
    private String anyNodeOf(Member member) {
        int which = random.nextInt(1 + member.dependants().size());
        return which == 0 ? member.id() : member.dependants().get(which - 1).id();
    }

    private Host anyHost(Host member) {
        return random.nextInt(3) == 0 ? fleet.serverHost() : member;
    }

    private static void whileRunning(Host host, Runnable action) {
        if (host.isRunning() && !host.isPaused()) {
            action.run();
        }
    }

    private void crash(Member member, Runnable how, Duration time) {
        if (member.host().isRunning()) {
            how.run();
            member.died();
            simulation.after(time, () -> restart(member));
        }
    }

    private static void restart(Member member) {
        if (!member.host().isRunning()) {
            member.host().restart();
            member.start();
        } else if (member.isClosed()) {
            member.start();
        }
    }

    private void pauseServer(Duration time) {
        if (!serverSuffers) {
            serverSuffers = true;
            fleet.census().processStopped(simulation.now().plus(time).toNanos());
            fleet.serverHost().pause();
            simulation.after(time, () -> {
                serverSuffers = false;
                fleet.serverHost().resume();
            });
        }
    }

    private void crashServer(Duration time) {
        if (!serverSuffers) {
            serverSuffers = true;
            fleet.crashServer();
            simulation.after(time, () -> {
                serverSuffers = false;
                fleet.restartServer();
            });
        }
    }

    private void drainServer(Duration time) {
        if (!serverSuffers && fleet.isServerAwake()) {
            serverSuffers = true;
            fleet.drainServer(time);
            simulation.after(time, () -> {
                fleet.crashServer();
                simulation.after(Duration.ofMillis(100), () -> {
                    serverSuffers = false;
                    fleet.restartServer();
                });
            });
        }
    }

    private void stallLoop(Duration time) {
        if (!serverSuffers) {
            serverSuffers = true;
            int loop = random.nextInt(Fleet.LOOPS);
            fleet.census().loopStopped(loop, simulation.now().plus(time).toNanos());
            fleet.serverHost().stallLoop(loop, time);
            simulation.after(time, () -> serverSuffers = false);
        }
    }

    /**
     * Nothing new befalls anybody, and whoever was sent away or replaced begins anew. Faults that
     * were going on end by themselves within {@link #LONGEST_FAULT_MS}.
     */
    void end() {
        over = true;
        simulation.links(LinkSettings.LAN);
    }

    boolean isOver() {
        return over;
    }

    static Duration longestFault() {
        return Duration.ofMillis(LONGEST_FAULT_MS);
    }
}
