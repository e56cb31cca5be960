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

  /**
   * Reads a file's text. Its decoding stops at the first mistake, as native's; mistakes in values are reported all at once.
   *
   * @throws InvalidConfigurationException with native's words and, where it is known, the line
   */
  public static SchedulerConfiguration parse(String yaml) {
    ConfigNode root = Decoder.decode(yaml, new Problems());
    SchedulerConfiguration c = read(root);
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

  /** In the order in which native checks. */
  private static SchedulerConfiguration read(ConfigNode root) {
    Connection connection = connection(root.object("clientConnection"));
    LeaderElection election = leaderElection(root.object("leaderElection"));
    int parallelism = root.integer("parallelism", 16);
    if (parallelism <= 0) {
      root.problem("parallelism", "Invalid value: " + parallelism + ": should be an integer value greater than zero");
    }
    List<ProfileConfiguration> profiles = profiles(root);
    int percentage = root.integer("percentageOfNodesToScore", 0);
    ProfileConfiguration.checkPercentage(root, percentage);
    Backoff backoff = backoff(root);
    return new SchedulerConfiguration(parallelism, election, connection,
        new Debugging(root.bool("enableProfiling", true), root.bool("enableContentionProfiling", true)), percentage, backoff,
        root.bool("delayCacheUntilActive", false), profiles, extenders(root), SchedulerFeatures.DEFAULTS);
  }

  private static LeaderElection leaderElection(ConfigNode n) {
    LeaderElection e = new LeaderElection(n.bool("leaderElect", true), duration(n, "leaseDuration", 15),
        duration(n, "renewDeadline", 10), duration(n, "retryPeriod", 2), text(n, "resourceName", "kube-scheduler"),
        text(n, "resourceNamespace", "kube-system"));
    if (e.leaderElect) {
      check(e, n);
      String lock = text(n, "resourceLock", "leases");
      if (!lock.equals("leases")) {
        n.problem("resourceLock", "Invalid value: \"" + lock + "\": resourceLock value must be \"leases\"");
      }
    }
    return e;
  }

  /** Zero is as good as nothing. */
  private static Duration duration(ConfigNode n, String field, int defaultSeconds) {
    Duration given = n.duration(field, Duration.ZERO);
    return given.isZero() ? Duration.ofSeconds(defaultSeconds) : given;
  }

  private static String text(ConfigNode n, String field, String byDefault) {
    return n.string(field).filter(s -> !s.isEmpty()).orElse(byDefault);
  }

  private static void check(LeaderElection e, ConfigNode n) {
    Map<String, Duration> durations = new LinkedHashMap<>();
    durations.put("leaseDuration", e.leaseDuration);
    durations.put("renewDeadline", e.renewDeadline);
    durations.put("retryPeriod", e.retryPeriod);
    durations.forEach((field, d) -> {
      if (!d.isPositive()) {
        n.problem(field, "Invalid value: \"" + GoDuration.format(d) + "\": must be greater than zero");
      }
    });
    if (e.leaseDuration.compareTo(e.renewDeadline) <= 0) {
      n.problem("leaseDuration", "Invalid value: \"" + GoDuration.format(e.renewDeadline) + "\": must be greater than `RenewDeadline`");
    }
  }

  private static Connection connection(ConfigNode n) {
    int burst = n.integer("burst", 0);
    if (burst < 0) {
      n.problem("burst", "Invalid value: " + burst + ": must be non-negative");
    }
    double qps = n.decimal("qps", 0);
    return new Connection(n.string("kubeconfig", ""), text(n, "contentType", "application/vnd.kubernetes.protobuf"), qps == 0 ? 50 : qps,
        burst == 0 ? 100 : burst);
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
        n.problem("schedulerName", "Duplicate value: {}"); // native prints the path of the first, which has no printed form
      }
      out.add(p);
    }
    checkQueueSort(nodes, out);
    return List.copyOf(out);
  }

  /** All profiles share one queue, so they must agree on its order. */
  private static void checkQueueSort(List<ConfigNode> nodes, List<ProfileConfiguration> profiles) {
    PluginSet first = profiles.getFirst().at(ExtensionPoint.QUEUE_SORT);
    if (first.enabled().size() > 1) {
      nodes.getFirst().problem("plugins.queueSort.Enabled",
          "Invalid value: " + first.enabled().size() + ": only one queue sort plugin can be enabled");
    }
    for (int i = 1; i < nodes.size(); i++) {
      PluginSet own = profiles.get(i).at(ExtensionPoint.QUEUE_SORT);
      if (!own.equals(first)) {
        nodes.get(i).problem("plugins.queueSort", "Invalid value: " + own.json() + ": must be the same for all profiles");
      }
    }
  }

  private static List<ExtenderConfiguration> extenders(ConfigNode root) {
    List<ExtenderConfiguration> out = new ArrayList<>();
    Set<String> managed = new HashSet<>();
    int binders = 0;
    for (ConfigNode n : root.objects("extenders")) {
      ExtenderConfiguration e = ExtenderConfiguration.read(n, managed);
      binders += e.verbs().bind().isEmpty() ? 0 : 1;
      out.add(e);
    }
    if (binders > 1) {
      root.problem("extenders",
          "Invalid value: \"found " + binders + " extenders implementing bind\": only one extender can implement bind");
    }
    return List.copyOf(out);
  }
}
