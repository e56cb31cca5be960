package io.kubrig.apiserver.kinds;

import io.kubrig.apiserver.customresource.DefinitionKind;
import io.kubrig.apiserver.kinds.apiregistration.ApiServiceKind;
import io.kubrig.apiserver.kinds.coordination.LeaseKind;
import io.kubrig.apiserver.kinds.core.CoreKinds;
import io.kubrig.apiserver.kinds.discovery.EndpointSliceKind;
import io.kubrig.apiserver.kinds.service.ServiceKind;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.NameRule;
import java.util.HashMap;
import java.util.Map;

/** Every kind that is no workload. */
final class ClusterKinds {
  private ClusterKinds() {}

  static Map<String, Kind> all(LiveCluster cluster) {
    Map<String, Kind> kinds = new HashMap<>(CoreKinds.all(cluster));
    kinds.put("/Service", new ServiceKind(cluster));
    kinds.put("apiregistration.k8s.io/APIService", new ApiServiceKind(cluster));
    kinds.put("coordination.k8s.io/Lease", new LeaseKind());
    kinds.put("discovery.k8s.io/EndpointSlice", new EndpointSliceKind());
    kinds.put("apiextensions.k8s.io/CustomResourceDefinition", new DefinitionKind());
    Kind rbac =
        new Kind() {
          @Override
          public NameRule nameRule() {
            return NameRule.PATH_SEGMENT;
          }
        };
    for (String kind : new String[] {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}) {
      kinds.put("rbac.authorization.k8s.io/" + kind, rbac);
    }
    return kinds;
  }
}
