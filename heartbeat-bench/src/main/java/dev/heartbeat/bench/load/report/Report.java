package dev.heartbeat.bench.load.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The report of a run, in each of its forms. */
public interface Report {
    /** Lines of Markdown, without what the figures depend on. */
    List<String> markdown();

    /** The same and more as values of JSON: maps, lists, numbers and texts. */
    Map<String, Object> json();

    /**
     * Draws pictures into files of a folder that is there.
     *
     * @param name what their names begin with
     * @return the names of the files
     */
    List<String> draw(Path folder, String name) throws IOException;
}
