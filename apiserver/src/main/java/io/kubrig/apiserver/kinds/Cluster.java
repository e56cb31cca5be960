package io.kubrig.apiserver.kinds;

import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.FeatureGates;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a kind may ask of the server that it is served by: other objects and the server's settings. Reads see the current state; trees are
 * frozen.
 */
public interface Cluster {
  Clock clock();

  RandomGenerator random();

  /**
   * @param namespace "" for cluster-scoped resources
   */
  Optional<Tree> get(String group, String plural, String namespace, String name);

  /**
   * @param namespace "" for all
   */
  List<Tree> list(String group, String plural, String namespace);

  Settings settings();

  /** Whether somebody may do what a kind asks about besides the request itself. */
  Verdict authorize(Attributes question);

  /**
   * The flags that kinds depend on.
   *
   * @param serviceRanges CIDRs for cluster IPs, one per family, the primary first
   * @param allowPrivileged whether containers may be privileged
   * @param features what the command line switched
   * @param apis groups and versions that the command line switched: {@code --runtime-config}
   */
  record Settings(
      List<String> serviceRanges, int firstNodePort, int lastNodePort, boolean allowPrivileged, Duration eventTimeToLive,
          FeatureGates features,
      Map<String, String> apis) {
    /** With the features that are on by default. */
    public Settings(List<String> serviceRanges, int firstNodePort, int lastNodePort, boolean allowPrivileged, Duration eventTimeToLive) {
      this(serviceRanges, firstNodePort, lastNodePort, allowPrivileged, eventTimeToLive, FeatureGates.DEFAULTS, Map.of());
    }
  }
}
