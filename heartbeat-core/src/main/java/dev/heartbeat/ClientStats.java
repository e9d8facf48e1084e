package dev.heartbeat;

/**
 * What a client has counted since it was made, for itself and the nodes attached to it. The numbers are read one after the other while its loop goes on, so they may be apart by what happened in between.
 *
 * @param attempts to connect; as many more than registrations did not get as far
 * @param registrations of the client itself, reconnects included
 * @param heartbeats heartbeat requests sent
 * @param heartbeatsAnswered answers of the server, of which the last gave the round trip
 * @param messagesIn messages handed to the application, on any channel; requests and replies are messages too
 * @param messagesOut messages taken by the socket, likewise
 * @param undelivered accepted messages that came back instead of being sent
 * @param dropped those of them that had to leave a full queue of a channel for a newer one
 * @param unmatchedReplies replies that came too late, twice, or to no request
 * @param channels how many channels are open now, beside channel 0
 * @param channelsEver how many ever were opened by either side, those that were refused included
 * @param callbackFailures calls of the application's listeners and handlers that threw
 */
public record ClientStats(
        long attempts,
        long registrations,
        long heartbeats,
        long heartbeatsAnswered,
        long messagesIn,
        long messagesOut,
        long undelivered,
        long dropped,
        long unmatchedReplies,
        long channels,
        long channelsEver,
        long callbackFailures) {}
