package io.kubrig.testkit;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.machinery.component.SharedRandom;
import io.kubrig.standalone.simulated.AnnotatedScript;
import io.kubrig.standalone.simulated.PodScript;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Chooses the parts of a {@link KubrigCluster}. */
public final class ClusterBuilder {
  /** When virtual time begins unless a test says otherwise: a Thursday. */
  public static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private List<String> controllers = List.of("*");
  private boolean scheduler = true;
  private int nodes = 1;
  private PodScript script = new AnnotatedScript();
  private Optional<RandomGenerator> random = Optional.empty();
  private ClusterTime time = ClusterTime.REAL;
  private Duration heartbeat = HEARTBEAT;
  private List<String> managerFlags = List.of();
  private Optional<Cluster.Settings> apis = Optional.empty();

  ClusterBuilder() {}

  /** All controllers that run by default, or none. */
  public ClusterBuilder controllers(boolean run) {
    controllers = run ? List.of("*") : List.of();
    return this;
  }

  /**
   * Some controllers, as {@code --controllers} of kube-controller-manager names them: {@code job-controller}, {@code *}, {@code
   * -cronjob-controller}.
   */
  public ClusterBuilder controllers(String... names) {
    controllers = List.of(names);
    return this;
  }

  public ClusterBuilder scheduler(boolean run) {
    scheduler = run;
    return this;
  }

  /** How many simulated nodes there are; 0 for none. */
  public ClusterBuilder nodes(int count) {
    nodes = count;
    return this;
  }

  /** What becomes of the pods on simulated nodes. */
  public ClusterBuilder script(PodScript pods) {
    script = pods;
    return this;
  }

  /** The source of all generated names, uids and tie breaks: a seeded one makes them repeatable. */
  public ClusterBuilder random(RandomGenerator source) {
    random = Optional.of(SharedRandom.of(source)); // once for all parts of the cluster
    return this;
  }

  /**
   * How often a node renews its lease, ten seconds unless said otherwise. The manager notices a silent node after five times that. In
   * virtual time a week with seldom heartbeats passes more quickly.
   */
  public ClusterBuilder heartbeat(Duration period) {
    heartbeat = period;
    return this;
  }

  /** Further flags of kube-controller-manager, with which its controllers are started. They win over what this builder sets by itself. */
  public ClusterBuilder managerFlags(List<String> flags) {
    managerFlags = List.copyOf(flags);
    return this;
  }

  /** What the API server serves: service ranges, feature gates, APIs that are off by default. */
  public ClusterBuilder apis(Cluster.Settings settings) {
    apis = Optional.of(settings);
    return this;
  }

  /** Nothing but the API server. */
  public ClusterBuilder apiServerOnly() {
    return controllers(false).scheduler(false).nodes(0);
  }

  /** Time stands still at {@link #NEW_YEAR} until the test moves it with {@link KubrigCluster#advance}. */
  public ClusterBuilder virtualTime() {
    return virtualTime(NEW_YEAR);
  }

  /** As {@link #virtualTime()}, from another moment on. */
  public ClusterBuilder virtualTime(Instant begin) {
    time = ClusterTime.virtual(begin);
    return this;
  }

  /** Makes the cluster and returns when its parts run. */
  public KubrigCluster start() throws InterruptedException {
    return KubrigCluster.start(settings());
  }

  ClusterSettings settings() {
    return new ClusterSettings(controllers, scheduler, nodes, script, random, time, heartbeat, managerFlags, apis);
  }
}
