package dev.heartbeat.micrometer;

import dev.heartbeat.CloseReason;
import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.ConnectionStats;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.LivenessStats;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.OverloadCause;
import dev.heartbeat.OverloadLevel;
import dev.heartbeat.OverloadStats;
import dev.heartbeat.ServerState;
import java.util.List;
import java.util.function.ToLongFunction;

/** The meters of a server: docs/METRICS.md has a row for each. */
final class ServerMeters {
    private final Meters<HeartbeatServer, ServerSnapshot> meters;

    private ServerMeters(Meters<HeartbeatServer, ServerSnapshot> meters) {
        this.meters = meters;
    }

    static void register(Meters<HeartbeatServer, ServerSnapshot> meters) {
        ServerMeters server = new ServerMeters(meters);
        server.nodes();
        server.registrations();
        server.massGuard();
        server.connections();
        server.overload();
        server.loops();
        SharedMeters.register(
                meters, "heartbeat.", ServerSnapshot::messages, ServerSnapshot::channels, ServerSnapshot::callbacks);
        server.distribution();
    }

    private void nodes() {
        meters.gauge(
                "heartbeat.running",
                null,
                "1 while the server listens and serves, otherwise 0.",
                server -> server.state() == ServerState.RUNNING ? 1 : 0);
        String nodes = "Nodes that are there now, by state.";
        meters.gauge("heartbeat.nodes", null, nodes, server -> server.liveness().online(), "state", "online");
        meters.gauge("heartbeat.nodes", null, nodes, server -> server.liveness().suspect(), "state", "suspect");
        meters.counters(
                "heartbeat.offline",
                "Nodes that went OFFLINE, by reason.",
                "reason",
                List.of(OfflineReason.values()),
                server -> server.liveness().offline());
        liveness("heartbeat.beats", "Heartbeats received.", LivenessStats::heartbeats);
        liveness(
                "heartbeat.events.coalesced",
                "Changes of nodes that were not reported one by one, because the listener was too slow.",
                LivenessStats::coalescedEvents);
        meters.measure(
                "heartbeat.latency",
                "Time from a heartbeat to its answer, as nodes report it.",
                server -> server.liveness().latency());
        meters.measure(
                "heartbeat.detection",
                "Time from the last sign of life, or the loss of a connection, to OFFLINE.",
                server -> server.liveness().detection());
        meters.measure(
                "heartbeat.recovery",
                "Time from SUSPECT, or the loss of a connection, to the next sign of life.",
                server -> server.liveness().recovery());
    }

    private void registrations() {
        liveness(
                "heartbeat.registrations", "Registrations granted, reconnects included.", LivenessStats::registrations);
        liveness(
                "heartbeat.registrations.refused",
                "Registrations refused, for whichever reason.",
                LivenessStats::registrationsRefused);
        overload(
                "heartbeat.registrations.overloaded",
                "Registrations refused because of overload.",
                OverloadStats::refusedRegistrations);
        liveness(
                "heartbeat.registrations.over.quota",
                "Registrations and metadata refused because of a limit of the principal or the address.",
                LivenessStats::refusedByQuota);
        connections(
                "heartbeat.registrations.banned",
                "Registrations refused because a connection of the node sent too much before.",
                ConnectionStats::banned);
        connections("heartbeat.unauthorized", "Credentials that were not accepted.", ConnectionStats::unauthorized);
        connections(
                "heartbeat.forbidden",
                "Frames that asked for what is not granted to their node.",
                ConnectionStats::forbidden);
        meters.gauge(
                "heartbeat.registration.size",
                "bytes",
                "Heap that registrations hold, estimated.",
                server -> server.liveness().registrationBytes());
    }

    private void massGuard() {
        meters.gauge(
                "heartbeat.mass.guard.engaged",
                null,
                "1 while the mass guard holds verdicts or releases them, otherwise 0.",
                server -> server.massGuard().isEngaged() ? 1 : 0);
        meters.gauge(
                "heartbeat.mass.guard.waiting",
                null,
                "Verdicts that the mass guard holds now.",
                server -> server.massGuard().status().held());
        meters.counter(
                "heartbeat.mass.guard.held",
                null,
                "Verdicts that the mass guard has held.",
                server -> server.massGuard().verdictsHeld());
        meters.measure(
                "heartbeat.mass.guard.hold",
                "Time for which the mass guard was engaged each time.",
                server -> server.massGuard().hold());
    }

