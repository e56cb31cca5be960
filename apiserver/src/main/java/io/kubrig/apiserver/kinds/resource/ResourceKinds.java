package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Kind;
import java.util.Map;

/** The kinds of resource.k8s.io, by {@code group/Kind}. */
public final class ResourceKinds {
  private ResourceKinds() {}

  /** @param expressions compiles what claims and classes say in CEL */
  public static Map<String, Kind> all(DeviceExpressions expressions, Cluster cluster) {
    String group = "resource.k8s.io/";
    return Map.of(
        group + "ResourceClaim", new ResourceClaimKind(expressions, cluster),
        group + "ResourceClaimTemplate", new ResourceClaimTemplateKind(expressions, cluster),
        group + "ResourceSlice", new ResourceSliceKind(),
        group + "DeviceTaintRule", new DeviceTaintRuleKind(),
        group + "DeviceClass", new DeviceClassKind(expressions));
  }
}
