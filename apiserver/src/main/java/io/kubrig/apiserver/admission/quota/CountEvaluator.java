package io.kubrig.apiserver.admission.quota;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Objects of which only the number counts. */
final class CountEvaluator implements Evaluator {
  private final List<String> resources;

  /** @param resources the names under which the number is limited: {@code count/secrets}, {@code secrets} */
  CountEvaluator(List<String> resources) {
    this.resources = resources;
  }

  @Override
  public boolean handles(AdmissionRequest request) {
    return request.creates() && request.isMain();
  }

  @Override
  public boolean counts(String resource) {
    return resources.contains(resource);
  }

  @Override
  public Map<String, Quantity> usage(Tree object) {
    Map<String, Quantity> usage = new TreeMap<>();
    resources.forEach(resource -> usage.put(resource, Quantity.of(1)));
    return usage;
  }
}
