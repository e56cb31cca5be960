package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.kinds.pod.PodResources;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Gives pods the tolerations of their namespace, and lets them have no others than it allows. (Source:
 * plugin/pkg/admission/podtolerationrestriction.)
 */
public final class PodTolerationRestriction implements AdmissionPlugin {
  private static final String DEFAULTS = "scheduler.alpha.kubernetes.io/defaultTolerations";
  private static final String ALLOWED = "scheduler.alpha.kubernetes.io/tolerationsWhitelist";

  private final Cluster cluster;
  private final List<Tree> defaults;
  private final List<Tree> allowed;

  /**
   * @param defaults for namespaces without the annotation
   * @param allowed for namespaces without the annotation; none allows all
   */
  public PodTolerationRestriction(Cluster cluster, List<Tree> defaults, List<Tree> allowed) {
    this.cluster = cluster;
    this.defaults = List.copyOf(defaults);
    this.allowed = List.copyOf(allowed);
  }

  @Override
  public String name() {
    return "PodTolerationRestriction";
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!Pods.isCreation(request) && !Pods.isUpdate(request)) {
      return;
    }
    Tree spec = request.object().need("spec");
    List<Tree> namespaces = tolerations(request, DEFAULTS, defaults);
    if (request.creates() && !namespaces.isEmpty()) {
      spec.set("tolerations", Tolerations.merged(spec.trees("tolerations"), namespaces));
    }
    if (!PodResources.qosClass(spec).equals("BestEffort")) {
      Tolerations.addOrReplace(
          spec, Tree.of("key", "node.kubernetes.io/memory-pressure", "operator", "Exists", "effect", "NoSchedule"));
    }
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!Pods.isCreation(request) && !Pods.isUpdate(request)) {
      return;
    }
    List<Tree> within = tolerations(request, ALLOWED, allowed);
    boolean all =
        within.isEmpty()
            || request.object().tree("spec").trees("tolerations").stream()
                .allMatch(toleration -> within.stream().anyMatch(wide -> Tolerations.includes(wide, toleration)));
    if (!all) {
      throw request.forbidden("pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist");
    }
  }

  private List<Tree> tolerations(AdmissionRequest request, String annotation, List<Tree> otherwise) {
    String namespace = request.operation().namespace();
    Tree found = cluster.get("", "namespaces", "", namespace).orElseThrow(() -> ApiException.notFound("", "namespaces", namespace));
    Tree annotations = found.at("metadata", "annotations");
    if (!annotations.has(annotation)) {
      return otherwise;
    }
    String text = annotations.string(annotation);
    // a list as the only member of an object, so that it can be read as a tree
    String wrapped = "{\"all\":" + (text.isBlank() ? "[]" : text) + "}";
    return Json.readTree(wrapped.getBytes(StandardCharsets.UTF_8)).trees("all");
  }
}
