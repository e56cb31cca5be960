package io.kubrig.apiserver.admission.quota;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.admission.PodAmounts;
import io.kubrig.apiserver.kinds.pod.PodResources;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Pods: their number while they are not finished, their requests and limits. (Source: pkg/quota/v1/evaluator/core/pods.go.) */
final class PodEvaluator implements Evaluator {
  private static final String COUNT = "count/pods";
  private static final Set<String> COMPUTE = Set.of("cpu", "memory", "ephemeral-storage");
  private static final Set<String> RESOURCES = resources();

  /** A quota on one of these demands that every container says how much it wants. */
  private static final Set<String> DEMANDED =
      Set.of("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

  private final Supplier<Instant> now;

  PodEvaluator(Supplier<Instant> now) {
    this.now = now;
  }

  private static Set<String> resources() {
    Set<String> all = new TreeSet<>(Set.of(COUNT, "pods"));
    for (String resource : COMPUTE) {
      all.addAll(List.of(resource, "requests." + resource, "limits." + resource));
    }
    return all;
  }

  @Override
  public boolean handles(AdmissionRequest request) {
    if (request.isMain()) {
      return request.creates() || request.updates() && request.old() != null && changesScope(request.old(), request.object());
    }
    return request.updates() && request.isThrough("resize");
  }

  @Override
  public boolean counts(String resource) {
    return RESOURCES.contains(resource)
        || resource.startsWith("hugepages-")
        || resource.startsWith("requests.hugepages-")
        || resource.startsWith("requests.") && isExtended(resource.substring("requests.".length()));
  }

  /** Named with a domain that is not Kubernetes' own. */
  private static boolean isExtended(String resource) {
    return resource.contains("/") && !resource.contains("kubernetes.io/") && !resource.startsWith("requests.");
  }

  // ---- demands -------------------------------------------------------------------------------------------------------

  @Override
  public String missing(Collection<String> resources, Tree pod) {
    Tree spec = pod.tree("spec");
    Set<String> podLevel = stated(spec.tree("resources"));
    Map<String, Set<String>> missing = new TreeMap<>();
    for (String list : new String[] {"containers", "initContainers"}) {
      for (Tree container : spec.trees(list)) {
        Set<String> stated = stated(container.tree("resources"));
        for (String resource : resources) {
          if (DEMANDED.contains(resource) && !stated.contains(resource) && !podLevel.contains(resource)) {
            missing.computeIfAbsent(resource, key -> new TreeSet<>()).add(container.string("name"));
          }
        }
      }
    }
    return missing.isEmpty()
        ? ""
        : "must specify "
            + missing.entrySet().stream().map(entry -> entry.getKey() + " for: " + String.join(",", entry.getValue()))
                .collect(Collectors.joining("; "));
  }

  private static Set<String> stated(Tree resources) {
    return compute(ResourceAmounts.of(resources.tree("requests")), ResourceAmounts.of(resources.tree("limits"))).keySet();
  }

  // ---- usage ---------------------------------------------------------------------------------------------------------

  @Override
  public Map<String, Quantity> usage(Tree pod) {
    Map<String, Quantity> usage = new TreeMap<>();
    if (!isOver(pod)) {
      usage.putAll(compute(PodAmounts.requestsWithOverhead(pod), PodAmounts.limitsWithOverhead(pod)));
      usage.put("pods", Quantity.of(1));
    }
    usage.put(COUNT, Quantity.of(1));
    return usage;
  }

  /** Finished, or past the time at which it should have been gone. */
  private boolean isOver(Tree pod) {
    String phase = pod.tree("status").string("phase");
    if (phase.equals("Failed") || phase.equals("Succeeded")) {
      return true;
    }
    Tree metadata = pod.tree("metadata");
    if (metadata.get("deletionTimestamp") == null || metadata.get("deletionGracePeriodSeconds") == null) {
      return false;
    }
    Instant due = Instant.parse(metadata.string("deletionTimestamp")).plusSeconds(metadata.integer("deletionGracePeriodSeconds"));
    return now.get().isAfter(due);
  }

  private static Map<String, Quantity> compute(Map<String, Quantity> requests, Map<String, Quantity> limits) {
    Map<String, Quantity> usage = new TreeMap<>();
    requests.forEach(
        (resource, amount) -> {
          if (COMPUTE.contains(resource) || resource.startsWith("hugepages-")) {
            usage.put(resource, amount);
            usage.put("requests." + resource, amount);
          } else if (isExtended(resource)) {
            usage.put("requests." + resource, amount);
          }
        });
    limits.forEach(
        (resource, amount) -> {
          if (COMPUTE.contains(resource)) {
            usage.put("limits." + resource, amount);
          }
        });
    return usage;
  }

  // ---- scopes --------------------------------------------------------------------------------------------------------

  @Override
  public boolean isIn(Scope scope, Tree pod) {
    Tree spec = pod.tree("spec");
    return switch (scope.name()) {
      case "Terminating" -> isTerminating(spec);
      case "NotTerminating" -> !isTerminating(spec);
      case "BestEffort" -> PodResources.qosClass(spec).equals("BestEffort");
      case "NotBestEffort" -> !PodResources.qosClass(spec).equals("BestEffort");
      case "PriorityClass" -> {
        String priorityClass = spec.string("priorityClassName");
        yield scope.matchesAny(priorityClass.isEmpty() ? List.of() : List.of(priorityClass));
      }
      case "CrossNamespacePodAffinity" -> reachesOtherNamespaces(spec);
      default -> false;
    };
  }

  /** A pod can be given a deadline, or a longer one, or none: it may fall under other quotas then. */
  private static boolean changesScope(Tree old, Tree pod) {
    return isTerminating(old.tree("spec")) != isTerminating(pod.tree("spec"));
  }

  private static boolean isTerminating(Tree spec) {
    return spec.get("activeDeadlineSeconds") != null && spec.integer("activeDeadlineSeconds") >= 0;
  }

  private static boolean reachesOtherNamespaces(Tree spec) {
    List<Tree> terms = new ArrayList<>();
    for (String kind : new String[] {"podAffinity", "podAntiAffinity"}) {
      Tree affinity = spec.at("affinity", kind);
      terms.addAll(affinity.trees("requiredDuringSchedulingIgnoredDuringExecution"));
      affinity.trees("preferredDuringSchedulingIgnoredDuringExecution").forEach(term -> terms.add(term.tree("podAffinityTerm")));
    }
    return terms.stream().anyMatch(term -> !term.list("namespaces").isEmpty() || term.get("namespaceSelector") != null);
  }
}
