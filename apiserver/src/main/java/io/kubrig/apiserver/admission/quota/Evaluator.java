package io.kubrig.apiserver.admission.quota;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Knows what objects of one kind use. (Source: pkg/quota/v1/evaluator.) */
interface Evaluator {

  /** Whether a write can change what is used. */
  boolean handles(AdmissionRequest request);

  /** Whether a resource of a quota is used by objects of this kind. */
  boolean counts(String resource);

  /** What the object uses, by resource. */
  Map<String, Quantity> usage(Tree object);

  /** Whether the object is in a scope; no scope knows objects of most kinds. */
  default boolean isIn(Scope scope, Tree object) {
    return false;
  }

  /** What an object lacks that a quota on these resources demands; "" for nothing. */
  default String missing(Collection<String> resources, Tree object) {
    return "";
  }

  /** The evaluator for what is stored under a plural name. */
  static Evaluator of(String group, String plural, Supplier<Instant> now) {
    return switch (group.isEmpty() ? plural : plural + "." + group) {
      case "pods" -> new PodEvaluator(now);
      case "services" -> new ServiceEvaluator();
      case "persistentvolumeclaims" -> new ClaimEvaluator();
      case "resourceclaims.resource.k8s.io" -> new DeviceEvaluator();
      case "configmaps", "secrets", "resourcequotas", "replicationcontrollers" -> new CountEvaluator(List.of("count/" + plural, plural));
      default -> new CountEvaluator(List.of("count/" + (group.isEmpty() ? plural : plural + "." + group)));
    };
  }
}
