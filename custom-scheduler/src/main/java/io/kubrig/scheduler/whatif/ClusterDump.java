package io.kubrig.scheduler.whatif;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects of a file: one or more documents of YAML or JSON, lists among them, as {@code kubectl get -o yaml} writes them. Workloads
 * stand for the pods they make, where pods are asked for.
 */
public final class ClusterDump {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final List<String> WORKLOADS = List.of("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController", "Job");

  private ClusterDump() {}

  /** Every object with a kind; documents without one are errors. */
  public static List<HasMetadata> objects(String text) {
    List<HasMetadata> out = new ArrayList<>();
    try {
      for (Object document : Yaml.readAll(text.getBytes(StandardCharsets.UTF_8), Limits.TRUSTED)) {
        if (document instanceof Tree tree) {
          collect(tree, out);
        }
      }
    } catch (YamlException e) {
      throw new QuestionException(e.getMessage());
    }
    return out;
  }

  private static void collect(Tree tree, List<HasMetadata> out) {
    String kind = tree.string("kind");
    if (kind == null || kind.isEmpty()) {
      throw new QuestionException("an object without kind");
    }
    if (kind.endsWith("List") && tree.get("items") instanceof List<?> items) {
      for (Object item : items) {
        Tree t = (Tree) item;
        if (!t.has("kind")) {
          t.set("kind", kind.substring(0, kind.length() - "List".length()));
          t.set("apiVersion", tree.get("apiVersion"));
        }
        collect(t, out);
      }
      return;
    }
    KubernetesResource read = JSON.unmarshal(Json.text(tree), KubernetesResource.class);
    if (read instanceof HasMetadata o) {
      out.add(o);
    }
  }

  /** The pods of a file, and one for each replica of the workloads in it. */
  public static List<io.fabric8.kubernetes.api.model.Pod> pods(String text) {
    List<io.fabric8.kubernetes.api.model.Pod> out = new ArrayList<>();
    for (HasMetadata o : objects(text)) {
      if (o instanceof io.fabric8.kubernetes.api.model.Pod p) {
        out.add(p);
      } else if (WORKLOADS.contains(o.getKind())) {
        Tree workload = Json.readTree(JSON.asJson(o));
        if (workload.get("spec") instanceof Tree spec && spec.get("template") instanceof Tree template) {
          Object wanted = spec.get(o.getKind().equals("Job") ? "parallelism" : "replicas");
          long replicas = wanted instanceof Number n ? n.longValue() : 1;
          for (long i = 0; i < replicas; i++) {
            out.add(replica(o, template, i));
          }
        }
      } else {
        throw new QuestionException(o.getKind() + " " + o.getMetadata().getName() + " is neither a pod nor a workload");
      }
    }
    return out;
  }

  private static io.fabric8.kubernetes.api.model.Pod replica(HasMetadata workload, Tree template, long i) {
    var pod = JSON.unmarshal(Json.text(template), io.fabric8.kubernetes.api.model.Pod.class);
    if (pod.getMetadata() == null) {
      pod.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMeta());
    }
    pod.getMetadata().setNamespace(workload.getMetadata().getNamespace());
    pod.getMetadata().setName(workload.getMetadata().getName() + "-" + i);
    return pod;
  }
}
