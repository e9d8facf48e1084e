package dev.heartbeat.bench.load.report;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder where reports are kept: of each run a page in Markdown, its pictures, and all numbers
 * in JSON.
 */
public final class ReportFolder {
    private final Path folder;

    /** A folder that is made when it is not there. */
    public ReportFolder(Path folder) {
        this.folder = folder;
    }

    /** Writes {@code name.md}, {@code name.json} and pictures, over those that were there. */
    public void write(String name, Environment environment, Report report) throws IOException {
        Files.createDirectories(folder);
        Map<String, Object> json = new LinkedHashMap<>(environment.facts());
        json.putAll(report.json());
        Files.writeString(
                folder.resolve(name + ".json"),
                JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json) + "\n");
        List<String> page = new ArrayList<>(List.of("# " + name, ""));
        environment.facts().forEach((fact, value) -> page.add("- " + fact + ": `" + value + "`"));
        page.add("");
        page.addAll(report.markdown());
        for (String picture : report.draw(folder, name)) {
            page.add("");
            page.add("![](" + picture + ")");
        }
        Files.write(folder.resolve(name + ".md"), page);
    }
}
