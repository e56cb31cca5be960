package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.ContainerImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A node as the scheduler sees it; immutable.
 *
 * @param images size in bytes by image name
 * @param allowedPods allocatable {@code pods}
 * @param source the API object, which extenders and third-party plugins may need
 */
public record Node(
    String name,
    Labels labels,
    List<Taint> taints,
    boolean unschedulable,
    ResourceVector allocatable,
    long allowedPods,
    Map<String, Long> images,
    Set<String> declaredFeatures,
    io.fabric8.kubernetes.api.model.Node source) {

  /** The taint that stands for {@code spec.unschedulable}. */
  public static final Taint UNSCHEDULABLE = new Taint("node.kubernetes.io/unschedulable", "", Taint.NO_SCHEDULE);

  public Node {
    taints = List.copyOf(taints);
    images = Map.copyOf(images);
    declaredFeatures = Set.copyOf(declaredFeatures);
  }

  /** The node of an API object. */
  public static Node of(io.fabric8.kubernetes.api.model.Node n) {
    var spec = n.getSpec();
    var status = n.getStatus();
    List<Taint> taints = new ArrayList<>();
    boolean unschedulable = false;
    if (spec != null) {
      spec.getTaints().forEach(t -> taints.add(new Taint(t.getKey(), t.getValue(), t.getEffect())));
      unschedulable = Boolean.TRUE.equals(spec.getUnschedulable());
    }
    var allocatable = status == null || status.getAllocatable() == null ? Map.<String, io.fabric8.kubernetes.api.model.Quantity>of()
        : status.getAllocatable();
    Map<String, Long> images = new HashMap<>();
    Set<String> features = new HashSet<>();
    if (status != null) {
      for (ContainerImage image : status.getImages()) {
        for (String name : image.getNames()) {
          images.putIfAbsent(name, image.getSizeBytes() == null ? 0 : image.getSizeBytes());
        }
      }
      if (status.getDeclaredFeatures() != null) {
        features.addAll(status.getDeclaredFeatures());
      }
    }
    return new Node(n.getMetadata().getName(), Labels.of(n.getMetadata().getLabels()), taints, unschedulable,
        ResourceVector.of(allocatable),
        allocatable.containsKey("pods") ? Amounts.value(allocatable.get("pods")) : 0, images, features, n);
  }
}
