/**
 * The rules of docs/PROTOCOL.md, held against the bus on real sockets: server, client, or both.
 * Each module with a transport runs these tests over its own. Nothing here knows a transport, and
 * the frames are written and read by hand.
 */
package dev.heartbeat.sockettests;
