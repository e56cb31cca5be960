package io.kubrig.apiserver.kinds;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.NameRule;
import java.util.Map;

/** Every kind that is no workload. */
final class ClusterKinds {
  private ClusterKinds() {}

  static Map<String, Kind> all(Cluster cluster) {
    Kind rbac =
        new Kind() {
          @Override
          public NameRule nameRule() {
            return NameRule.PATH_SEGMENT;
          }
        };
    String group = "rbac.authorization.k8s.io/";
    return Map.of(group + "Role", rbac, group + "ClusterRole", rbac, group + "RoleBinding", rbac, group + "ClusterRoleBinding", rbac);
  }
}
