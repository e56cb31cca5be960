package io.kubrig.machinery.metrics;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Meters as Prometheus text: families sorted by name, numbers in the shortest form that native components print. */
final class PrometheusText {
  private final StringBuilder out = new StringBuilder(16 * 1024);

  String write(List<Meter> meters) {
    Map<String, List<Meter>> families = new TreeMap<>();
    for (Meter meter : meters) {
      families.computeIfAbsent(legal(meter.getId().getName()), unused -> new ArrayList<>()).add(meter);
    }
    families.forEach(this::family);
    return out.toString();
  }

  private void family(String name, List<Meter> meters) {
    meters.sort(Comparator.comparing(meter -> meter.getId().getTags().toString()));
    String help = meters.getFirst().getId().getDescription();
    if (help != null) {
      String promise = help.startsWith("[") ? "" : Stability.prefix(name);
      String line = promise + help.replace("\\", "\\\\").replace("\n", "\\n");
      out.append("# HELP ").append(name).append(' ').append(line).append('\n');
    }
    out.append("# TYPE ").append(name).append(' ').append(type(meters.getFirst())).append('\n');
    for (Meter meter : meters) {
      meter(name, meter);
    }
  }

  private static String type(Meter meter) {
    if (meter instanceof Bucketed bucketed) {
      return bucketed.buckets().bounds().length == 0 ? "summary" : "histogram";
    }
    return switch (meter.getId().getType()) {
      case COUNTER -> "counter";
      case GAUGE -> "gauge";
      case TIMER, LONG_TASK_TIMER, DISTRIBUTION_SUMMARY -> "summary";
      case OTHER -> "untyped";
    };
  }

  private void meter(String name, Meter meter) {
    List<Tag> tags = meter.getId().getTags();
    switch (meter) {
      case Bucketed bucketed -> histogram(name, tags, bucketed.buckets());
      case FunctionTimer timer -> countAndSum(name, tags, timer.count(), timer.totalTime(TimeUnit.SECONDS));
      case LongTaskTimer timer -> countAndSum(name, tags, timer.activeTasks(), timer.duration(TimeUnit.SECONDS));
      default -> {
        for (Measurement measurement : meter.measure()) {
          String suffix = measurement.getStatistic() == Statistic.MAX ? "_max" : "";
          sample(name + suffix, tags, "", measurement.getValue());
        }
      }
    }
  }

  private void histogram(String name, List<Tag> tags, BucketCounts counts) {
    double[] bounds = counts.bounds();
    long[] totals = counts.cumulative();
    for (int i = 0; i < bounds.length; i++) {
      sample(name + "_bucket", tags, number(bounds[i]), totals[i]);
    }
    if (bounds.length > 0) {
      sample(name + "_bucket", tags, "+Inf", totals[bounds.length]);
    }
    sample(name + "_sum", tags, "", counts.sum());
    sample(name + "_count", tags, "", totals[bounds.length]);
  }

  private void countAndSum(String name, List<Tag> tags, double count, double sum) {
    sample(name + "_sum", tags, "", sum);
    sample(name + "_count", tags, "", count);
  }

  private void sample(String name, List<Tag> tags, String upperBound, double value) {
    out.append(name);
    char separator = '{';
    for (Tag tag : tags) {
      label(separator, legal(tag.getKey()), tag.getValue());
      separator = ',';
    }
    if (!upperBound.isEmpty()) {
      label(separator, "le", upperBound);
      separator = ',';
    }
    out.append(separator == ',' ? "} " : " ").append(number(value)).append('\n');
  }

  private void label(char separator, String key, String value) {
    out.append(separator).append(key).append("=\"");
    out.append(value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"")).append('"');
  }

  private static String legal(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c == '_' || c == ':' || c < 128 && Character.isLetterOrDigit(c))) {
        return name.replaceAll("[^a-zA-Z0-9_:]", "_");
      }
    }
    return name;
  }

  /** The shortest text that reads back as the same number; an exponent from seven integer digits, as {@code 1.5e+06}, or below 1e-4. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 6) {
      return decimal.toPlainString();
    }
    String digits = decimal.unscaledValue().abs().toString();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    return (decimal.signum() < 0 ? "-" : "") + digits.charAt(0) + fraction + "e" + power;
  }
}
