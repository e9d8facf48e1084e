/**
 * Authenticators for a server, by tokens in a file
 * ({@link dev.heartbeat.credentials.SharedTokens}), by signed tokens
 * ({@link dev.heartbeat.credentials.SignedTokens}) or by certificates
 * ({@link dev.heartbeat.credentials.CertificatePrincipals}); for a client, the token in a file
 * ({@link dev.heartbeat.credentials.TokenFile}).
 */
@NullMarked
package dev.heartbeat.credentials;

import org.jspecify.annotations.NullMarked;
