package io.kubrig.bench.scheduler;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Makes API objects from the short forms of {@code templates.yaml}. */
final class Templates {
  private static final Pattern PLACE = Pattern.compile("\\{(?:(\\d+)/n|(n)|i(?:([%/])(\\d+))?(?:\\+(\\d+))?)}");
  private static final Map<String, Object> SIZE = Map.of("cpu", "4", "memory", "32Gi", "pods", "110");
  private static final List<String> OF_POD = List.of("like", "name", "labels", "finalizers", "requests", "limits", "hostPort", "claims");
  static final String DRIVER = "test-driver.cdi.k8s.io";

  private final Map<String, Map<String, Object>> nodes = new HashMap<>();
  private final Map<String, Map<String, Object>> pods = new HashMap<>();
  private final Map<String, Map<String, Object>> objects = new HashMap<>();

  Templates(Map<String, Object> file) {
    read(file, "nodes", nodes);
    read(file, "pods", pods);
    read(file, "objects", objects);
  }

  private static void read(Map<String, Object> file, String group, Map<String, Map<String, Object>> into) {
    Map<String, Object> all = Trees.map(file.get(group));
    all.keySet().forEach(name -> into.put(name, laidOut(all, name)));
  }

  private static Map<String, Object> laidOut(Map<String, Object> all, String name) {
    Map<String, Object> own = Trees.map(all.get(name));
    return own.containsKey("like") ? Trees.over(laidOut(all, (String) own.get("like")), own) : own;
  }

  private static Map<String, Object> template(Map<String, Map<String, Object>> group, String name) {
    Map<String, Object> t = group.get(name.isEmpty() ? "default" : name);
    if (t == null) {
      throw new IllegalArgumentException("no template is called " + name);
    }
    return t;
  }

  /** Adds a template of nodes. */
  void addNodes(String name, Map<String, Object> template) {
    nodes.put(name, template);
  }

  boolean isNode(String name) {
    return nodes.containsKey(name) && !pods.containsKey(name);
  }

  boolean isPod(String name) {
    return pods.containsKey(name);
  }

  /** The i-th of n. */
  record Place(int i, int n) {
    Object fill(Object value) {
      return switch (value) {
        case Map<?, ?> m -> {
          Map<String, Object> out = new LinkedHashMap<>();
          m.forEach((k, v) -> out.put((String) fillName(k), fill(v)));
          yield out;
        }
        case List<?> l -> Trees.mapped(l, this::fill);
        case String s when s.indexOf('{') >= 0 -> fillText(s);
        default -> value;
      };
    }

    private Object fillName(Object name) {
      return name.toString().indexOf('{') >= 0 ? fillText(name.toString()).toString() : name;
    }

    /** A text that is nothing but a place becomes a number. */
    private Object fillText(String text) {
      Matcher m = PLACE.matcher(text);
      String filled = m.replaceAll(r -> Long.toString(number(r)));
      return text.startsWith("{") && text.indexOf('}') == text.length() - 1 ? (Object) Long.valueOf(filled) : filled;
    }

    private long number(MatchResult r) {
      if (r.group(1) != null) {
        return Long.parseLong(r.group(1)) / n;
      }
      if (r.group(2) != null) {
        return n;
      }
      int by = r.group(4) == null ? 1 : Integer.parseInt(r.group(4));
      int plain = r.group(3) == null ? i : r.group(3).equals("%") ? i % by : i / by;
      return plain + (r.group(5) == null ? 0 : Integer.parseInt(r.group(5)));
    }
  }

  /** A node; it has the name given when its template has none. */
  Map<String, Object> node(String template, Place place, String name, Workload workload) {
    Map<String, Object> t = Trees.map(place.fill(template(nodes, template)));
    String own = (String) t.getOrDefault("name", name);
    Map<String, Object> labels = new LinkedHashMap<>(Trees.map(t.get("labels")));
    labels.put("kubernetes.io/hostname", own);
    Object size = t.getOrDefault("capacity", SIZE);
    int featureCount = t.containsKey("features") ? Integer.parseInt(workload.parameter(t.get("features").toString().substring(1))) : 0;
    List<String> features = featureCount == 0 ? null : IntStream.range(0, featureCount).mapToObj(f -> "Feature" + f).toList();
    return Trees.object("apiVersion", "v1", "kind", "Node", "metadata", Trees.object("name", own, "labels", labels),
        "spec", Trees.object("taints", t.get("taints"), "unschedulable", t.get("unschedulable")),
        "status", Trees.object("capacity", size, "allocatable", size, "declaredFeatures", features,
            "conditions", List.of(Trees.object("type", "Ready", "status", "True"))));
  }

  /** How many volumes of a driver a node of the template can attach; null when it does not matter. */
  Map<String, Object> limit(String template, String node) {
    Map<String, Object> limit = Trees.map(template(nodes, template).get("limit"));
    return limit.isEmpty() ? null
        : Trees.object("apiVersion", "storage.k8s.io/v1", "kind", "CSINode",
            "metadata", Trees.object("name", node, "annotations",
                limit.containsKey("migrated") ? Trees.object("storage.alpha.kubernetes.io/migrated-plugins", limit.get("migrated")) : null),
            "spec", Trees.object("drivers", List.of(Trees.object("name", limit.get("driver"), "nodeID", node,
                "allocatable", Trees.object("count", limit.get("count"))))));
  }

