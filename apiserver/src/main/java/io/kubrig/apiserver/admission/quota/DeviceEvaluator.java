package io.kubrig.apiserver.admission.quota;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.Map;
import java.util.TreeMap;

/** Resource claims: their number and the devices that they ask for, per device class. (Source: KEP-4381.) */
final class DeviceEvaluator implements Evaluator {
  private static final String COUNT = "count/resourceclaims.resource.k8s.io";
  private static final String PER_CLASS = ".deviceclass.resource.k8s.io/devices";

  /** "All" is charged as the most that one claim can be allocated. */
  private static final long MOST_DEVICES = 32;

  @Override
  public boolean handles(AdmissionRequest request) {
    return (request.creates() || request.updates()) && request.isMain();
  }

  @Override
  public boolean counts(String resource) {
    return resource.equals(COUNT) || resource.endsWith(PER_CLASS);
  }

  @Override
  public Map<String, Quantity> usage(Tree claim) {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put(COUNT, Quantity.of(1));
    for (Tree request : claim.at("spec", "devices").trees("requests")) {
      Map<String, Long> worst = new TreeMap<>();
      for (Tree alternative : request.trees("firstAvailable")) {
        worst.merge(alternative.string("deviceClassName"), devices(alternative), Math::max);
      }
      Tree exactly = request.has("exactly") ? request.tree("exactly") : request;
      if (!exactly.string("deviceClassName").isEmpty()) {
        worst.merge(exactly.string("deviceClassName"), devices(exactly), Math::max);
      }
      worst.forEach((deviceClass, count) -> usage.merge(deviceClass + PER_CLASS, Quantity.of(count), Quantity::plus));
    }
    return usage;
  }

  private static long devices(Tree request) {
    return request.string("allocationMode").equals("All") ? MOST_DEVICES : request.integer("count", 1);
  }
}
