package dev.heartbeat.admin.internal.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heartbeat.admin.internal.http.Reply;
import dev.heartbeat.admin.internal.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The files of the live page. They hold no secret, and nothing of the fleet. */
public final class PageFiles {
    private PageFiles() {}

    public static void addTo(Routes routes) {
        add(routes, "/", "page.html", "text/html; charset=utf-8");
        add(routes, "/page.css", "page.css", "text/css; charset=utf-8");
        add(routes, "/page.js", "page.js", "text/javascript; charset=utf-8");
        add(routes, "/charts.js", "charts.js", "text/javascript; charset=utf-8");
        add(routes, "/icon.svg", "icon.svg", "image/svg+xml");
    }

    private static void add(Routes routes, String path, String file, String type) {
        Reply reply = Reply.ok(type, read(file));
        routes.open(path, request -> reply);
    }

    private static String read(String file) {
        try (InputStream in = PageFiles.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + file);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
