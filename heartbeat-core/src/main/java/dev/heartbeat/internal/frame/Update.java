package dev.heartbeat.internal.frame;

import static dev.heartbeat.internal.frame.ProtocolException.malformed;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The payload of UPDATE: what a registered node says anew.
 *
 * @param metadata all of them; null where they stay as they are
 * @param credential null where there is none
 */
public record Update(@Nullable Metadata metadata, @Nullable Secret credential) {
    private static final int NO_METADATA = 0x02;

    public static Update read(ByteBuffer in) throws ProtocolException {
        Metadata entries = null;
        boolean none = false;
        Secret credential = null;
        long seen = 0;
        while (in.hasRemaining()) {
            int tag = Tlv.read(in);
            switch (Tlv.type(tag)) {
                case Metadata.TLV -> {
                    entries = entries == null ? new Metadata() : entries;
                    entries.read(in, tag);
                }
                case NO_METADATA -> {
                    seen = Tlv.once(seen, tag);
                    Tlv.empty(tag);
                    none = true;
                }
                case Register.CREDENTIAL -> {
                    seen = Tlv.once(seen, tag);
                    credential = Register.readCredential(in, tag);
                }
                default -> Tlv.skipUnknown(in, tag);
            }
        }
        if (none && entries != null) {
            throw malformed("metadata entries beside the TLV that there are none");
        }
        boolean stays = entries == null && !none && credential != null;
        return new Update(stays ? null : entries == null ? new Metadata() : entries, credential);
    }

    /** The credential's bytes, which nobody may change; null if there is none. */
    public byte @Nullable [] credentialBytes() {
        return credential == null ? null : credential.reveal();
    }

    static int maxSize(Secret credential) {
        return Tlv.HEADER + credential.length();
    }

    static void write(ByteBuffer out, Secret credential) {
        Tlv.write(out, Register.CREDENTIAL, credential.reveal());
    }

    @Override
    public String toString() {
        String said = metadata == null ? "the same metadata" : metadata.toString();
        return credential == null ? said : said + ", a credential";
    }
}
