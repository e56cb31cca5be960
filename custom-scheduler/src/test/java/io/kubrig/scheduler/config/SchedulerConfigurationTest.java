package io.kubrig.scheduler.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulerConfigurationTest {
  private static final String HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

  private static SchedulerConfiguration parse(String body) {
    return SchedulerConfiguration.parse(HEAD + body);
  }

  /** Parses a configuration and makes a scheduler of it, which reads the arguments of plugins. */
  private static void use(String body) {
    SchedulerConfiguration c = parse(body);
    new Scheduler(c, new Scheduler.Parts(new MemoryCluster(Clock.system()), Clock.system(), new Random(1), BuiltinPlugins.registry(c),
        List.of(),
        ScoreListener.NONE, SchedulerMetrics.NONE, "test"));
  }

  @Test
  void reads_the_defaults_that_native_writes() throws IOException {
    String text = new String(getClass().getResourceAsStream("/config/native-defaults.yaml").readAllBytes(), StandardCharsets.UTF_8);
    SchedulerConfiguration c = SchedulerConfiguration.parse(text);
    SchedulerConfiguration own = SchedulerConfiguration.standard();
    assertThat(c).usingRecursiveComparison().ignoringFields("profiles").isEqualTo(own);
    assertThat(c.profiles().getFirst().multiPoint()).isEqualTo(own.profiles().getFirst().multiPoint());
    use(text.substring(text.indexOf("profiles:")));
  }

  @Test
  void an_empty_file_is_all_defaults() {
    SchedulerConfiguration c = parse("");
    assertThat(c.parallelism()).isEqualTo(16);
    assertThat(c.backoff()).isEqualTo(new SchedulerConfiguration.Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10)));
    assertThat(c.leaderElection()).isEqualTo(new SchedulerConfiguration.LeaderElection(
        true, Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2), "kube-scheduler", "kube-system"));
    assertThat(c.profiles()).extracting(ProfileConfiguration::schedulerName).containsExactly("default-scheduler");
  }

  @Test
  void a_profile_changes_weights_and_switches_plugins_off() {
    ProfileConfiguration p = parse("""
        profiles:
        - plugins:
            multiPoint:
              enabled: [{name: ImageLocality, weight: 7}, {name: Own, weight: 3}]
              disabled: [{name: VolumeZone}]
            score:
              disabled: [{name: "*"}]
              enabled: [{name: NodeAffinity, weight: 9}]
        """).profiles().getFirst();
    assertThat(p.multiPoint().enabled()).containsEntry("ImageLocality", 7).containsEntry("Own", 3).doesNotContainKey("VolumeZone");
    assertThat(p.multiPoint().names()).endsWith("NodeDeclaredFeatures", "Own");
    assertThat(p.at(ExtensionPoint.SCORE).disables("TaintToleration")).isTrue();
    assertThat(p.at(ExtensionPoint.SCORE).enabled()).containsEntry("NodeAffinity", 9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parallelism: 0 | parallelism: Invalid value: 0: should be an integer value greater than zero (line 3)",
        "percentageOfNodesToScore: 101 | percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100] (line 3)",
        "podInitialBackoffSeconds: 0 | podInitialBackoffSeconds: Invalid value: 0: must be greater than 0 (line 3)",
        "podMaxBackoffSeconds: 0 | podMaxBackoffSeconds: Invalid value: 0: must be greater than or equal to PodInitialBackoffSeconds "
            + "(line 3)",
        "clientConnection: {burst: -1} | clientConnection.burst: Invalid value: -1: must be non-negative (line 3)",
        "leaderElection: {leaseDuration: 5s} | leaderElection.leaseDuration: Invalid value: 5s: LeaseDuration must be greater than "
            + "RenewDeadline (line 3)",
        "leaderElection: {retryPeriod: 12s} | leaderElection.renewDeadline: Invalid value: 10s: RenewDeadline must be greater than "
            + "RetryPeriod (line 3)",
        "leaderElection: {retryPeriod: 0s} | leaderElection.retryPeriod: Invalid value: 0s: must be greater than zero (line 3)",
        "leaderElection: {resourceName: ''} | leaderElection.resourceName: Required value: resourceName is required (line 3)",
        "leaderElection: {resourceLock: configmaps} | leaderElection.resourceLock: Invalid value: \"configmaps\": resourceLock value "
            + "must be \"leases\" (line 3)",
        "profiles: [{schedulerName: a}, {schedulerName: a}] | profiles[1].schedulerName: Duplicate value: \"a\" (line 3)",
        "profiles: [{schedulerName: a}, {}] | profiles[1].schedulerName: Required value (line 3)",
        "profiles: [{percentageOfNodesToScore: -1}] | profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range "
            + "[0-100] (line 3)",
        "profiles: [{pluginConfig: [{name: NodeAffinity}, {name: NodeAffinity}]}] | profiles[0].pluginConfig[1].name: Duplicate value: "
            + "repeated config for plugin NodeAffinity (line 3)",
        "extenders: [{urlPrefix: 'http://x', prioritizeVerb: p}] | extenders[0].weight: Invalid value: 0: must have a positive weight "
            + "applied to it (line 3)",
        "extenders: [{bindVerb: b}, {bindVerb: b}] | extenders: Invalid value: found 2 extenders implementing bind, only one extender "
            + "can implement it (line 3)",
        "extenders: [{managedResources: [{name: cpu}]}] | extenders[0].managedResources[0].name: Invalid value: \"cpu\": cpu is an "
            + "invalid extended resource name (line 3)",
        "unheardOf: 1 | strict decoding error: unknown field \"unheardOf\" (line 3)",
      })
  void says_what_is_wrong_and_where(String body, String message) {
    assertThatThrownBy(() -> parse(body)).isInstanceOf(InvalidConfigurationException.class).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "InterPodAffinity  | {hardPodAffinityWeight: 101} | hardPodAffinityWeight: Invalid value: 101: not in valid range [0-100]",
        "VolumeBinding     | {bindTimeoutSeconds: -1} | bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not "
            + "be a negative value",
        "DefaultPreemption | {minCandidateNodesPercentage: 101} | minCandidateNodesPercentage: Invalid value: 101: not in valid range "
            + "[0, 100]",
        "DefaultPreemption | {minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0} | minCandidateNodesPercentage: Invalid "
            + "value: 0: both minCandidateNodesPercentage and minCandidateNodesAbsolute cannot be zero",
        "DynamicResources  | {bindingTimeout: 10ms} | bindingTimeout: Invalid value: 10ms: must be at least 1 second",
        "PodTopologySpread | {defaultingType: Other} | defaultingType: Unsupported value: \"Other\": supported values: \"System\", "
            + "\"List\"",
        "PodTopologySpread | {defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]} | defaultingType: "
            + "Invalid value: \"System\": when .defaultConstraints are not empty",
        "PodTopologySpread | {defaultingType: List, defaultConstraints: [{maxSkew: 0, topologyKey: z, whenUnsatisfiable: "
            + "DoNotSchedule}]} | defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0-inf)",
        "NodeResourcesFit  | {scoringStrategy: {type: Other}} | scoringStrategy.type: Unsupported value: \"Other\": supported values: "
            + "\"LeastAllocated\", \"MostAllocated\", \"RequestedToCapacityRatio\"",
        "NodeResourcesFit  | {scoringStrategy: {resources: [{name: cpu, weight: 101}]}} | scoringStrategy.resources[0].weight: Invalid "
            + "value: 101: resource weight of cpu not in valid range [1, 100]",
        "NodeResourcesFit  | {scoringStrategy: {type: RequestedToCapacityRatio}} | scoringStrategy.requestedToCapacityRatio.shape: "
            + "Required value: at least one point must be specified",
        "NodeAffinity      | {other: 1} | unknown field \"profiles[0].pluginConfig[0].args.other\"",
      })
  void says_what_is_wrong_with_the_arguments_of_plugins(String plugin, String args, String message) {
    assertThatThrownBy(() -> use("profiles: [{pluginConfig: [{name: " + plugin + ", args: " + args + "}]}]"))
        .isInstanceOf(InvalidConfigurationException.class).hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "multiPoint: {enabled: [{name: Unheard}]} | initializing profiles: creating profile for scheduler name default-scheduler: "
            + "Unheard does not exist",
        "score: {enabled: [{name: NodePorts, weight: 1}]} | plugin \"NodePorts\" does not extend Score plugin",
        "bind: {disabled: [{name: DefaultBinder}]} | at least one bind plugin is needed for profile with scheduler name default-scheduler",
        "queueSort: {disabled: [{name: PrioritySort}]} | no queue sort plugin is enabled",
      })
  void refuses_profiles_that_cannot_work(String plugins, String message) {
    assertThatThrownBy(() -> use("profiles: [{plugins: {" + plugins + "}}]")).isInstanceOf(InvalidConfigurationException.class)
        .hasMessage(message);
  }

  @Test
  void refuses_other_kinds_and_versions() {
    assertThatThrownBy(() ->
        SchedulerConfiguration.parse("apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration\n"))
        .hasMessageContaining("no kind \"KubeSchedulerConfiguration\" is registered for version \"kubescheduler.config.k8s.io/v1beta3\"");
  }
}
