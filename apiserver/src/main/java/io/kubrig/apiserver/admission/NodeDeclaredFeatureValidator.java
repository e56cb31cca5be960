package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * A running pod is changed only in ways that its node says it can follow. (Source: plugin/pkg/admission/nodedeclaredfeatures, KEP-5328.)
 */
public final class NodeDeclaredFeatureValidator implements AdmissionPlugin {
  /** By feature, whether going from the old spec to the new one takes it. */
  private static final Map<String, BiPredicate<Tree, Tree>> NEEDED =
      new TreeMap<>(
          Map.of("InPlacePodLevelResourcesVerticalScaling", (old, spec) -> !old.tree("resources").equals(spec.tree("resources"))));

  private final Cluster cluster;

  public NodeDeclaredFeatureValidator(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "NodeDeclaredFeatureValidator";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.UPDATE;
  }

  @Override
  public void validate(AdmissionRequest request) {
    boolean update = request.updates() && request.is("", "pods") && (request.isMain() || request.isThrough("resize"));
    if (!update || !Pods.specChanged(request)) {
      return;
    }
    Tree spec = request.object().tree("spec");
    String name = spec.string("nodeName");
    Tree old = request.old().tree("spec");
    List<String> needed = NEEDED.entrySet().stream().filter(entry -> entry.getValue().test(old, spec)).map(Map.Entry::getKey).toList();
    if (name.isEmpty() || needed.isEmpty()) {
      return;
    }
    Tree node = cluster.get("", "nodes", "", name).orElseThrow(() -> request.forbidden("node \"" + name + "\" not found"));
    List<String> declared = node.tree("status").strings("declaredFeatures");
    List<String> lacking = needed.stream().filter(feature -> !declared.contains(feature)).toList();
    if (!lacking.isEmpty()) {
      throw request.forbidden("pod update requires features " + String.join(", ", lacking) + " which are not available on node \"" + name
          + "\"");
    }
  }
}
