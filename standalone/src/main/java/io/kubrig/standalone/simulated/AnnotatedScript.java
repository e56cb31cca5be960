package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.machinery.duration.GoDuration;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Pods run for ever and are ready at once, unless annotations say otherwise:
 *
 * <ul>
 *   <li>{@code simulated.kubrig.io/exit-after: 2s} — the containers exit, with {@code simulated.kubrig.io/exit-code} (default 0);
 *   <li>{@code simulated.kubrig.io/ready-after: 5s} — the containers become ready later; {@code never} means what it says;
 *   <li>{@code simulated.kubrig.io/log: "hello"} — each main container writes these lines to its log whenever it starts.
 * </ul>
 *
 * An annotation that cannot be read counts as absent.
 */
public final class AnnotatedScript implements PodScript {
  public static final String EXIT_AFTER = "simulated.kubrig.io/exit-after";
  public static final String EXIT_CODE = "simulated.kubrig.io/exit-code";
  public static final String READY_AFTER = "simulated.kubrig.io/ready-after";
  public static final String LOG = "simulated.kubrig.io/log";

  @Override
  public Behaviour of(Pod pod) {
    Map<String, String> annotations = annotations(pod);
    try {
      if (annotations.containsKey(EXIT_AFTER)) {
        Duration after = GoDuration.parse(annotations.get(EXIT_AFTER));
        return new Behaviour.Exits(after, Integer.parseInt(annotations.getOrDefault(EXIT_CODE, "0")));
      }
      String ready = annotations.getOrDefault(READY_AFTER, "0s");
      return ready.equals("never") ? new Behaviour.NeverReady() : new Behaviour.Runs(GoDuration.parse(ready));
    } catch (IllegalArgumentException e) {
      return Behaviour.RUNS;
    }
  }

  @Override
  public List<String> prints(Pod pod, String container) {
    boolean main = pod.getSpec().getContainers().stream().anyMatch(known -> known.getName().equals(container));
    String text = annotations(pod).get(LOG);
    return main && text != null ? text.lines().toList() : List.of();
  }

  private static Map<String, String> annotations(Pod pod) {
    return pod.getMetadata().getAnnotations() == null ? Map.of() : pod.getMetadata().getAnnotations();
  }
}
