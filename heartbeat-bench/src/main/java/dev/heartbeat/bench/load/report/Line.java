package dev.heartbeat.bench.load.report;

import java.util.List;

/**
 * The straight line that fits points best, by least squares.
 *
 * @param slope how much it rises for each
 * @param start where it is at 0
 */
record Line(double slope, double start) {
    static Line through(List<Double> x, List<Double> y) {
        double meanX = mean(x);
        double meanY = mean(y);
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < x.size(); i++) {
            covariance += (x.get(i) - meanX) * (y.get(i) - meanY);
            variance += (x.get(i) - meanX) * (x.get(i) - meanX);
        }
        double slope = variance == 0 ? meanY / meanX : covariance / variance;
        return new Line(slope, meanY - slope * meanX);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    double at(double x) {
        return start + slope * x;
    }
}
