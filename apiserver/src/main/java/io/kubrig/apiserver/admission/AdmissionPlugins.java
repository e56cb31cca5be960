package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The admission plugins in native's order, those that are on by default and those that were switched on. */
public final class AdmissionPlugins {

  /**
   * What admission is made of.
   *
   * @param enabled names switched on beyond the default ones
   * @param disabled names switched off
   * @param notReadySeconds of the default toleration
   * @param unreachableSeconds of the default toleration
   */
  public record Settings(List<String> enabled, List<String> disabled, long notReadySeconds, long unreachableSeconds) {}

  private AdmissionPlugins() {}

  /** Every plugin that there is, with whether it is on by default, in the order in which they are asked. */
  private static List<Candidate> all(Settings settings, Cluster cluster) {
    return List.of(
        on(new NamespaceLifecycle(cluster)),
        on(new ServiceAccountAdmission(cluster)),
        on(new PriorityAdmission(cluster)),
        on(new DefaultTolerationSeconds(settings.notReadySeconds(), settings.unreachableSeconds())));
  }

  private record Candidate(AdmissionPlugin plugin, boolean byDefault) {}

  private static Candidate on(AdmissionPlugin plugin) {
    return new Candidate(plugin, true);
  }

  /**
   * The plugins that are to run.
   *
   * @throws IllegalArgumentException when a name is not known; the message lists those that are
   */
  public static List<AdmissionPlugin> of(Settings settings, Cluster cluster) {
    List<Candidate> all = all(settings, cluster);
    Set<String> named = new HashSet<>(settings.enabled());
    named.addAll(settings.disabled());
    List<String> known = all.stream().map(candidate -> candidate.plugin().name()).toList();
    for (String name : named) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException("admission plugin \"" + name + "\" is unknown; known ones are " + String.join(", ", known));
      }
    }
    List<AdmissionPlugin> chosen = new ArrayList<>();
    for (Candidate candidate : all) {
      String name = candidate.plugin().name();
      if (!settings.disabled().contains(name) && (candidate.byDefault() || settings.enabled().contains(name))) {
        chosen.add(candidate.plugin());
      }
    }
    return chosen;
  }
}
