package io.kubrig.apiserver.server;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.machinery.component.FeatureGates;
import io.kubrig.machinery.schema.ApiGroup;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.schemas.ResourceTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which built-in versions are served: those that are by default, as {@code --runtime-config} changes it ({@code api/all}, {@code api/ga},
 * {@code api/beta}, {@code api/alpha}, a group and version, or a resource in one). Some resources need a feature gate besides.
 */
final class ApiEnablement {
  /** The gates of resources that are off by default, by group and plural. */
  private static final Map<String, String> GATES =
      Map.of(
          "storagemigration.k8s.io/storageversionmigrations", "StorageVersionMigrator",
          "resource.k8s.io/devicetaintrules", "DRADeviceTaintRules",
          "resource.k8s.io/resourcepoolstatusrequests", "DRAResourcePoolStatus",
          "internal.apiserver.k8s.io/storageversions", "StorageVersionAPI",
          "certificates.k8s.io/clustertrustbundles", "ClusterTrustBundle",
          "certificates.k8s.io/podcertificaterequests", "PodCertificateRequest");

  private final Map<String, String> switched;
  private final FeatureGates features;

  ApiEnablement(Cluster.Settings settings) {
    this.switched = settings.apis();
    this.features = settings.features();
  }

  List<ApiGroup> served(ResourceTable table) {
    return switched.isEmpty() ? table.onByDefault() : table.served(this::wanted, this::isOn);
  }

  private Optional<Boolean> wanted(ApiVersion version) {
    String stability = version.version().contains("alpha") ? "api/alpha" : version.version().contains("beta") ? "api/beta" : "api/ga";
    return setting(version.groupVersion()).or(() -> setting(stability)).or(() -> setting("api/all"));
  }

  private boolean isOn(ApiResource resource) {
    String gate = GATES.get(resource.group() + "/" + resource.plural());
    boolean on = gate == null || features.enabled(gate, false);
    return on && setting(resource.kind().apiVersion() + "/" + resource.plural()).orElse(true);
  }

  private Optional<Boolean> setting(String name) {
    return Optional.ofNullable(switched.get(name)).map(value -> value.isEmpty() || Boolean.parseBoolean(value));
  }
}
