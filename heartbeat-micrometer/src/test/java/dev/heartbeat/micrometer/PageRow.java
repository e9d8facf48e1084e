package dev.heartbeat.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What docs/METRICS.md says of meters that have one name, except what to watch for. */
record PageRow(String name, String prometheus, String type, String unit, String tags, String meaning) {
    private static final PrometheusNamingConvention NAMING = new PrometheusNamingConvention();

    static PageRow of(List<Meter> same) {
        Meter.Id id = same.get(0).getId();
        Map<String, TreeSet<String>> tags = new TreeMap<>();
        for (Meter meter : same) {
            for (Tag tag : meter.getId().getTags()) {
                tags.computeIfAbsent(tag.getKey(), key -> new TreeSet<>()).add(tag.getValue());
            }
        }
        String type = id.getType().name().toLowerCase(Locale.ROOT);
        String name = NAMING.name(id.getName(), id.getType(), id.getBaseUnit());
        boolean suffix = type.equals("counter") && !name.endsWith("_total");
        String unit = id.getBaseUnit() == null ? "" : id.getBaseUnit();
        return new PageRow(
                id.getName(),
                suffix ? name + "_total" : name,
                type,
                unit.isEmpty() && type.equals("timer") ? "seconds" : unit,
                tags.entrySet().stream()
                        .map(each -> "`" + each.getKey() + "`: " + String.join(", ", each.getValue()))
                        .collect(Collectors.joining("; ")),
                String.valueOf(id.getDescription()));
    }

    /** Reads a row of the page. */
    static PageRow read(String line) {
        String[] cells = line.substring(2).split(" \\| ?", -1);
        return new PageRow(code(cells[0]), code(cells[1]), cells[2], cells[3], cells[4], cells[5]);
    }

    private static String code(String cell) {
        return cell.replace("`", "");
    }

    @Override
    public String toString() {
        return "| `" + name + "` | `" + prometheus + "` | " + type + " | " + unit + " | " + tags + " | " + meaning
                + " |";
    }
}
