package io.kubrig.testkit;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.standalone.simulated.PodScript;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a cluster is to be made of.
 *
 * @param controllers names as {@code --controllers} takes them; empty for no controllers at all
 * @param nodes how many simulated nodes there are
 * @param random where names, uids and tie breaks come from, when the test has a source of its own
 * @param heartbeat how often a node renews its lease
 * @param managerFlags further flags of the controller manager; a later one wins
 * @param apis what the API server serves, when that is not the usual
 */
record ClusterSettings(
    List<String> controllers,
    boolean scheduler,
    int nodes,
    PodScript script,
    Optional<RandomGenerator> random,
    ClusterTime time,
    Duration heartbeat,
    List<String> managerFlags,
    Optional<Cluster.Settings> apis) {

  ClusterSettings {
    controllers = List.copyOf(controllers);
    managerFlags = List.copyOf(managerFlags);
  }
}