    private void connections() {
        meters.gauge(
                "heartbeat.connections",
                null,
                "Connections that are open now, registered or not.",
                server -> server.connections().open());
        meters.gauge(
                "heartbeat.connections.unregistered",
                null,
                "Connections that are open now and have no node yet.",
                server -> server.connections().unregistered());
        connections("heartbeat.connections.accepted", "Connections accepted.", ConnectionStats::accepted);
        meters.counters(
                "heartbeat.connections.refused",
                "Connections closed at once, by reason.",
                "reason",
                List.of(ConnectionRefusal.values()),
                server -> server.connections().refusals());
        meters.counters(
                "heartbeat.connections.closed",
                "Connections that ended, by reason.",
                "reason",
                List.of(CloseReason.values()),
                server -> server.connections().closes());
        meters.measure(
                "heartbeat.control.delay",
                "Time that answers to heartbeats waited for the socket behind other bytes.",
                server -> server.connections().controlDelay());
        connections(
                "heartbeat.connections.flooding",
                "Connections closed because they sent too many control frames.",
                ConnectionStats::floods);
        connections(
                "heartbeat.connections.layer.failures",
                "Connections that ended in the layer below, such as in a TLS handshake.",
                ConnectionStats::layerFailures);
        connections("heartbeat.frames", "Whole frames received.", ConnectionStats::framesIn);
        meters.counter(
                "heartbeat.received",
                "bytes",
                "Bytes received.",
                server -> server.connections().bytesIn());
        connections(
                "heartbeat.errors",
                "Errors of the protocol sent to peers.",
                stats -> stats.errorsSent().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
    }

    private void overload() {
        meters.gauge(
                "heartbeat.overload.level",
                null,
                "Step that the server takes against overload: 0 for none, 4 for the last.",
                server -> List.of(OverloadLevel.values())
                        .indexOf(server.overload().level()));
        for (OverloadCause cause : OverloadCause.values()) {
            meters.gauge(
                    "heartbeat.overload.load",
                    null,
                    "How near each cause of overload is to its bound: 0 for not at all, 1 for there.",
                    server -> server.overload().loads().getOrDefault(cause, 0.0),
                    "cause",
                    Meters.valueOf(cause));
            meters.gauge(
                    "heartbeat.overload.cause",
                    null,
                    "1 for the cause of the present level of overload, otherwise 0.",
                    server -> server.overload().cause() == cause ? 1 : 0,
                    "cause",
                    Meters.valueOf(cause));
        }
        meters.counters(
                "heartbeat.overload.entries",
                "Times that a level of overload was entered from the one below it.",
                "level",
                List.of(OverloadLevel.values()).subList(1, OverloadLevel.values().length),
                server -> server.overload().entries());
        overload(
                "heartbeat.overload.closed",
                "Connections without a node closed because of overload.",
                OverloadStats::closedConnections);
    }

    private void loops() {
        meters.measure(
                "heartbeat.loop.lag",
                "Delay with which an event loop woke up for its timers.",
                server -> server.loops().lag());
        meters.measure(
                "heartbeat.loop.pauses",
                "Time for which an event loop was itself stopped, credited to all nodes.",
                server -> server.loops().pauses());
        meters.counter(
                "heartbeat.loop.late",
                null,
                "Wakes of an event loop that were more than 17 ms late.",
                server -> server.loops().lateWakes());
        meters.counter(
                "heartbeat.loop.failures",
                null,
                "Exceptions of the bus's own work on the event loops of its transport.",
                server -> server.loops().failures());
    }

    private void distribution() {
        meters.counter(
                "heartbeat.broadcasts",
                null,
                "Messages to many nodes.",
                server -> server.distribution().broadcasts());
        meters.counter(
                "heartbeat.messages.refused",
                null,
                "Messages from node to node that were not passed on.",
                server -> server.distribution().notPassedOn());
    }

    private void liveness(String name, String text, ToLongFunction<LivenessStats> value) {
        meters.counter(name, null, text, server -> value.applyAsLong(server.liveness()));
    }

    private void connections(String name, String text, ToLongFunction<ConnectionStats> value) {
        meters.counter(name, null, text, server -> value.applyAsLong(server.connections()));
    }

    private void overload(String name, String text, ToLongFunction<OverloadStats> value) {
        meters.counter(name, null, text, server -> value.applyAsLong(server.overload()));
    }
}
