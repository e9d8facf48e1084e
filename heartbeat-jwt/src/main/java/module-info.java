/** Authenticates nodes by JSON Web Tokens. */
// The library of tokens has no descriptor of a module.
@SuppressWarnings("requires-automatic")
module dev.heartbeat.jwt {
    requires transitive dev.heartbeat.core;
    requires dev.heartbeat.credentials;
    requires com.nimbusds.jose.jwt;

    exports dev.heartbeat.jwt;
}
