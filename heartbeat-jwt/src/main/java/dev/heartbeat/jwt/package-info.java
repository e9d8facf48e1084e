/** An authenticator by JSON Web Tokens: {@link dev.heartbeat.jwt.JsonWebTokens}. */
@NullMarked
package dev.heartbeat.jwt;

import org.jspecify.annotations.NullMarked;
