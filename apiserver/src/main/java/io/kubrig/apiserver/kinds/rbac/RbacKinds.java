package io.kubrig.apiserver.kinds.rbac;

import io.kubrig.apiserver.registry.Kind;
import java.util.Map;

/** The kinds of rbac.authorization.k8s.io, by {@code group/Kind}. */
public final class RbacKinds {
  private RbacKinds() {}

  public static Map<String, Kind> all() {
    String group = "rbac.authorization.k8s.io/";
    return Map.of(
        group + "Role", new RoleKind(true),
        group + "ClusterRole", new RoleKind(false),
        group + "RoleBinding", new BindingKind(true),
        group + "ClusterRoleBinding", new BindingKind(false));
  }
}
