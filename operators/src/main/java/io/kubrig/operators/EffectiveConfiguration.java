package io.kubrig.operators;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings in the shape of the native KubeControllerManagerConfiguration, as {@code /configz} shows them: its fields are a table
 * ({@code configz.tsv}), spelled as in Go, since the native program shows its internal type.
 */
final class EffectiveConfiguration {
  private static final String GROUP = "kubecontrollermanager.config.k8s.io";

  private EffectiveConfiguration() {}

  /** The JSON text. */
  static String json(ControllerManagerOptions options) {
    Tree configuration = new Tree();
    for (String[] field : fields()) {
      Tree parent = configuration;
      String[] path = field[0].split("\\.");
      for (int i = 0; i < path.length - 1; i++) {
        parent = parent.need(path[i]);
      }
      parent.set(path[path.length - 1], shown(options.value(field[1])));
    }
    return Json.text(Tree.of(GROUP, configuration));
  }

  private static Object shown(Object value) {
    return switch (value) {
      case Duration duration -> GoDuration.format(duration);
      case Integer number -> number.longValue();
      case List<?> list -> new ArrayList<Object>(list);
      case Boolean truth -> truth;
      case Double number -> number;
      default -> value.toString();
    };
  }

  private static List<String[]> fields() {
    try (BufferedReader table = new BufferedReader(
        new InputStreamReader(EffectiveConfiguration.class.getResourceAsStream("configz.tsv"), StandardCharsets.UTF_8))) {
      return table.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("\t")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
