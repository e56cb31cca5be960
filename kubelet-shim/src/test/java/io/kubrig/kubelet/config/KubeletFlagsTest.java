package io.kubrig.kubelet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.config.ConfigException;
import io.kubrig.machinery.flags.FlagException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeletFlagsTest {
  private final KubeletFlags flags = new KubeletFlags();
  @TempDir Path directory;

  private KubeletConfig config(String... args) {
    return flags.config(flags.set.parse(List.of(args)));
  }

  private Path file(String text) throws IOException {
    Path file = directory.resolve("kubelet.yaml");
    Files.writeString(file, "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n" + text);
    return file;
  }

  @Test
  void the_defaults_are_the_native_ones() {
    KubeletConfig config = config();
    assertThat(config.server().port()).isEqualTo(10250);
    assertThat(config.server().healthPort()).isEqualTo(10248);
    assertThat(config.authentication().anonymous()).isFalse();
    assertThat(config.authentication().authorizationMode()).isEqualTo("Webhook");
    assertThat(config.pods().sync()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.pods().logMaxSize()).isEqualTo("10Mi");
    assertThat(config.node().maxPods()).isEqualTo(110);
    assertThat(config.node().reportFrequency()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.node().lease()).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void a_flag_overrides_the_file() throws IOException {
    Path file = file("maxPods: 5\nclusterDNS: [10.0.0.10]\n");
    KubeletConfig config = config("--config=" + file, "--max-pods=7");
    assertThat(config.node().maxPods()).isEqualTo(7);
    assertThat(config.pods().clusterDns()).containsExactly("10.0.0.10");
  }

  @Test
  void an_unknown_field_is_an_error_and_one_without_meaning_is_named() throws IOException {
    assertThatThrownBy(() -> config("--config=" + file("maxPodz: 5\n"))).isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown field \"maxPodz\"");
    assertThat(config("--config=" + file("logging: {format: text}\nevictionHard: {memory.available: 1Mi}\n")).ignored())
        .containsExactlyInAnyOrder("logging", "evictionHard");
  }

  @Test
  void an_unknown_flag_is_an_error() {
    assertThatThrownBy(() -> config("--no-such-flag")).isInstanceOf(FlagException.class);
  }

  @Test
  void taints_are_read_as_the_native_flag_reads_them() {
    assertThat(config("--register-with-taints=a=b:NoSchedule,c:NoExecute").node().taints())
        .extracting(taint -> taint.get("key") + "/" + taint.get("value") + "/" + taint.get("effect"))
        .containsExactly("a/b/NoSchedule", "c//NoExecute");
  }

  @Test
  void a_native_flag_without_effect_is_understood_and_warned_about() {
    assertThat(flags.set.parse(List.of("--topology-manager-policy=none")).warnings()).hasSize(1);
  }

  @Test
  void certificates_are_renewed_only_when_asked_for() throws IOException {
    assertThat(config().certificates()).isEqualTo(new KubeletConfig.Certificates(false, false));
    assertThat(config("--config=" + file("rotateCertificates: true\nserverTLSBootstrap: true\n")).certificates())
        .isEqualTo(new KubeletConfig.Certificates(true, true));
    assertThat(config("--rotate-certificates", "--rotate-server-certificates").certificates())
        .isEqualTo(new KubeletConfig.Certificates(true, true));
  }
}