  /** A pod; it has the name given when its template has none. */
  Map<String, Object> pod(String template, Place place, String namespace, String name) {
    Map<String, Object> t = Trees.map(place.fill(template(pods, template)));
    Map<String, Object> spec = new LinkedHashMap<>(t);
    spec.keySet().removeAll(OF_POD);
    Object requests = t.get("requests");
    Object port = t.containsKey("hostPort") ? Integer.valueOf(t.get("hostPort").toString()) : null;
    Object claims = t.containsKey("claims") ? Trees.mapped(t.get("claims"), c -> Trees.object("name", c)) : null;
    Object resources = requests == null && claims == null ? null
        : Trees.object("requests", requests, "limits", Boolean.FALSE.equals(t.get("limits")) ? null : requests, "claims", claims);
    spec.put("containers", List.of(Trees.object("name", "pause", "image", "registry.k8s.io/pause:3.10.1", "resources", resources,
        "ports", port == null ? null : List.of(Trees.object("containerPort", port, "hostPort", port)))));
    return Trees.object("apiVersion", "v1", "kind", "Pod", "metadata", Trees.object("namespace", namespace,
        "name", t.getOrDefault("name", name), "labels", t.get("labels"), "finalizers", t.get("finalizers")), "spec", spec);
  }

  Map<String, String> podLabels(String template) {
    return Trees.strings(template(pods, template).get("labels"));
  }

  /** Any other object; it has the name given when its template has none. */
  Map<String, Object> object(String template, Place place, String namespace, String name) {
    Map<String, Object> t = new LinkedHashMap<>(Trees.map(place.fill(template(objects, template))));
    t.keySet().remove("like");
    Object own = t.remove("name");
    t.put("metadata", Trees.object("name", own == null ? name : own, "namespace", namespace.isEmpty() ? null : namespace));
    return t;
  }

  /** A claim of a kind ({@code aws}, {@code csi}, {@code csi-once}) and its volume, bound to each other. */
  static List<Map<String, Object>> volume(String kind, String namespace, int i) {
    String claim = "pvc-" + i;
    String volume = "pv-" + namespace + "-" + i;
    Map<String, Object> size = Trees.object("storage", "1Gi");
    List<String> modes = List.of(kind.equals("csi-once") ? "ReadWriteOncePod" : "ReadOnlyMany");
    boolean aws = kind.equals("aws");
    return List.of(
        Trees.object("apiVersion", "v1", "kind", "PersistentVolume", "metadata", Trees.object("name", volume),
            "spec", Trees.object("accessModes", modes, "capacity", size, "persistentVolumeReclaimPolicy", "Retain",
                "claimRef", Trees.object("kind", "PersistentVolumeClaim", "namespace", namespace, "name", claim),
                "awsElasticBlockStore", aws ? Trees.object("volumeID", volume) : null,
                "csi", aws ? null : Trees.object("driver", "ebs.csi.aws.com", "volumeHandle", volume)),
            "status", Trees.object("phase", "Bound")),
        Trees.object("apiVersion", "v1", "kind", "PersistentVolumeClaim",
            "metadata", Trees.object("namespace", namespace, "name", claim,
                "annotations", Trees.object("pv.kubernetes.io/bind-completed", "true")),
            "spec", Trees.object("accessModes", modes, "resources", Trees.object("requests", size), "storageClassName", "",
                "volumeName", volume),
            "status", Trees.object("phase", "Bound")));
  }

  /** A pod that uses the i-th claim of its namespace. */
  static Map<String, Object> withVolume(Map<String, Object> pod, int i) {
    return Trees.over(pod, Trees.object("spec", Trees.object("volumes",
        List.of(Trees.object("name", "vol", "persistentVolumeClaim", Trees.object("claimName", "pvc-" + i))))));
  }

  static Map<String, Object> namespace(String name, Map<String, String> labels) {
    return Trees.object("apiVersion", "v1", "kind", "Namespace", "metadata", Trees.object("name", name, "labels", labels));
  }

  /** A slice of so many devices of a node. */
  static Map<String, Object> slice(String node, int devices) {
    List<Map<String, Object>> all = IntStream.range(0, devices).mapToObj(i -> Trees.object("name", "instance-" + i,
        "attributes", Trees.object("model", Trees.object("string", "A100"), "family", Trees.object("string", "GPU"),
            "driverVersion", Trees.object("version", "1.2.3"), "dra.example.com/numa", Trees.object("int", i)),
        "capacity", Trees.object("memory", Trees.object("value", "1Gi")))).toList();
    return Trees.object("apiVersion", "resource.k8s.io/v1", "kind", "ResourceSlice", "metadata", Trees.object("name", node),
        "spec", Trees.object("driver", DRIVER, "nodeName", node, "devices", all,
            "pool", Trees.object("name", node, "generation", 0, "resourceSliceCount", 1)));
  }

  /** The claim that a pod gets for an entry of its spec, from a claim template's spec. */
  static Map<String, Object> claim(Map<String, Object> pod, String uid, String name, Object spec) {
    return Trees.object("apiVersion", "resource.k8s.io/v1", "kind", "ResourceClaim",
        "metadata", Trees.object("namespace", Trees.namespace(pod), "name", name,
            "annotations", Trees.object("resource.kubernetes.io/pod-claim-name", "resource"),
            "ownerReferences", List.of(Trees.object("apiVersion", "v1", "kind", "Pod", "name", Trees.name(pod), "uid", uid,
                "controller", true, "blockOwnerDeletion", true))),
        "spec", spec);
  }
}
