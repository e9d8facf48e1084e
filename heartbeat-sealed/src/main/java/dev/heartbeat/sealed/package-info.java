/**
 * Messages that only their sender and receiver can read, though they pass through a server: a
 * {@link dev.heartbeat.sealed.Sealer} encrypts and decrypts them with the keys of a
 * {@link dev.heartbeat.sealed.KeyRing}.
 */
@NullMarked
package dev.heartbeat.sealed;

import org.jspecify.annotations.NullMarked;
