/**
 * Decides who may register: a server's {@link dev.heartbeat.auth.Authenticator} and the
 * {@link dev.heartbeat.auth.Grant} it gives, a client's
 * {@link dev.heartbeat.auth.CredentialProvider}.
 */
@NullMarked
package dev.heartbeat.auth;

import org.jspecify.annotations.NullMarked;
