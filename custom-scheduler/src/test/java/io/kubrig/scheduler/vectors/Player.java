package io.kubrig.scheduler.vectors;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Creates what a vector needs and carries out its steps: plays user, kubelet and volume controller. */
final class Player {
  static final String NAMESPACE = "vectors";
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final MemoryCluster cluster;
  private final Vector vector;

  Player(MemoryCluster cluster, Vector vector) {
    this.cluster = cluster;
    this.vector = vector;
    cluster.create(new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build());
  }

  /** A request takes so long that an idle scheduler decides before the next one arrives; a busy one does not. */
  private static final int IDLE_SCHEDULER_MILLIS = 200;

  /** The case from beginning to end; the checker waits after each pod and each step. */
  void play(Checker checker) throws InterruptedException {
    for (Map<String, Object> o : vector.list("objects")) {
      create(o);
    }
    Map<String, Object> first = new HashMap<>(vector.json());
    boolean together = Boolean.TRUE.equals(vector.json().get("together"));
    List<Object> noWait = Vector.list(vector.json(), "noWait");
    List<Map<String, Object>> pods = vector.list("pods");
    for (Map<String, Object> p : pods) {
      create(p);
      String key = key(p);
      if (noWait.contains(key)) {
        cluster.awaitChange(IDLE_SCHEDULER_MILLIS);
      }
      if (!together && pods.size() > 1 && Vector.map(first, "expect").containsKey(key) && !noWait.contains(key)) {
        checker.await(first, key);
      }
    }
    checker.await(first, null);
    for (Map<String, Object> step : vector.list("then")) {
      for (Map<String, Object> op : Vector.<Map<String, Object>>list(step, "do")) {
        carryOut(op);
      }
      checker.await(step, null);
    }
  }

  static String key(Map<String, Object> pod) {
    Map<String, Object> meta = Vector.map(pod, "metadata");
    Object ns = meta.getOrDefault("namespace", NAMESPACE);
    return ns.equals(NAMESPACE) ? (String) meta.get("name") : ns + "/" + meta.get("name");
  }

  private void create(Map<String, Object> json) {
    HasMetadata o = JSON.unmarshal(JSON.asJson(json));
    if (o instanceof Namespace && cluster.find(Namespace.class, null, o.getMetadata().getName()).isPresent()) {
      return;
    }
    if (o.getMetadata().getNamespace() == null && o instanceof io.fabric8.kubernetes.api.model.Namespaced) {
      o.getMetadata().setNamespace(NAMESPACE);
    }
    if (o instanceof Pod pod && pod.getSpec().getAutomountServiceAccountToken() == null) {
      pod.getSpec().setAutomountServiceAccountToken(false);
    }
    o.getMetadata().getOwnerReferences().stream().filter(r -> "?".equals(r.getUid())).forEach(r -> r.setUid(cluster.list(Pod.class).stream()
        .filter(p -> p.getMetadata().getName().equals(r.getName())).map(p -> p.getMetadata().getUid()).findFirst().orElse("none")));
    if (o instanceof PersistentVolume pv && pv.getSpec().getClaimRef() != null && "?".equals(pv.getSpec().getClaimRef().getUid())) {
      var ref = pv.getSpec().getClaimRef();
      ref.setUid(cluster.find(PersistentVolumeClaim.class, ref.getNamespace() == null ? NAMESPACE : ref.getNamespace(), ref.getName())
          .map(c -> c.getMetadata().getUid()).orElse(null));
    }
    cluster.create(o);
  }

