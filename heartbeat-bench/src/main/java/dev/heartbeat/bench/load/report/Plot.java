package dev.heartbeat.bench.load.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Lines over a number, as a picture; needs no screen. */
final class Plot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 480;
    private static final float STROKE = 2;

    private final XYChart chart;

    Plot(String title, String x, String y) {
        System.setProperty("java.awt.headless", "true");
        chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setLegendPosition(LegendPosition.OutsideE);
    }

    /** Both axes grow by factors of ten. */
    Plot logarithmic() {
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        return this;
    }

    /** The vertical axis begins at 0. */
    Plot fromZero() {
        chart.getStyler().setYAxisMin(0.0);
        return this;
    }

    Plot with(String label, List<Double> x, List<Double> y) {
        XYSeries series = chart.addSeries(label, x, y);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineWidth(STROKE);
        return this;
    }

    /** Writes a PNG; returns the file's name. */
    String write(Path folder, String name) throws IOException {
        Files.write(folder.resolve(name + ".png"), ChartEncoder.getBytes(chart, "png"));
        return name + ".png";
    }
}
