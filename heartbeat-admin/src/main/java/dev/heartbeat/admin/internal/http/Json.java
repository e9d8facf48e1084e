package dev.heartbeat.admin.internal.http;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Writes and reads JSON: of maps, collections, texts, numbers, booleans and null. */
public final class Json {
    private static final JSON WRITER = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);

    private Json() {}

    /** {@return the value in one line} */
    public static String of(Object value) {
        try {
            return WRITER.asString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Nothing is written to a device.
        }
    }

    /**
     * {@return the object}
     *
     * @throws Problem if it is none
     */
    public static Map<String, Object> object(String text) throws Problem {
        try {
            return JSON.std.mapFrom(text);
        } catch (IOException e) {
            throw Problem.badRequest("the body is to be a JSON object");
        }
    }
}
