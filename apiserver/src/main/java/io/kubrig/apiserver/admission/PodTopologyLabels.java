package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/**
 * Tells pods, by labels, the zone and region of the node that they are bound to. (Source: plugin/pkg/admission/podtopologylabels,
 * KEP-4742.)
 */
public final class PodTopologyLabels implements AdmissionPlugin {
  private static final List<String> LABELS = List.of("topology.kubernetes.io/zone", "topology.kubernetes.io/region");

  private final Cluster cluster;

  public PodTopologyLabels(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "PodTopologyLabels";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!request.creates() || !request.is("", "pods")) {
      return;
    }
    if (request.isMain()) {
      label(request.object(), request.object().tree("spec").string("nodeName"));
    } else if (request.isThrough("binding") && request.object().tree("target").string("kind").equals("Node")) {
      label(request.object(), request.object().tree("target").string("name"));
    }
  }

  private void label(Tree object, String node) {
    if (node.isEmpty()) {
      return;
    }
    Tree labels = cluster.get("", "nodes", "", node).map(found -> found.at("metadata", "labels")).orElse(Tree.empty());
    for (String label : LABELS) {
      if (labels.has(label)) {
        object.need("metadata").need("labels").fill(label, labels.string(label));
      }
    }
  }
}
