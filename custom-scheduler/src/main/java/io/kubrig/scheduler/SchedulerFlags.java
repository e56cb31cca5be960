package io.kubrig.scheduler;

import io.kubrig.machinery.component.ClientFlags;
import io.kubrig.machinery.component.FeatureGates;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.health.ServingFlags;
import io.kubrig.machinery.leader.LeaderElectionFlags;
import io.kubrig.machinery.logging.LoggingFlags;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** All flags of the scheduler: those of kube-scheduler and, apart from them, our own. */
final class SchedulerFlags {
  static final String COMPONENT = "kube-scheduler";
  private static final int PORT = 10259;

  private final FlagSet all = new FlagSet(COMPONENT,
      "Finds a node for each new pod: filters the nodes that can run it, scores them, and binds the pod to the best.");
  private final ServingFlags serving = new ServingFlags(all, PORT);
  private final LeaderElectionFlags election = new LeaderElectionFlags(all, COMPONENT);
  private final ClientFlags client = new ClientFlags(all, "deprecated", 50, 100);
  private final Flag<String> config;
  private final Flag<String> writeConfigTo;
  private final Flag<String> explainFile;
  private final Flag<String> pluginDir;
  private final Flag<Duration> pluginTimeout;
  private final Flag<String> extenderAddress;
  private final Flag<Boolean> shadow;
  private final Flag<Integer> explanations;
  private final Flag<String> tracingConfigFile;
  private final Flag<Map<String, List<String>>> featureGates;

  SchedulerFlags() {
    new LoggingFlags(all);
    FlagSection misc = all.section("misc");
    config = misc.string("config", "", "The path to the configuration file.");
    writeConfigTo = misc.string("write-config-to", "", "If set, write the configuration values to this file and exit.");
    misc.inert("unsupported-kube-api-over-localhost", FlagTypes.BOOL, false, "clients go where the kubeconfig says");
    all.section("deprecated").inert("contention-profiling", FlagTypes.BOOL, true, "there is no Go runtime to profile");
    all.section("deprecated").inert("profiling", FlagTypes.BOOL, true, "there is no Go runtime to profile");
    all.section("deprecated").inert("pod-max-in-unschedulable-pods-duration", FlagTypes.DURATION, Duration.ofMinutes(5),
        "pods are tried again after five minutes");
    all.section("feature gate").inert("emulated-version", FlagTypes.STRINGS, List.of(), "there is one version");
    all.section("feature gate").inert("min-compatibility-version", FlagTypes.STRINGS, List.of(), "there is one version");
    all.section("metrics").inert("allow-metric-labels", FlagTypes.STRING_TO_STRING, Map.of(), "labels keep their values");
    all.section("metrics").inert("allow-metric-labels-manifest", FlagTypes.STRING, "", "labels keep their values");
    featureGates = all.section("feature gate").flag("feature-gates", FlagTypes.MULTIMAP, Map.of(),
        "A set of key=value pairs that describe feature gates. GenericWorkload and GangScheduling can be switched; the others are as in "
            + "1.36.");
    all.section("metrics").inert("disabled-metrics", FlagTypes.STRINGS, List.of(), "all metrics are served");
    all.section("metrics").inert("show-hidden-metrics-for-version", FlagTypes.STRING, "", "there are no hidden metrics");
    pluginDir = all.section("kubrig").string("plugin-dir", "", "If set, load the plugins of every jar in this directory.");
    pluginTimeout = all.section("kubrig").duration("plugin-timeout", Duration.ofSeconds(10),
        "How long a plugin from --plugin-dir may take to answer before it is interrupted and the attempt fails.");
    extenderAddress = all.section("kubrig").string("extender-address", "",
        "If set (host:port), serve the first profile's plugins to another scheduler as an HTTP extender: /filter, /prioritize, "
            + "/preempt, /bind.");
    shadow = all.section("kubrig").bool("shadow", false,
        "Decide about the pods of another scheduler beside it, without a Lease and without writing anything, and tell where the decisions "
            + "differ: in the log, at /debug/shadow and in kubrig_scheduler_shadow_decisions_total.");
    explanations = all.section("kubrig").integer("explanations", 200,
        "For how many of the last decisions to keep a SchedulingExplanation in the API, if it has that kind; 0: none.");
    tracingConfigFile = all.section("kubrig").string("tracing-config-file", "",
        "If set, tell of attempts to schedule as OpenTelemetry spans, as this file says: a TracingConfiguration of apiserver.config.k8s.io/v1, "
            + "as for kube-apiserver.");
    explainFile = all.section("kubrig").string("explain-file", "",
        "If set, append every normalized score to this file, one JSON object a line.");
  }

  FlagSet all() {
    return all;
  }

  ServingFlags serving() {
    return serving;
  }

  LeaderElectionFlags election() {
    return election;
  }

  ClientFlags client() {
    return client;
  }

  String config(ParsedFlags flags) {
    return flags.value(config);
  }

  String writeConfigTo(ParsedFlags flags) {
    return flags.value(writeConfigTo);
  }

  FeatureGates featureGates(ParsedFlags flags) {
    return FeatureGates.of(flags.value(featureGates));
  }

  String extenderAddress(ParsedFlags flags) {
    return flags.value(extenderAddress);
  }

  boolean shadow(ParsedFlags flags) {
    return flags.value(shadow);
  }

  int explanations(ParsedFlags flags) {
    return flags.value(explanations);
  }

  String tracingConfigFile(ParsedFlags flags) {
    return flags.value(tracingConfigFile);
  }

  String pluginDir(ParsedFlags flags) {
    return flags.value(pluginDir);
  }

  Duration pluginTimeout(ParsedFlags flags) {
    return flags.value(pluginTimeout);
  }

  String explainFile(ParsedFlags flags) {
    return flags.value(explainFile);
  }

  /** Whether a flag was given on the command line. */
  boolean isSet(ParsedFlags flags, String name) {
    return all.find(name).map(flags::isSet).orElse(false);
  }
}
