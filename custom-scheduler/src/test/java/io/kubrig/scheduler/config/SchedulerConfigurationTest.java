package io.kubrig.scheduler.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.extender.Extenders;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SchedulerConfigurationTest {
  private static final String HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

  private static SchedulerConfiguration parse(String body) {
    return SchedulerConfiguration.parse(HEAD + body);
  }

  /** Parses a configuration and makes a scheduler of it, which reads the arguments of plugins. */
  private static void use(String body) {
    start(HEAD + body);
  }

  private static void start(String file) {
    SchedulerConfiguration c = SchedulerConfiguration.parse(file);
    new Scheduler(c, new Scheduler.Parts(new MemoryCluster(Clock.system()), Clock.system(), new Random(1), BuiltinPlugins.registry(c),
        Extenders.of(c), ScoreListener.NONE, SchedulerMetrics.NONE, "test"));
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

  /** A file and what native, asked with it, says. */
  record Case(String name, String file, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Case> cases(String resource) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String part : text(resource).split("(?m)^=== ")) {
      if (!part.isBlank()) {
        String[] sides = part.substring(part.indexOf('\n') + 1).split("\n>>> ", 2);
        cases.add(new Case(part.substring(0, part.indexOf('\n')), sides[0], sides.length > 1 ? sides[1].strip() : ""));
      }
    }
    return cases;
  }

  private static String text(String resource) throws IOException {
    try (var in = SchedulerConfigurationTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static List<Case> refused() throws IOException {
    return cases("/config/refused.txt");
  }

  static List<Case> accepted() throws IOException {
    return cases("/config/accepted.txt");
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refuses_what_native_refuses_in_its_words(Case c) {
    assertThatThrownBy(() -> start(c.file())).isInstanceOf(InvalidConfigurationException.class)
        .satisfies(e -> assertThat(e.getMessage().replaceAll(" \\(line \\d+\\)", "").strip()).isEqualTo(c.message()));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void accepts_what_native_accepts(Case c) {
    assertThatCode(() -> start(c.file())).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parallelism: 0 | parallelism: Invalid value: 0: should be an integer value greater than zero (line 3)",
        "profiles: [{schedulerName: a}, {schedulerName: a}] | profiles[1].schedulerName: Duplicate value: {} (line 3)",
        "parallelism: many | json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.parallelism of type int32 "
            + "(line 3)",
        "unheardOf: 1 | strict decoding error: unknown field \"unheardOf\" (line 3)",
        "profiles: [{pluginConfig: [{name: NodeAffinity, args: {other: 1}}]}] | strict decoding error: decoding "
            + ".profiles[0].pluginConfig[0]: strict decoding error: decoding args for plugin NodeAffinity: strict decoding error: unknown "
            + "field \"other\" (line 3)",
      })
  void says_what_is_wrong_and_on_which_line(String body, String message) {
    assertThatThrownBy(() -> parse(body)).isInstanceOf(InvalidConfigurationException.class).hasMessage(message);
  }

  @Test
  void tells_a_file_without_a_kind_from_one_without_a_version() {
    assertThatThrownBy(() -> SchedulerConfiguration.parse("parallelism: 3\n"))
        .hasMessage("Object 'Kind' is missing in 'parallelism: 3\n'");
    assertThatThrownBy(() -> SchedulerConfiguration.parse("kind: KubeSchedulerConfiguration\n"))
        .hasMessage("Object 'apiVersion' is missing in 'kind: KubeSchedulerConfiguration\n'");
    assertThatThrownBy(() -> SchedulerConfiguration.parse(HEAD + "parallelism: 3\nparallelism: 4\n"))
        .hasMessage("strict decoding error: yaml: unmarshal errors:\n  line 4: key \"parallelism\" already set in map");
  }

  @Test
  void constraints_by_default_have_the_policies_of_the_file() {
    ConfigNode args = parse("""
        profiles:
        - pluginConfig:
          - name: PodTopologySpread
            args:
              defaultingType: List
              defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule, minDomains: 3}]
        """).profiles().getFirst().argsOf("PodTopologySpread");
    assertThat(args.objects("defaultConstraints").getFirst().integer("minDomains", 1)).isEqualTo(3);
  }

  @Test
  void data_of_an_extender_is_read_as_well_as_files() {
    ExtenderConfiguration.Tls tls = parse("extenders: [{urlPrefix: 'https://x', tlsConfig: {caData: Y2E=}}]").extenders().getFirst().tls();
    assertThat(tls.data().ca()).isEqualTo("ca");
    assertThat(tls.trustsAnyone()).isFalse();
    assertThat(parse("extenders: [{urlPrefix: 'https://x', enableHTTPS: true}]").extenders().getFirst().tls().trustsAnyone()).isTrue();
  }
}
