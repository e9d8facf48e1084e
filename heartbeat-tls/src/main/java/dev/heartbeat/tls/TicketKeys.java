package dev.heartbeat.tls;

import dev.heartbeat.tls.spi.TlsSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The keys of session tickets, from a file that several servers may share. */
final class TicketKeys {
    private static final int MAX_KEYS = 16;

    private TicketKeys() {}

    /** Reads them, and again when they change. */
    static Watched<List<byte[]>> watch(Path file, Reloading reloading) {
        SecretFiles.warnIfReadable("the ticket keys", file);
        return new Watched<>("the ticket keys", List.of(file), contents -> parse(file, contents.get(0)), reloading);
    }

    private static List<byte[]> parse(Path file, byte[] content) throws IOException {
        int count = content.length / TlsSettings.TICKET_KEY_BYTES;
        if (content.length % TlsSettings.TICKET_KEY_BYTES != 0 || count < 1 || count > MAX_KEYS) {
            throw new IOException(file + " holds " + content.length + " bytes; expected are 1 to " + MAX_KEYS
                    + " keys of " + TlsSettings.TICKET_KEY_BYTES + " bytes each, as 'openssl rand "
                    + TlsSettings.TICKET_KEY_BYTES + "' makes them");
        }
        List<byte[]> keys = new ArrayList<>();
        for (int at = 0; at < content.length; at += TlsSettings.TICKET_KEY_BYTES) {
            keys.add(Arrays.copyOfRange(content, at, at + TlsSettings.TICKET_KEY_BYTES));
        }
        return List.copyOf(keys);
    }
}
