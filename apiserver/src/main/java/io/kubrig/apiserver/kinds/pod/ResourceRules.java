package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.quantity.QuantityException;
import io.kubrig.machinery.tree.Tree;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What containers and pods may ask of resources. (Source: ValidateContainerResourceRequirements and its relatives of core validation.) */
public final class ResourceRules {
  private static final Set<String> STANDARD =
      Set.of(
          "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu",
              "limits.memory",
          "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
          "persistentvolumeclaims", "storage", "requests.storage", "services.nodeports", "services.loadbalancers");
  private static final Set<String> FOR_CONTAINERS = Set.of("cpu", "memory", "ephemeral-storage");
  private static final String HUGE_PAGES = "hugepages-";

  private ResourceRules() {}

  static void container(Tree resources, Set<String> podClaims, FieldPath path, FieldErrors errors) {
    requirements(resources, path, errors, ResourceRules::containerResourceName);
    claims(resources.trees("claims"), podClaims, path.child("claims"), errors);
  }

  /** Checks the name of a resource. */
  @FunctionalInterface
  private interface NameCheck {
    void check(String name, FieldPath path, FieldErrors errors);
  }

  private static void requirements(Tree resources, FieldPath path, FieldErrors errors, NameCheck names) {
    Map<String, Quantity> limits = ResourceAmounts.of(resources.tree("limits"));
    Map<String, Quantity> requests = ResourceAmounts.of(resources.tree("requests"));
    limits.forEach(
        (name, limit) -> {
          FieldPath at = path.child("limits").key(name);
          names.check(name, at, errors);
          amount(name, limit, at, errors);
          hugePages(name, limit, at, errors);
        });
    requests.forEach(
        (name, request) -> {
          FieldPath at = path.child("requests").key(name);
          names.check(name, at, errors);
          amount(name, request, at, errors);
          againstLimit(name, request, limits.get(name), path, errors);
          hugePages(name, request, at, errors);
        });
    Set<String> all = new HashSet<>(limits.keySet());
    all.addAll(requests.keySet());
    boolean huge = all.stream().anyMatch(name -> name.startsWith(HUGE_PAGES));
    if (huge && !all.contains("cpu") && !all.contains("memory")) {
      errors.forbidden(path, "HugePages require cpu or memory");
    }
  }

  private static void againstLimit(String name, Quantity request, Quantity limit, FieldPath path, FieldErrors errors) {
    boolean overcommits = isNative(name) && !name.startsWith(HUGE_PAGES);
    if (limit == null) {
      if (!overcommits) {
        errors.required(path.child("limits"), "Limit must be set for non overcommitable resources");
      }
      return;
    }
    if (!overcommits && request.compareTo(limit) != 0) {
      errors.invalid(path.child("requests"), request.toString(), "must be equal to " + name + " limit of " + limit);
    } else if (request.compareTo(limit) > 0) {
      errors.invalid(path.child("requests"), request.toString(), "must be less than or equal to " + name + " limit of " + limit);
    }
  }

  public static void containerResourceName(String name, FieldPath path, FieldErrors errors) {
    resourceName(name, path, errors);
    if (!name.contains("/")) {
      if (!FOR_CONTAINERS.contains(name) && !name.startsWith(HUGE_PAGES)) {
        errors.invalid(path, name, "must be a standard resource for containers");
      }
    } else if (!isNative(name) && !isExtended(name)) {
      errors.invalid(path, name, "doesn't follow extended resource name standard");
    }
  }

  /** Answers whether the name is a resource's. */
  static boolean resourceName(String name, FieldPath path, FieldErrors errors) {
    List<String> wrong = Names.qualifiedName(name);
    wrong.forEach(text -> errors.invalid(path, name, text));
    if (wrong.isEmpty() && !name.contains("/") && !STANDARD.contains(name) && !name.startsWith(HUGE_PAGES)) {
      errors.invalid(path, name, "must be a standard resource type or fully qualified");
      return false;
    }
    return wrong.isEmpty();
  }

  static void amount(String name, Quantity amount, FieldPath path, FieldErrors errors) {
    if (amount.sign() < 0) {
      errors.invalid(path, amount.toString(), "must be greater than or equal to 0");
    }
    if (isExtended(name) && !isWhole(amount)) {
      errors.invalid(path, amount.toString(), "must be an integer");
    }
  }

  private static boolean isWhole(Quantity amount) {
    return amount.amount().stripTrailingZeros().scale() <= 0;
  }

  private static void hugePages(String name, Quantity amount, FieldPath path, FieldErrors errors) {
    if (name.startsWith(HUGE_PAGES) && !isWholePages(name.substring(HUGE_PAGES.length()), amount)) {
      errors.invalid(path, amount.toString(), amount + " is not positive integer multiple of " + name);
    }
  }

  private static boolean isWholePages(String size, Quantity amount) {
    try {
      BigDecimal page = Quantity.parse(size).amount();
      return page.signum() > 0 && amount.amount().remainder(page).signum() == 0;
    } catch (QuantityException e) {
      return false;
    }
  }

