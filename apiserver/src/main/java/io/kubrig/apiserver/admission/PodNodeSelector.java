package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the pods of a namespace on the nodes that its annotation selects. (Source: plugin/pkg/admission/podnodeselector.) */
public final class PodNodeSelector implements AdmissionPlugin {
  private static final String ANNOTATION = "scheduler.alpha.kubernetes.io/node-selector";
  private static final String CLUSTER_DEFAULT = "clusterDefaultNodeSelector";

  private final Cluster cluster;
  private final Map<String, String> configured;

  /** @param configured selectors by namespace, which pods may not go beyond; and the one for namespaces without annotation */
  public PodNodeSelector(Cluster cluster, Map<String, String> configured) {
    this.cluster = cluster;
    this.configured = Map.copyOf(configured);
  }

  @Override
  public String name() {
    return "PodNodeSelector";
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!Pods.isCreation(request)) {
      return;
    }
    Map<String, String> demanded = demanded(request);
    checkConflict(request, demanded);
    Tree spec = request.object().need("spec");
    demanded.forEach((label, value) -> spec.need("nodeSelector").set(label, value));
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!Pods.isCreation(request)) {
      return;
    }
    checkConflict(request, demanded(request));
    Map<String, String> allowed = parse(configured.getOrDefault(request.operation().namespace(), ""));
    Map<String, String> selector = request.object().tree("spec").stringMap("nodeSelector");
    if (!allowed.isEmpty() && !allowed.entrySet().containsAll(selector.entrySet())) {
      throw request.forbidden("pod node label selector labels conflict with its namespace whitelist");
    }
  }

  private Map<String, String> demanded(AdmissionRequest request) {
    String namespace = request.operation().namespace();
    Tree found = cluster.get("", "namespaces", "", namespace).orElseThrow(() -> ApiException.notFound("", "namespaces", namespace));
    Tree annotations = found.at("metadata", "annotations");
    return parse(annotations.string(ANNOTATION, configured.getOrDefault(CLUSTER_DEFAULT, "")));
  }

  private static void checkConflict(AdmissionRequest request, Map<String, String> demanded) {
    Map<String, String> selector = request.object().tree("spec").stringMap("nodeSelector");
    boolean conflicts = demanded.entrySet().stream()
        .anyMatch(one -> selector.containsKey(one.getKey()) && !selector.get(one.getKey()).equals(one.getValue()));
    if (conflicts) {
      throw request.forbidden("pod node label selector conflicts with its namespace node label selector");
    }
  }

  /** {@code a=b,c=d}. */
  private static Map<String, String> parse(String selector) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String term : selector.split(",")) {
      int equals = term.indexOf('=');
      if (equals > 0) {
        labels.put(term.substring(0, equals).strip(), term.substring(equals + 1).strip());
      }
    }
    return labels;
  }
}
