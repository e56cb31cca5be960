package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Kind;
import java.util.HashMap;
import java.util.Map;

/** The kinds of the core group that are no workloads, and events of their new group. By {@code group/Kind}. */
public final class CoreKinds {
  private CoreKinds() {}

  public static Map<String, Kind> all(Cluster cluster) {
    Map<String, Kind> kinds = new HashMap<>();
    kinds.put("/Namespace", new NamespaceKind());
    kinds.put("/Node", new NodeKind());
    kinds.put("/Endpoints", new EndpointsKind());
    kinds.put("/ConfigMap", new ConfigMapKind());
    kinds.put("/Secret", new SecretKind());
    kinds.put("/ServiceAccount", new ServiceAccountKind());
    kinds.put("/Event", new EventKind(cluster, true));
    kinds.put("events.k8s.io/Event", new EventKind(cluster, false));
    kinds.put("/PersistentVolume", new PersistentVolumeKind(cluster));
    kinds.put("/PersistentVolumeClaim", new PersistentVolumeClaimKind());
    kinds.put("/LimitRange", new LimitRangeKind());
    kinds.put("/ResourceQuota", new ResourceQuotaKind());
    kinds.put("/ComponentStatus", new ComponentStatusKind());
    return kinds;
  }
}
