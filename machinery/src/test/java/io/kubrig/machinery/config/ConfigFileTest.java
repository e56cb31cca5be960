package io.kubrig.machinery.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigFileTest {
  private static final String HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

  private static ConfigFields fields(String body) {
    return ConfigFile.parse("sched.yaml", HEAD + body, "KubeSchedulerConfiguration", List.of("kubescheduler.config.k8s.io/v1")).fields();
  }

  @Test
  void values_are_typed_and_absent_or_null_ones_have_their_default() {
    ConfigFields fields = fields("parallelism: 8\nleaderElection:\n  leaderElect: false\n  leaseDuration: 1m30s\nlabels: {a: b}\nnames: "
        + "[x, y]\nnone: null\n");
    assertThat(fields.integer("parallelism", 16)).isEqualTo(8);
    ConfigFields election = fields.fields("leaderElection");
    assertThat(election.bool("leaderElect", true)).isFalse();
    assertThat(election.duration("leaseDuration", Duration.ofSeconds(15))).isEqualTo(Duration.ofSeconds(90));
    assertThat(fields.textMap("labels", Map.of())).containsEntry("a", "b");
    assertThat(fields.texts("names", List.of())).containsExactly("x", "y");
    assertThat(fields.text("none", "default")).isEqualTo("default");
    assertThat(fields.fields("absent").text("x", "y")).isEqualTo("y");
    fields.finish();
  }

  @Test
  void fields_that_nobody_reads_are_reported_with_their_lines() {
    ConfigFields fields = fields("profiles:\n- schedulerName: a\n  schedulrName: b\nfoo: 1\n");
    fields.list("profiles").forEach(profile -> profile.text("schedulerName", ""));
    assertThatThrownBy(fields::finish)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "strict decoding error: sched.yaml:6: unknown field \"foo\", sched.yaml:5: unknown field \"profiles[0].schedulrName\"");
  }

  @Test
  void a_wrong_type_names_file_line_and_field() {
    assertThatThrownBy(() -> fields("a:\n  b: many\n").fields("a").integer("b", 1))
        .hasMessage("sched.yaml:4: a.b must be a whole number, not \"many\"");
    assertThatThrownBy(() -> fields("a: [1]\n").fields("a")).hasMessage("sched.yaml:3: a must be a mapping");
  }

  @Test
  void another_kind_no_yaml_and_a_doubled_key_are_refused() {
    assertThatThrownBy(() ->
        ConfigFile.parse("x", "apiVersion: v1\nkind: Pod\n", "KubeletConfiguration", List.of("kubelet.config.k8s.io/v1beta1")))
        .hasMessageContaining("no kind \"Pod\" is registered for version \"v1\"");
    assertThatThrownBy(() -> fields("a: [1\n")).isInstanceOf(ConfigException.class).hasMessageStartingWith("sched.yaml:");
    assertThatThrownBy(() -> fields("a: 1\na: 2\n")).isInstanceOf(ConfigException.class).hasMessageStartingWith("sched.yaml:4");
  }
}
