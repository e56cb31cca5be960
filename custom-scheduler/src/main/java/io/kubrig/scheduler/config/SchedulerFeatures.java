package io.kubrig.scheduler.config;

import io.kubrig.machinery.component.FeatureGates;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The feature gates that change what the scheduler does. Every other gate is as 1.36 has it by default.
 *
 * @param genericWorkload whether the waiting pods of a pod group are tried together
 * @param gangScheduling whether pods of a group wait for each other; needs {@code genericWorkload}
 */
public record SchedulerFeatures(boolean genericWorkload, boolean gangScheduling) {
  /** As in 1.36 by default. */
  public static final SchedulerFeatures DEFAULTS = new SchedulerFeatures(false, false);

  private static final String GENERIC_WORKLOAD = "GenericWorkload";
  private static final String GANG_SCHEDULING = "GangScheduling";

  /** The features that a command line asks for. */
  public static SchedulerFeatures of(FeatureGates gates) {
    SchedulerFeatures f = new SchedulerFeatures(gates.enabled(GENERIC_WORKLOAD, false), gates.enabled(GANG_SCHEDULING, false));
    if (f.gangScheduling && !f.genericWorkload) {
      throw new InvalidConfigurationException(GANG_SCHEDULING + " is enabled, but depends on features that are disabled: ["
          + GENERIC_WORKLOAD + "]");
    }
    return f;
  }

  /** The names of gates that are given but change nothing. */
  public static List<String> withoutEffect(FeatureGates gates) {
    List<String> names = new ArrayList<>(gates.switched().keySet());
    names.removeAll(Set.of(GENERIC_WORKLOAD, GANG_SCHEDULING));
    return names;
  }
}
