package io.kubrig.scheduler.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ConfigurationWriterTest {
  /** What kube-scheduler 1.36 writes with {@code --write-config-to}. */
  private static String nativeDefaults() throws IOException {
    try (var in = ConfigurationWriterTest.class.getResourceAsStream("/golden/KubeSchedulerConfiguration.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void writes_the_defaults_that_the_native_scheduler_writes() throws IOException {
    assertThat(Yaml.write(ConfigurationWriter.tree(SchedulerConfiguration.standard()))).isEqualTo(nativeDefaults());
  }

  @Test
  void what_it_writes_reads_as_the_same_configuration() {
    SchedulerConfiguration given = SchedulerConfiguration.parse("""
        apiVersion: kubescheduler.config.k8s.io/v1
        kind: KubeSchedulerConfiguration
        percentageOfNodesToScore: 30
        leaderElection: {leaseDuration: 1m0s}
        extenders:
        - {urlPrefix: "http://127.0.0.1:80/x", filterVerb: f, prioritizeVerb: p, weight: 3, managedResources: [{name: a.b/c, ignoredByScheduler: true}]}
        profiles:
        - schedulerName: mine
          plugins: {score: {enabled: [{name: ImageLocality, weight: 7}]}, multiPoint: {disabled: [{name: NodePorts}]}}
          pluginConfig: [{name: NodeResourcesFit, args: {ignoredResources: [a.b/c]}}]
        """);
    String once = Yaml.write(ConfigurationWriter.tree(given));
    assertThat(Yaml.write(ConfigurationWriter.tree(SchedulerConfiguration.parse(once)))).isEqualTo(once);
    assertThat(once).contains("percentageOfNodesToScore: 30", "- name: ImageLocality\n        weight: 7",
        "ignoredResources:\n      - a.b/c",
        "urlPrefix: http://127.0.0.1:80/x");
  }
}
