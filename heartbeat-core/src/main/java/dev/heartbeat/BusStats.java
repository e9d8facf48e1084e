package dev.heartbeat;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * What a server has counted since it started. The numbers are read one after the other while the loops go on, so they may be
 * apart by what happened in between.
 *
 * @param connections open now, registered or not
 * @param connectionsAccepted ever accepted
 * @param connectionsRefused refused at the limit
 * @param foreignConnections closed without an answer, since they spoke another protocol
 * @param handshakeTimeouts closed, since they did not register in time
 * @param writeStalls connections closed, since they took no bytes for too long
 * @param online nodes ONLINE now
 * @param suspect nodes SUSPECT now
 * @param registrations ever granted, reconnects included
 * @param registrationsRefused refused: stale, in use, invalid, no room
 * @param registrationBytes how much of the heap registrations hold now, an estimate; see {@link HeartbeatServer.Builder#registrationBudgetBytes}
 * @param heartbeats heartbeat requests received
 * @param framesIn whole frames received
 * @param bytesIn bytes received
 * @param messagesIn messages handed to the application, on any channel; requests and replies are messages too
 * @param messagesOut messages accepted for sending and taken by the socket, likewise
 * @param undelivered accepted messages that came back instead of being delivered
 * @param dropped those of them that had to leave a full queue for a newer one
 * @param broadcasts messages sent to many: to a group, to those chosen, or to all
 * @param notPassedOn messages of one node to another that were not allowed or did not reach it
 * @param unmatchedReplies replies that came too late, twice, or to no request
 * @param channels how many channels are open now, beside those that every node has from the start
 * @param channelsEver how many ever were opened by either side, those that were refused included
 * @param errorsSent errors sent, as ERROR or CHANNEL_RESET, by the name of their code in the protocol
 * @param callbackFailures calls of the application's listeners and handlers that threw
 * @param coalescedEvents transitions not told one by one, as the listener was too slow for them
 * @param stallsCredited how often a loop noticed that it had itself been stopped
 * @param stallTimeCredited how much time those stalls took; nobody was judged for it
 * @param massGuardHolds how often verdicts were held, as too many were due at once
 * @param massGuardEngaged whether they are being held now, or released one after the other
 * @param massGuardVerdicts how many verdicts were held, ever
 * @param massGuardTime how long verdicts were held, altogether
 * @param massGuard what the guard does now
 * @param massGuardHold how long the guard was engaged each time
 * @param detection from the last sign of life to OFFLINE by timeout, or from the loss of a connection to OFFLINE; by the clock that stands still while the server itself is stopped
 * @param recovery from SUSPECT to being heard again, or from the loss of a connection to the next; as many suspects recovered
 * @param pauses how long a loop was itself stopped each time, as far as it was credited
 * @param loopLag how much later than it meant to a loop woke up for its timers
 * @param lateWakes how often that was more than a tick of its timers, which is 17 ms
 * @param loopFailures what was thrown by the bus's own work on the loops of its transport, all servers and clients on it together; the loops go on, and the log tells of each. 0 unless something is broken
 */
public record BusStats(
        long connections,
        long connectionsAccepted,
        long connectionsRefused,
        long foreignConnections,
        long handshakeTimeouts,
        long writeStalls,
        long online,
        long suspect,
        long registrations,
        long registrationsRefused,
        long registrationBytes,
        long heartbeats,
        long framesIn,
        long bytesIn,
        long messagesIn,
        long messagesOut,
        long undelivered,
        long dropped,
        long broadcasts,
        long notPassedOn,
        long unmatchedReplies,
        long channels,
        long channelsEver,
        Map<String, Long> errorsSent,
        long callbackFailures,
        long coalescedEvents,
        long stallsCredited,
        Duration stallTimeCredited,
        long massGuardHolds,
        boolean massGuardEngaged,
        long massGuardVerdicts,
        Duration massGuardTime,
        MassGuardStatus massGuard,
        Measure massGuardHold,
        Measure detection,
        Measure recovery,
        Measure pauses,
        Measure loopLag,
        long lateWakes,
        long loopFailures) {
    /** Refuses null. */
    public BusStats {
        Objects.requireNonNull(errorsSent, "errorsSent");
        Objects.requireNonNull(stallTimeCredited, "stallTimeCredited");
        Objects.requireNonNull(massGuardTime, "massGuardTime");
        Objects.requireNonNull(massGuard, "massGuard");
        Objects.requireNonNull(massGuardHold, "massGuardHold");
        Objects.requireNonNull(detection, "detection");
        Objects.requireNonNull(recovery, "recovery");
        Objects.requireNonNull(pauses, "pauses");
        Objects.requireNonNull(loopLag, "loopLag");
    }
}
