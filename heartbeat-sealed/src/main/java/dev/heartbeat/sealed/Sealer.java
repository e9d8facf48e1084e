package dev.heartbeat.sealed;

import dev.heartbeat.sealed.SealException.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts messages end to end: a server that passes them on sees neither their content nor can it
 * alter them, or pass one off as another sender's or another channel's. It sees who sends how much
 * to whom, and when. AES-256-GCM with a random nonce of 96 bits.
 *
 * <p><b>Replay is not prevented:</b> whoever can send at all can send a message again, and it opens
 * again. Number the messages where that matters. docs/SEALED.md shows how, and has the format.
 *
 * <p>A sender and a channel are any names on which both ends agree, such as a node id and the name
 * of a {@link dev.heartbeat.Channel}; empty is a name. Neither travels within the message: the
 * receiver says whose message it expects.
 *
 * <p>Methods block for the work of the cipher alone. Any thread.
 *
 * @since 0.1
 */
public final class Sealer {
    /** The number of bytes of a name in UTF-8, at most. */
    public static final int MAX_NAME_BYTES = 0xFFFF;

    private static final int VERSION = 1;
    private static final int FIXED = 2;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int MAX_ID = 64;

    private final SecureRandom random = new SecureRandom();
    private volatile KeyRing keys;

    private Sealer(KeyRing keys) {
        this.keys = keys;
    }

    /** {@return a sealer with these keys} */
    public static Sealer of(KeyRing keys) {
        return new Sealer(Objects.requireNonNull(keys, "keys"));
    }

    /**
     * Uses these keys from now on. A key of the same id and bytes goes on with its count; one that
     * was taken out must not come back, because its count begins anew.
     */
    public synchronized void use(KeyRing next) {
        keys = Objects.requireNonNull(next, "next").withCountsOf(keys);
    }

    /** {@return how many messages the key to seal with may still seal} Change it in time. */
    public long remainingMessages() {
        return keys.current().remaining();
    }

    /**
     * Seals a message, which gets longer by 30 bytes and the id of the key.
     *
     * @param sender whose message it is
     * @param channel for which it is
     * @param message its bytes from position to limit; it is read and not changed
     * @return a new buffer, ready to be sent; the caller's
     * @throws IllegalArgumentException if a name is longer than {@link #MAX_NAME_BYTES}, or the
     *     message is too long for a buffer
     * @throws IllegalStateException if the key has sealed as many messages as it may
     */
    public ByteBuffer seal(String sender, String channel, ByteBuffer message) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return seal(sender, channel, message, nonce);
    }

    ByteBuffer seal(String sender, String channel, ByteBuffer message, byte[] nonce) {
        byte[] from = name("sender", sender);
        byte[] on = name("channel", channel);
        SealingKey key = keys.current();
        byte[] id = key.id.getBytes(StandardCharsets.US_ASCII);
        long length = (long) FIXED + id.length + NONCE_BYTES + message.remaining() + TAG_BYTES;
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("message has " + message.remaining() + " bytes, allowed is "
                    + (Integer.MAX_VALUE - (length - message.remaining())));
        }
        key.countMessage();
        ByteBuffer sealed = ByteBuffer.allocate((int) length);
        sealed.put((byte) VERSION).put((byte) id.length).put(id).put(nonce);
        try {
            cipher(Cipher.ENCRYPT_MODE, key, nonce, id, from, on).doFinal(message.duplicate(), sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed for a message of " + message.remaining() + " bytes", e);
        }
        return sealed.flip();
    }

    /**
     * Opens a message that was sealed by this sender for this channel.
     *
     * @param sender whose message it must be
     * @param channel for which it must be
     * @param sealed its bytes from position to limit; it is read and not changed
     * @return a new buffer with the message; the caller's
     * @throws SealException if it is no such message, or not genuine
     * @throws IllegalArgumentException if a name is longer than {@link #MAX_NAME_BYTES}
     */
    public ByteBuffer open(String sender, String channel, ByteBuffer sealed) throws SealException {
        byte[] from = name("sender", sender);
        byte[] on = name("channel", channel);
        ByteBuffer in = sealed.duplicate();
        byte[] id = id(in);
        SealingKey key = keys.key(new String(id, StandardCharsets.US_ASCII));
        if (key == null) {
            throw new SealException(
                    Fault.UNKNOWN_KEY,
                    "the message is sealed with a key that is not in the ring: " + shown(id) + ", and " + keys);
        }
        byte[] nonce = new byte[NONCE_BYTES];
        in.get(nonce);
        try {
            ByteBuffer message = ByteBuffer.allocate(in.remaining() - TAG_BYTES);
            cipher(Cipher.DECRYPT_MODE, key, nonce, id, from, on).doFinal(in, message);
            return message.flip();
        } catch (AEADBadTagException e) {
            throw new SealException(
                    Fault.NOT_GENUINE,
                    "the message was altered, or not sealed with " + key + " by this sender for this channel");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed for a message of " + in.remaining() + " bytes", e);
        }
    }

    /** Reads to the end of the id, and makes sure that nonce and tag follow. */
    private static byte[] id(ByteBuffer in) throws SealException {
        if (in.remaining() < FIXED) {
            throw malformed("it has " + in.remaining() + " bytes");
        }
        int version = in.get() & 0xFF;
        int length = in.get() & 0xFF;
        if (version != VERSION) {
            throw malformed("its version is " + version + ", allowed is " + VERSION);
        }
        if (length < 1 || length > MAX_ID) {
            throw malformed("the id of its key has " + length + " bytes, allowed is 1 to " + MAX_ID);
        }
        if (in.remaining() < length + NONCE_BYTES + TAG_BYTES) {
            throw malformed("it is cut off");
        }
        byte[] id = new byte[length];
        in.get(id);
        return id;
    }

    private static SealException malformed(String why) {
        return new SealException(Fault.MALFORMED, "this is no sealed message: " + why);
    }

    /** An id that came with a message may be anything. */
    private static String shown(byte[] id) {
        return new String(id, StandardCharsets.US_ASCII).replaceAll("[^A-Za-z0-9_-]", "?");
    }

    private static Cipher cipher(int mode, SealingKey key, byte[] nonce, byte[] id, byte[] sender, byte[] channel)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(ByteBuffer.allocate(FIXED + id.length + 2 * Short.BYTES + sender.length + channel.length)
                .put((byte) VERSION)
                .put((byte) id.length)
                .put(id)
                .putShort((short) sender.length)
                .put(sender)
                .putShort((short) channel.length)
                .put(channel)
                .flip());
        return cipher;
    }

    private static byte[] name(String what, String name) {
        byte[] bytes = Objects.requireNonNull(name, what).getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    what + " has " + bytes.length + " bytes, allowed is 0 to " + MAX_NAME_BYTES);
        }
        return bytes;
    }

    /** The ids of its keys. */
    @Override
    public String toString() {
        return "sealer with " + keys;
    }
}