  /** Whether a resource is Kubernetes' own. */
  static boolean isNative(String name) {
    return !name.contains("/") || name.contains("kubernetes.io/");
  }

  static boolean isExtended(String name) {
    return !isNative(name) && !name.startsWith("requests.") && Names.qualifiedName("requests." + name).isEmpty();
  }

  private static void claims(List<Tree> claims, Set<String> podClaims, FieldPath path, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < claims.size(); i++) {
      String name = claims.get(i).string("name");
      String request = claims.get(i).string("request");
      if (name.isEmpty()) {
        errors.required(path.index(i), "");
        continue;
      }
      overlap(name, request, seen, path.index(i), errors);
      if (!podClaims.contains(name)) {
        String known = podClaims.isEmpty() ? " which is empty" : ": " + String.join(", ", new TreeSet<>(podClaims));
        String text = "Not found: \"" + name + "\": must be one of the names in pod.spec.resourceClaims" + known;
        errors.add("FieldValueNotFound", path.index(i), text);
      }
    }
  }

  /** A claim is used as a whole once, or by requests that differ. */
  private static void overlap(String name, String request, Set<String> seen, FieldPath path, FieldErrors errors) {
    if (seen.contains(name)) {
      errors.duplicate(path, name);
      return;
    }
    if (!request.isEmpty()) {
      Checks.dnsLabel(request, path.child("request"), errors);
    }
    String key = request.isEmpty() ? name : name + "/" + request;
    if (seen.contains(key)) {
      errors.duplicate(path, key);
    } else if (request.isEmpty()) {
      seen.stream().filter(other -> other.startsWith(name + "/")).forEach(_ -> errors.duplicate(path, name));
    }
    seen.add(key);
  }

  // ---- the pod as a whole --------------------------------------------------------------------------------------------

  /** {@code spec.resources}: must be enough for what the containers ask. */
  static void podLevel(Tree spec, Set<String> podClaims, FieldPath path, FieldErrors errors) {
    if (!(spec.get("resources") instanceof Tree resources)) {
      return;
    }
    FieldPath at = path.child("resources");
    if (spec.tree("os").string("name").equals("windows")) {
      errors.forbidden(at, "may not be set for a windows pod");
      return;
    }
    if (resources.given("claims") != null) {
      errors.forbidden(at.child("claims"), "claims may not be set for Resources at pod-level");
    }
    requirements(resources, at, errors, ResourceRules::podResourceName);
    claims(resources.trees("claims"), podClaims, at.child("claims"), errors);
    Map<String, Quantity> requests = ResourceAmounts.of(resources.tree("requests"));
    PodResources.ofContainers(spec, "requests").forEach(
        (name, sum) -> {
          Quantity request = requests.get(name);
          if (PodResources.isPodLevel(name) && request != null && sum.compareTo(request) > 0) {
            errors.invalid(
                at.child("requests").key(name), request.toString(),
                    "must be greater than or equal to aggregate container requests of " + sum);
          }
        });
    Map<String, Quantity> limits = ResourceAmounts.of(resources.tree("limits"));
    List<Tree> containers = spec.trees("containers");
    for (int i = 0; i < containers.size(); i++) {
      FieldPath own = path.child("resources", "containers").index(i); // native's path
      ResourceAmounts.of(containers.get(i).at("resources", "limits")).forEach(
          (name, limit) -> {
            Quantity podLimit = limits.get(name);
            if (PodResources.isPodLevel(name) && podLimit != null && limit.compareTo(podLimit) > 0) {
              errors.invalid(own.key(name).child("limits"), limit.toString(), "must be less than or equal to pod limits of " + podLimit);
            }
          });
    }
  }

  private static void podResourceName(String name, FieldPath path, FieldErrors errors) {
    if (resourceName(name, path, errors) && !PodResources.isPodLevel(name)) {
      errors.notSupported(path, name, List.of("cpu", HUGE_PAGES, "memory"));
    }
  }

  /** {@code spec.overhead} of pods, {@code overhead} of runtime classes. */
  public static void overhead(Tree overhead, FieldPath path, FieldErrors errors) {
    requirements(Tree.of("limits", overhead), path, errors, ResourceRules::containerResourceName);
  }

  /** {@code resizePolicy} of a container. */
  static void resizePolicies(List<Tree> policies, String podRestartPolicy, FieldPath path, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < policies.size(); i++) {
      String resource = policies.get(i).string("resourceName");
      String restart = policies.get(i).string("restartPolicy");
      if (!seen.add(resource)) {
        errors.duplicate(path.index(i), resource);
      }
      if (resource.isEmpty()) {
        errors.required(path, "");
      } else if (!resource.equals("cpu") && !resource.equals("memory")) {
        errors.notSupported(path, resource, List.of("cpu", "memory"));
      }
      if (restart.isEmpty()) {
        errors.required(path, "");
      } else if (!restart.equals("NotRequired") && !restart.equals("RestartContainer")) {
        errors.notSupported(path, restart, List.of("NotRequired", "RestartContainer"));
      }
      if (podRestartPolicy.equals("Never") && !restart.equals("NotRequired")) {
        errors.invalid(path, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
      }
    }
  }
}
