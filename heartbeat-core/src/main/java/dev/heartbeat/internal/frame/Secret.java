package dev.heartbeat.internal.frame;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes that must not appear in a log, an exception or a debugger's list. */
public final class Secret {
    private final byte[] bytes;

    /**
     * @param bytes not copied: nobody may change them any more
     */
    public Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] reveal() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
