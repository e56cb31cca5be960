package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Fills in and enforces the limit ranges of a namespace, for pods and claims. (Source: plugin/pkg/admission/limitranger.) */
public final class LimitRanger implements AdmissionPlugin {
  private static final String ANNOTATION = "kubernetes.io/limit-ranger";

  private final Cluster cluster;

  public LimitRanger(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "LimitRanger";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE || verb == Verb.UPDATE;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (concerns(request) && request.is("", "pods")) {
      for (Tree range : ranges(request)) {
        fill(request.object(), range);
      }
    }
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!concerns(request)) {
      return;
    }
    for (Tree range : ranges(request)) {
      Set<String> wrong = new LinkedHashSet<>();
      for (Tree limit : range.tree("spec").trees("limits")) {
        if (request.is("", "pods")) {
          checkPod(request.object(), limit, wrong);
        } else if (limit.string("type").equals("PersistentVolumeClaim")) {
          checkClaim(request.object(), limit, wrong);
        }
      }
      if (!wrong.isEmpty()) {
        throw request.forbidden(wrong.size() == 1 ? wrong.iterator().next() : "[" + String.join(", ", wrong) + "]");
      }
    }
  }

  private List<Tree> ranges(AdmissionRequest request) {
    return cluster.list("", "limitranges", request.operation().namespace());
  }

  /** Pods when they are created or resized, claims whenever they are written; nothing that is going. */
  private static boolean concerns(AdmissionRequest request) {
    if (!request.creates() && !request.updates()) {
      return false;
    }
    if (request.old() != null && request.old().tree("metadata").get("deletionTimestamp") != null) {
      return false;
    }
    if (request.is("", "pods")) {
      return request.creates() ? request.isMain() : request.isThrough("resize");
    }
    return request.is("", "persistentvolumeclaims") && request.isMain();
  }

  // ---- defaults ------------------------------------------------------------------------------------------------------

  private static void fill(Tree pod, Tree range) {
    Map<String, Object> requests = new TreeMap<>();
    Map<String, Object> limits = new TreeMap<>();
    for (Tree limit : range.tree("spec").trees("limits")) {
      if (limit.string("type").equals("Container")) {
        limit.tree("defaultRequest").forEach(requests::put);
        limit.tree("default").forEach(limits::put);
      }
    }
    List<String> filled = new ArrayList<>();
    Tree spec = pod.tree("spec");
    spec.trees("containers").forEach(container -> fill(container, "container", requests, limits, filled));
    spec.trees("initContainers").forEach(container -> fill(container, "init container", requests, limits, filled));
    if (!filled.isEmpty()) {
      pod.need("metadata").need("annotations").set(ANNOTATION, "LimitRanger plugin set: " + String.join("; ", filled));
    }
  }

  private static void fill(Tree container, String what, Map<String, Object> requests, Map<String, Object> limits, List<String> filled) {
    String name = what + " " + container.string("name");
    Set<String> setLimits = fill(container, "limits", limits);
    Set<String> setRequests = fill(container, "requests", requests);
    if (!setRequests.isEmpty()) {
      filled.add(String.join(", ", setRequests) + " request for " + name);
    }
    if (!setLimits.isEmpty()) {
      filled.add(String.join(", ", setLimits) + " limit for " + name);
    }
  }

  private static Set<String> fill(Tree container, String list, Map<String, Object> defaults) {
    Set<String> set = new TreeSet<>();
    defaults.forEach(
        (resource, amount) -> {
          if (!container.at("resources", list).has(resource)) {
            container.need("resources").need(list).set(resource, amount);
            set.add(resource);
          }
        });
    return set;
  }

  // ---- limits --------------------------------------------------------------------------------------------------------

  private static void checkPod(Tree pod, Tree limit, Set<String> wrong) {
    switch (limit.string("type")) {
      case "Container" -> {
        List<Tree> containers = new ArrayList<>(pod.tree("spec").trees("containers"));
        containers.addAll(pod.tree("spec").trees("initContainers"));
        for (Tree container : containers) {
          Tree resources = container.tree("resources");
          check(limit, ResourceAmounts.of(resources.tree("requests")), ResourceAmounts.of(resources.tree("limits")), wrong);
        }
      }
      case "Pod" -> check(limit, PodAmounts.requests(pod), PodAmounts.limits(pod), wrong);
      default -> { }
    }
  }

  private static void check(Tree limit, Map<String, Quantity> requests, Map<String, Quantity> limits, Set<String> wrong) {
    String type = limit.string("type");
    ResourceAmounts.of(limit.tree("min")).forEach((name, bound) -> minimum(type, name, bound, requests.get(name), limits.get(name), wrong));
    ResourceAmounts.of(limit.tree("max")).forEach((name, bound) -> maximum(type, name, bound, requests.get(name), limits.get(name), wrong));
    ResourceAmounts.of(limit.tree("maxLimitRequestRatio"))
        .forEach((name, bound) -> ratio(type, name, bound, requests.get(name), limits.get(name), wrong));
  }

  private static void checkClaim(Tree claim, Tree limit, Set<String> wrong) {
    String type = limit.string("type");
    Map<String, Quantity> requests = ResourceAmounts.of(claim.at("spec", "resources", "requests"));
    ResourceAmounts.of(limit.tree("min")).forEach((name, bound) -> minimum(type, name, bound, requests.get(name), null, wrong));
    ResourceAmounts.of(limit.tree("max"))
        .forEach(
            (name, bound) -> {
              Quantity request = requests.get(name);
              if (request == null) {
                wrong.add(bound("maximum", type, name, bound) + ".  No request is specified");
              } else if (request.compareTo(bound) > 0) {
                wrong.add(bound("maximum", type, name, bound) + ", but request is " + request);
              }
            });
  }

  private static void minimum(String type, String name, Quantity bound, Quantity request, Quantity limit, Set<String> wrong) {
    if (request == null) {
      wrong.add(bound("minimum", type, name, bound) + ".  No request is specified");
    } else if (request.compareTo(bound) < 0) {
      wrong.add(bound("minimum", type, name, bound) + ", but request is " + request);
    } else if (limit != null && limit.compareTo(bound) < 0) {
      wrong.add(bound("minimum", type, name, bound) + ", but limit is " + limit);
    }
  }

  private static void maximum(String type, String name, Quantity bound, Quantity request, Quantity limit, Set<String> wrong) {
    if (limit == null) {
      wrong.add(bound("maximum", type, name, bound) + ".  No limit is specified");
    } else if (limit.compareTo(bound) > 0) {
      wrong.add(bound("maximum", type, name, bound) + ", but limit is " + limit);
    } else if (request != null && request.compareTo(bound) > 0) {
      wrong.add(bound("maximum", type, name, bound) + ", but request is " + request);
    }
  }

  private static String bound(String which, String type, String name, Quantity bound) {
    return which + " " + name + " usage per " + type + " is " + bound;
  }

  private static void ratio(String type, String name, Quantity bound, Quantity request, Quantity limit, Set<String> wrong) {
    String what = name + " max limit to request ratio per " + type + " is " + bound;
    if (request == null || request.isZero()) {
      wrong.add(what + ", but no request is specified or request is 0");
    } else if (limit == null || limit.isZero()) {
      wrong.add(what + ", but no limit is specified or limit is 0");
    } else {
      double ratio = limit.doubleValue() / request.doubleValue();
      if (ratio > bound.doubleValue()) {
        wrong.add(what + ", but provided ratio is " + String.format(Locale.ROOT, "%f", ratio));
      }
    }
  }
}
