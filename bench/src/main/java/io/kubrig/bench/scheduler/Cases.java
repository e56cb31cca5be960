package io.kubrig.bench.scheduler;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The upstream benchmark: what is done ({@code cases.yaml}), with how much ({@code workloads.tsv}), of what ({@code templates.yaml}). */
final class Cases {
  private final Map<String, Object> steps = yaml("cases.yaml");
  private final Templates templates = new Templates(yaml("templates.yaml"));
  private final List<Workload> workloads;

  Cases() {
    workloads = text("workloads.tsv").lines().filter(l -> !l.startsWith("#")).map(Cases::workload).toList();
  }

  private static Workload workload(String line) {
    String[] f = line.split("\t");
    return new Workload(f[0], f[1], f[2].equals("-") ? 0 : Integer.parseInt(f[2]), pairs(f[3]), pairs(f[4]),
        f[5].equals("-") ? Set.of() : Set.of(f[5].split(",")));
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> out = new LinkedHashMap<>();
    for (String pair : text.equals("-") ? new String[0] : text.split(",")) {
      int at = pair.indexOf('=');
      out.put(pair.substring(0, at), pair.substring(at + 1));
    }
    return out;
  }

  private static String text(String file) {
    try (InputStream in = Cases.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> yaml(String file) {
    return Trees.map(new KubernetesSerialization().unmarshal(text(file), Map.class));
  }

  Templates templates() {
    return templates;
  }

  /** All of them, in upstream's order. */
  List<Workload> workloads() {
    return workloads;
  }

  /**
   * Those that are meant by names: of a case (its workload with a threshold, the last of them), of a workload ({@code CASE/WORKLOAD}) or by
   * a label that all with it bear ({@code +performance}). Without names all cases that have a threshold; {@code all} are all workloads.
   */
  List<Workload> select(List<String> names) {
    if (names.equals(List.of("all"))) {
      return workloads;
    }
    Map<String, Workload> measured = new LinkedHashMap<>();
    workloads.stream().filter(w -> w.threshold() > 0).forEach(w -> measured.put(w.benchmark(), w));
    List<Workload> out = new ArrayList<>();
    for (String name : names) {
      if (measured.containsKey(name)) {
        out.add(measured.get(name));
      } else {
        List<Workload> meant = workloads.stream()
            .filter(w -> w.id().equals(name) || w.benchmark().equals(name)
                || name.startsWith("+") && w.labels().contains(name.substring(1)))
            .toList();
        if (meant.isEmpty()) {
          throw new IllegalArgumentException("no workload is called " + name);
        }
        out.addAll(meant);
      }
    }
    return names.isEmpty() ? List.copyOf(measured.values()) : out;
  }

  List<Step> steps(Workload workload) {
    return Trees.list(steps.get(workload.benchmark())).stream().map(s -> new Step(Trees.map(s), workload)).toList();
  }
}
