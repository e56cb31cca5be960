package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A running pod grows only as far as its node has room at all. (Source: plugin/pkg/admission/podresize, KEP-1287.) */
public final class PodResizeValidator implements AdmissionPlugin {
  private final Cluster cluster;

  public PodResizeValidator(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "PodResizeValidator";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.UPDATE;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.updates() || !request.is("", "pods") || !request.isThrough("resize") || !Pods.specChanged(request)) {
      return;
    }
    String name = request.object().tree("spec").string("nodeName");
    if (name.isEmpty()) {
      return;
    }
    Tree node = cluster.get("", "nodes", "", name).orElseThrow(() -> request.forbidden("node \"" + name + "\" not found"));
    checkRoom(request, ResourceAmounts.of(node.at("status", "allocatable")));
    Tree labels = node.at("metadata", "labels");
    if (!labels.string("kubernetes.io/os").equals("linux")) {
      throw request.forbidden(
          "pod resize is only supported on linux nodes, node \"" + name + "\" is \"" + labels.string("kubernetes.io/os") + "\"");
    }
  }

  private static void checkRoom(AdmissionRequest request, Map<String, Quantity> allocatable) {
    Map<String, Quantity> requests = PodAmounts.requestsWithOverhead(request.object());
    List<String> lacking = new ArrayList<>();
    long cpu = requests.getOrDefault("cpu", Quantity.ZERO).milliValue();
    long allocatableCpu = allocatable.getOrDefault("cpu", Quantity.ZERO).milliValue();
    if (cpu > allocatableCpu) {
      lacking.add("cpu, requested: " + cpu + ", allocatable: " + allocatableCpu);
    }
    long memory = requests.getOrDefault("memory", Quantity.ZERO).value();
    long allocatableMemory = allocatable.getOrDefault("memory", Quantity.ZERO).value();
    if (memory > allocatableMemory) {
      lacking.add("memory, requested: " + memory + ", allocatable: " + allocatableMemory);
    }
    if (!lacking.isEmpty()) {
      throw request.forbidden("Node didn't have enough allocatable resources: " + String.join("; ", lacking));
    }
  }
}
