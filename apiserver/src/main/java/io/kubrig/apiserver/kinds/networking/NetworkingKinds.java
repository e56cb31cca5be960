package io.kubrig.apiserver.kinds.networking;

import io.kubrig.apiserver.registry.Kind;
import java.util.Map;

/** The kinds of networking.k8s.io, by {@code group/Kind}. */
public final class NetworkingKinds {
  private NetworkingKinds() {}

  public static Map<String, Kind> all() {
    String group = "networking.k8s.io/";
    return Map.of(
        group + "Ingress", new IngressKind(),
        group + "IngressClass", new IngressClassKind(),
        group + "NetworkPolicy", new NetworkPolicyKind(),
        group + "IPAddress", new IpAddressKind(),
        group + "ServiceCIDR", new ServiceCidrKind());
  }
}
