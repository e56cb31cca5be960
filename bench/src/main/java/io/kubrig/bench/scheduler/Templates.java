package io.kubrig.bench.scheduler;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes API objects from the short forms of {@code workloads.yaml}. */
final class Templates {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final Map<String, Object> nodes;
  private final Map<String, Object> pods;

  Templates(Map<String, Object> nodes, Map<String, Object> pods) {
    this.nodes = nodes;
    this.pods = pods;
  }

  @SuppressWarnings("unchecked") // the workload file's own shapes
  static Map<String, Object> map(Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked") // the workload file's own shapes
  static List<Object> list(Object value) {
    return value == null ? List.of() : (List<Object>) value;
  }

  private static Map<String, Object> object(Object... pairs) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i + 1] != null) {
        out.put((String) pairs[i], pairs[i + 1]);
      }
    }
    return out;
  }

  static <T extends HasMetadata> T as(Class<T> kind, Map<String, Object> object) {
    return JSON.convertValue(object, kind);
  }

  Node node(String template, int i) {
    Map<String, Object> t = map(nodes.get(template));
    Map<String, Object> labels = new HashMap<>();
    map(t.get("labels")).forEach((k, v) -> labels.put(k, v.toString().replace("{i}", "" + i).replace("{i%3}", "" + i % 3)));
    return as(Node.class, object("apiVersion", "v1", "kind", "Node", "metadata", object("name", "node-" + i, "labels", labels),
        "spec", object("taints", t.get("taints")),
        "status", object("capacity", t.get("allocatable"), "allocatable", t.get("allocatable"))));
  }

  Pod pod(String template, String namespace, String name, Map<String, Object> moreLabels) {
    Map<String, Object> t = map(pods.get(template));
    Map<String, Object> labels = new HashMap<>(map(t.get("labels")));
    labels.putAll(moreLabels);
    Map<String, Object> spec = object(
        "terminationGracePeriodSeconds", 0,
        "containers", List.of(object("name", "pause", "image", "registry.k8s.io/pause:3.10", "resources",
            object("requests", t.get("requests")))),
        "priority", t.get("priority"),
        "schedulingGates", t.containsKey("gates") ? list(t.get("gates")).stream().map(g -> object("name", g)).toList() : null,
        "affinity", affinity(t),
        "topologySpreadConstraints", list(t.get("spread")).stream().map(c -> spread(map(c))).toList(),
        "volumes", volumes(t, name));
    return as(Pod.class, object("apiVersion", "v1", "kind", "Pod", "metadata",
        object("namespace", namespace, "name", name, "labels", labels),
        "spec", spec));
  }

  private static List<Object> volumes(Map<String, Object> t, String pod) {
    List<Object> out = new ArrayList<>();
    if (t.containsKey("secret")) {
      out.add(object("name", "secret", "secret", object("secretName", t.get("secret"))));
    }
    if (t.containsKey("claim")) {
      out.add(object("name", "volume", "persistentVolumeClaim", object("claimName", "claim-" + pod)));
    }
    return out;
  }

  private static Map<String, Object> affinity(Map<String, Object> t) {
    Map<String, Object> node = null;
    if (t.containsKey("nodeAffinity")) {
      Map<String, Object> a = map(t.get("nodeAffinity"));
      node = object("requiredDuringSchedulingIgnoredDuringExecution", object("nodeSelectorTerms", List.of(object("matchExpressions",
          List.of(object("key", a.get("key"), "operator", "In", "values", a.get("values")))))));
    }
    return object("nodeAffinity", node, "podAffinity", terms(t.get("podAffinity")), "podAntiAffinity", terms(t.get("podAntiAffinity")));
  }

  private static Map<String, Object> terms(Object value) {
    if (value == null) {
      return null;
    }
    Map<String, Object> v = map(value);
    return object(
        "requiredDuringSchedulingIgnoredDuringExecution", list(v.get("required")).stream().map(t -> term(map(t))).toList(),
        "preferredDuringSchedulingIgnoredDuringExecution", list(v.get("preferred")).stream()
            .map(t -> object("weight", map(t).get("weight"), "podAffinityTerm", term(map(t)))).toList());
  }

  private static Map<String, Object> term(Map<String, Object> t) {
    return object("topologyKey", t.get("key"), "labelSelector", object("matchLabels", t.get("labels")), "namespaces", t.get("namespaces"),
        "namespaceSelector", t.containsKey("namespaceSelector") ? object("matchLabels", t.get("namespaceSelector")) : null);
  }

  private static Map<String, Object> spread(Map<String, Object> c) {
    return object("maxSkew", c.get("maxSkew"), "topologyKey", c.get("key"),
        "whenUnsatisfiable", Boolean.TRUE.equals(c.get("hard")) ? "DoNotSchedule" : "ScheduleAnyway",
        "labelSelector", object("matchLabels", c.get("labels")), "nodeTaintsPolicy", Boolean.TRUE.equals(c.get("honorTaints")) ? "Honor"
            : null);
  }

  /** A pod of a daemon set: it can go to one node only. */
  Pod daemonPod(String template, String namespace, String name, String node) {
    Pod pod = pod(template, namespace, name, Map.of());
    Map<String, Object> only = object("nodeAffinity", object("requiredDuringSchedulingIgnoredDuringExecution", object("nodeSelectorTerms",
        List.of(object("matchFields", List.of(object("key", "metadata.name", "operator", "In", "values", List.of(node))))))));
    pod.getSpec().setAffinity(JSON.convertValue(only, io.fabric8.kubernetes.api.model.Affinity.class));
    return pod;
  }

  /** The claim of a pod of the template and its volume, bound to each other; nothing for templates without one. */
  List<HasMetadata> volume(String template, String namespace, String pod) {
    Object kind = map(pods.get(template)).get("claim");
    if (kind == null) {
      return List.of();
    }
    String claim = "claim-" + pod;
    Map<String, Object> size = object("storage", "1Gi");
    Map<String, Object> source = kind.equals("csi") ? object("csi", object("driver", "ebs.csi.aws.com", "volumeHandle", claim))
        : object("awsElasticBlockStore", object("volumeID", claim));
    Map<String, Object> spec = object("accessModes", List.of("ReadOnlyMany"), "capacity", size, "persistentVolumeReclaimPolicy", "Retain",
        "claimRef", object("kind", "PersistentVolumeClaim", "namespace", namespace, "name", claim));
    spec.putAll(source);
    return List.of(
        as(io.fabric8.kubernetes.api.model.PersistentVolume.class, object("apiVersion", "v1", "kind", "PersistentVolume",
            "metadata", object("name", "pv-" + namespace + "-" + pod), "spec", spec, "status", object("phase", "Bound"))),
        as(io.fabric8.kubernetes.api.model.PersistentVolumeClaim.class, object("apiVersion", "v1", "kind", "PersistentVolumeClaim",
            "metadata", object("namespace", namespace, "name", claim, "annotations", object("pv.kubernetes.io/bind-completed", "yes")),
            "spec", object("accessModes", List.of("ReadOnlyMany"), "resources", object("requests", size), "storageClassName", "",
                "volumeName", "pv-" + namespace + "-" + pod),
            "status", object("phase", "Bound"))));
  }

  /** How many volumes of a driver a node can attach. */
  static HasMetadata limit(String node, String driver, int count) {
    return as(io.fabric8.kubernetes.api.model.storage.CSINode.class, object("apiVersion", "storage.k8s.io/v1", "kind", "CSINode",
        "metadata", object("name", node, "annotations", object("storage.alpha.kubernetes.io/migrated-plugins", "kubernetes.io/aws-ebs")),
        "spec", object("drivers", List.of(object("name", driver, "nodeID", node, "allocatable", object("count", count))))));
  }
}