  private void carryOut(Map<String, Object> op) throws InterruptedException {
    if (op.containsKey("create")) {
      create(Vector.map(op, "create"));
    } else if (op.containsKey("patch")) {
      Map<String, Object> p = Vector.map(op, "patch");
      patch(kind(p), namespace(p), (String) p.get("name"), Vector.map(p, "body"));
    } else if (op.containsKey("delete")) {
      Map<String, Object> p = Vector.map(op, "delete");
      Long grace = p.get("gracePeriodSeconds") == null ? null : Vector.number(p, "gracePeriodSeconds");
      cluster.find(kind(p), namespace(p), (String) p.get("name")).ifPresent(o -> cluster.delete(o, grace));
    } else if (op.containsKey("finishDeletes")) {
      finishDeletes();
    } else if (op.containsKey("bindVolume")) {
      bindVolume(Vector.map(op, "bindVolume"));
    } else if (op.containsKey("await")) {
      Map<String, Object> p = Vector.map(op, "await");
      Checker.until(cluster, () -> Checker.contains(p.get("match"), tree(kind(p), namespace(p), (String) p.get("name"))) ? null
          : "await " + p);
    } else if (op.containsKey("sleepMs")) {
      Clock.system().sleep(Duration.ofMillis(Vector.number(op, "sleepMs")));
    } else {
      throw new IllegalArgumentException("unknown operation " + op);
    }
  }

  Map<String, Object> tree(Class<? extends HasMetadata> kind, String namespace, String name) {
    return cluster.find(kind, namespace, name).map(o -> Vector.map(JSON.convertValue(o, Map.class))).orElse(null);
  }

  private void finishDeletes() {
    for (Pod pod : cluster.list(Pod.class)) {
      if (pod.getMetadata().getDeletionTimestamp() != null) {
        cluster.delete(pod, 0L);
      }
    }
  }

  private void bindVolume(Map<String, Object> p) {
    String ns = namespace(p) == null ? NAMESPACE : namespace(p);
    PersistentVolumeClaim claim = cluster.find(PersistentVolumeClaim.class, ns, (String) p.get("claim")).orElseThrow();
    String volume = (String) p.get("volume");
    patch(PersistentVolume.class, null, volume,
        Map.of("spec", Map.of("claimRef", Map.of("apiVersion", "v1", "kind", "PersistentVolumeClaim",
        "namespace", ns, "name", claim.getMetadata().getName(), "uid", claim.getMetadata().getUid())), "status", Map.of("phase", "Bound")));
    patch(PersistentVolumeClaim.class, ns, claim.getMetadata().getName(), Map.of("metadata", Map.of("annotations",
        Map.of("pv.kubernetes.io/bind-completed", "yes", "pv.kubernetes.io/bound-by-controller", "yes")), "spec",
            Map.of("volumeName", volume)));
    patch(PersistentVolumeClaim.class, ns, claim.getMetadata().getName(), Map.of("status", Map.of("phase", "Bound")));
  }

  private void patch(Class<? extends HasMetadata> kind, String namespace, String name, Map<String, Object> body) {
    cluster.patch(kind, namespace, name, new LinkedHashMap<>(body));
  }

  private static String namespace(Map<String, Object> p) {
    Object ns = p.get("namespace");
    return ns != null ? (String) ns : io.fabric8.kubernetes.api.model.Namespaced.class.isAssignableFrom(kind(p)) ? NAMESPACE : null;
  }

  static Class<? extends HasMetadata> kind(Map<String, Object> p) {
    String kind = (String) p.getOrDefault("kind", "PersistentVolumeClaim");
    return switch (kind) {
      case "Pod" -> Pod.class;
      case "Node" -> io.fabric8.kubernetes.api.model.Node.class;
      case "PersistentVolume" -> PersistentVolume.class;
      case "PersistentVolumeClaim" -> PersistentVolumeClaim.class;
      case "CSINode" -> io.fabric8.kubernetes.api.model.storage.CSINode.class;
      case "ResourceClaim" -> io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim.class;
      case "ResourceSlice" -> io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice.class;
      case "DeviceClass" -> io.fabric8.kubernetes.api.model.resource.v1.DeviceClass.class;
      default -> throw new IllegalArgumentException("no operation knows kind " + kind);
    };
  }
}
