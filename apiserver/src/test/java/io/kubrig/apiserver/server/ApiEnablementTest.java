package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.machinery.component.FeatureGates;
import io.kubrig.schemas.KubernetesSchemas;
import io.kubrig.schemas.ResourceTable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiEnablementTest {
  private static final ResourceTable TABLE = KubernetesSchemas.resources();

  private static List<String> served(Map<String, String> apis, Map<String, Boolean> features) {
    Cluster.Settings settings =
        new Cluster.Settings(List.of("10.96.0.0/12"), 30_000, 32_767, true, Duration.ofHours(1), new FeatureGates(features), apis);
    return new ApiEnablement(settings).served(TABLE).stream()
        .flatMap(group -> group.versions().stream())
        .flatMap(version -> version.resources().stream().map(resource -> version.groupVersion() + "/" + resource.plural()))
        .toList();
  }

  @Test
  void nothing_switched_is_what_is_on_by_default() {
    assertThat(served(Map.of(), Map.of())).contains("apps/v1/deployments")
        .noneMatch(name -> name.contains("beta") || name.contains("alpha"));
  }

  @Test
  void a_version_is_switched_on_and_off() {
    Map<String, String> apis = Map.of("resource.k8s.io/v1beta2", "true", "batch/v1", "false");
    assertThat(served(apis, Map.of())).contains("resource.k8s.io/v1beta2/resourceclaims", "resource.k8s.io/v1/resourceclaims")
        .doesNotContain("batch/v1/jobs");
  }

  @Test
  void a_resource_of_a_feature_needs_its_gate_too() {
    Map<String, String> apis = Map.of("storagemigration.k8s.io/v1beta1", "true", "resource.k8s.io/v1beta2", "");
    assertThat(served(apis, Map.of())).noneMatch(name -> name.endsWith("storageversionmigrations") || name.endsWith("devicetaintrules"));
    assertThat(served(apis, Map.of("StorageVersionMigrator", true, "DRADeviceTaintRules", true)))
        .contains("storagemigration.k8s.io/v1beta1/storageversionmigrations", "resource.k8s.io/v1beta2/devicetaintrules");
  }

  @Test
  void versions_are_switched_by_their_stability_unless_named() {
    assertThat(served(Map.of("api/beta", "true", "resource.k8s.io/v1beta1", "false"), Map.of()))
        .contains("resource.k8s.io/v1beta2/resourceslices").doesNotContain("resource.k8s.io/v1beta1/resourceslices");
  }
}
