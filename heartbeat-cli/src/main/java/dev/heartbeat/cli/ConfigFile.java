package dev.heartbeat.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file of options: Java properties in UTF-8, whose keys are the names of flags without dashes
 * before them. A message shows a key, and never a value, because the file may be a wrong one with
 * secrets in it.
 */
final class ConfigFile {
    private static final int MAX_BYTES = 1 << 20;

    private ConfigFile() {}

    /**
     * {@return its bytes}
     *
     * @throws IOException if it cannot be had; the message names the file
     */
    static byte[] read(Path file) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw new IOException(file + ", which cannot be read: " + Reasons.of(e), e);
        }
        if (content.length > MAX_BYTES) {
            throw new IOException(file + ", which is longer than " + MAX_BYTES + " bytes");
        }
        return content;
    }

    /**
     * {@return the values of a file with this content, by key}
     *
     * @throws IOException if it is no such file; the message names it
     */
    static Map<String, String> values(Path file, byte[] content) throws IOException {
        Map<String, String> values = new TreeMap<>();
        Once once = new Once();
        try {
            once.load(new StringReader(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString()));
        } catch (CharacterCodingException e) {
            throw new IOException(file + ", which is not text in UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ", which has a \\u that four hexadecimal digits do not follow", e);
        }
        if (once.twice != null) {
            throw new IOException(file + ", which sets " + once.twice + " twice, allowed is once");
        }
        once.forEach((key, value) -> values.put((String) key, ((String) value).strip()));
        if (values.values().stream().anyMatch(String::isEmpty)) {
            throw new IOException(file + ", which has a line without a value, allowed is 'name = value'");
        }
        return values;
    }

    /** Notes a key that comes again, which would replace the first unseen. */
    private static final class Once extends Properties {
        private static final long serialVersionUID = 1L;

        private transient @Nullable String twice;

        @Override
        public synchronized Object put(Object key, Object value) {
            if (containsKey(key)) {
                twice = Shown.of((String) key);
            }
            return super.put(key, value);
        }
    }
}
