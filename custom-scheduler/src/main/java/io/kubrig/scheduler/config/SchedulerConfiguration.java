package io.kubrig.scheduler.config;

import io.kubrig.machinery.duration.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A {@code KubeSchedulerConfiguration} of {@code kubescheduler.config.k8s.io/v1}, complete with defaults. */
public record SchedulerConfiguration(
    int parallelism,
    LeaderElection leaderElection,
    Connection connection,
    Debugging debugging,
    int percentageOfNodesToScore,
    Backoff backoff,
    boolean delayCacheUntilActive,
    List<ProfileConfiguration> profiles,
    List<ExtenderConfiguration> extenders,
    SchedulerFeatures features) {

  public static final String API_VERSION = "kubescheduler.config.k8s.io/v1";

  /** How one of several schedulers becomes the active one. */
  public record LeaderElection(
      boolean leaderElect, Duration leaseDuration, Duration renewDeadline, Duration retryPeriod, String resourceName,
          String resourceNamespace) {}

  /** How the API server is reached. */
  public record Connection(String kubeconfig, String contentType, double qps, int burst) {}

  /** What helps to look into the process. */
  public record Debugging(boolean profiling, boolean contentionProfiling) {}

  /** How long a pod waits after a failed attempt: {@code initial} at first, doubled each time, {@code max} at most. */
  public record Backoff(Duration initial, Duration max) {}

  /** Everything at its default. */
  public static SchedulerConfiguration standard() {
    Problems problems = new Problems();
    return read(ConfigNode.empty(problems));
  }

  /** Reads a file's text; all mistakes are reported at once by {@link InvalidConfigurationException}. */
  public static SchedulerConfiguration parse(String yaml) {
    ConfigNode root = ConfigNode.parse(yaml, new Problems());
    String apiVersion = root.string("apiVersion", "");
    String kind = root.string("kind", "");
    if (!apiVersion.equals(API_VERSION) || !kind.equals("KubeSchedulerConfiguration")) {
      throw new InvalidConfigurationException("no kind \"" + kind + "\" is registered for version \"" + apiVersion
          + "\"; expected KubeSchedulerConfiguration of " + API_VERSION);
    }
    SchedulerConfiguration c = read(root);
    root.close();
    root.problems().throwIfAny();
    return c;
  }

  /** The same with features switched; a feature may bring a plugin of its own. */
  public SchedulerConfiguration with(SchedulerFeatures switched) {
    List<ProfileConfiguration> all = switched.gangScheduling() ? profiles.stream().map(p -> p.withDefault("GangScheduling")).toList()
        : profiles;
    return new SchedulerConfiguration(parallelism, leaderElection, connection, debugging, percentageOfNodesToScore, backoff,
        delayCacheUntilActive,
        all, extenders, switched);
  }

  private static SchedulerConfiguration read(ConfigNode root) {
    int parallelism = root.integer("parallelism", 16);
    if (parallelism <= 0) {
      root.problem("parallelism", "Invalid value: " + parallelism + ": should be an integer value greater than zero");
    }
    int percentage = root.integer("percentageOfNodesToScore", 0);
    if (percentage < 0 || percentage > 100) {
      root.problem("percentageOfNodesToScore", "Invalid value: " + percentage + ": not in valid range [0-100]");
    }
    return new SchedulerConfiguration(parallelism, leaderElection(root), connection(root),
        new Debugging(root.bool("enableProfiling", true), root.bool("enableContentionProfiling", true)), percentage, backoff(root),
        root.bool("delayCacheUntilActive", false), profiles(root), extenders(root), SchedulerFeatures.DEFAULTS);
  }

  private static LeaderElection leaderElection(ConfigNode root) {
    try (ConfigNode n = root.object("leaderElection")) {
      LeaderElection e = new LeaderElection(n.bool("leaderElect", true), n.duration("leaseDuration", Duration.ofSeconds(15)),
          n.duration("renewDeadline", Duration.ofSeconds(10)), n.duration("retryPeriod", Duration.ofSeconds(2)),
          n.string("resourceName", "kube-scheduler"), n.string("resourceNamespace", "kube-system"));
      String lock = n.string("resourceLock", "leases");
      if (!lock.equals("leases")) {
        n.problem("resourceLock", "Invalid value: \"" + lock + "\": resourceLock value must be \"leases\"");
      }
      if (e.leaderElect) {
        check(e, n);
      }
      return e;
    }
  }

  private static void check(LeaderElection e, ConfigNode n) {
    Map<String, Duration> durations = new LinkedHashMap<>();
    durations.put("leaseDuration", e.leaseDuration);
    durations.put("renewDeadline", e.renewDeadline);
    durations.put("retryPeriod", e.retryPeriod);
    durations.forEach((field, d) -> {
      if (!d.isPositive()) {
        n.problem(field, "Invalid value: " + GoDuration.format(d) + ": must be greater than zero");
      }
    });
    if (e.leaseDuration.compareTo(e.renewDeadline) < 0) {
      n.problem("leaseDuration",
          "Invalid value: " + GoDuration.format(e.leaseDuration) + ": LeaseDuration must be greater than RenewDeadline");
    }
    if (e.renewDeadline.compareTo(e.retryPeriod) < 0) {
      n.problem("renewDeadline",
          "Invalid value: " + GoDuration.format(e.renewDeadline) + ": RenewDeadline must be greater than RetryPeriod");
    }
    if (e.resourceNamespace.isEmpty()) {
      n.problem("resourceNamespace", "Required value: resourceNamespace is required");
    }
    if (e.resourceName.isEmpty()) {
      n.problem("resourceName", "Required value: resourceName is required");
    }
  }

  private static Connection connection(ConfigNode root) {
    try (ConfigNode n = root.object("clientConnection")) {
      n.string("acceptContentTypes");
      int burst = n.integer("burst", 100);
      if (burst < 0) {
        n.problem("burst", "Invalid value: " + burst + ": must be non-negative");
      }
      return new Connection(n.string("kubeconfig", ""), n.string("contentType", "application/vnd.kubernetes.protobuf"),
          Double.parseDouble(n.string("qps", "50")), burst);
    }
  }

  private static Backoff backoff(ConfigNode root) {
    long initial = root.integer("podInitialBackoffSeconds").orElse(1L);
    long max = root.integer("podMaxBackoffSeconds").orElse(10L);
    if (initial <= 0) {
      root.problem("podInitialBackoffSeconds", "Invalid value: " + initial + ": must be greater than 0");
    }
    if (max < initial) {
      root.problem("podMaxBackoffSeconds", "Invalid value: " + max + ": must be greater than or equal to PodInitialBackoffSeconds");
    }
    return new Backoff(Duration.ofSeconds(initial), Duration.ofSeconds(max));
  }

  private static List<ProfileConfiguration> profiles(ConfigNode root) {
    List<ConfigNode> nodes = root.objects("profiles");
    if (nodes.isEmpty()) {
      return List.of(ProfileConfiguration.standard());
    }
    List<ProfileConfiguration> out = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ConfigNode n : nodes) {
      ProfileConfiguration p = ProfileConfiguration.read(n, nodes.size() == 1);
      if (!names.add(p.schedulerName())) {
        n.problem("schedulerName", "Duplicate value: \"" + p.schedulerName() + "\"");
      }
      out.add(p);
    }
    return List.copyOf(out);
  }

  private static List<ExtenderConfiguration> extenders(ConfigNode root) {
    List<ExtenderConfiguration> out = new ArrayList<>();
    int binders = 0;
    for (ConfigNode n : root.objects("extenders")) {
      ExtenderConfiguration e = ExtenderConfiguration.read(n);
      binders += e.verbs().bind().isEmpty() ? 0 : 1;
      out.add(e);
    }
    if (binders > 1) {
      root.problem("extenders", "Invalid value: found " + binders + " extenders implementing bind, only one extender can implement it");
    }
    return List.copyOf(out);
  }
}
