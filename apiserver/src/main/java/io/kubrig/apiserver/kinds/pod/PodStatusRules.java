package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the status of a pod must look like beside its spec: conditions, claims, the health of resources. */
final class PodStatusRules {
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final Set<String> OWN_CONDITIONS = Set.of("PodScheduled", "Ready", "Initialized");
  private static final List<String> HEALTH = List.of("Healthy", "Unhealthy", "Unknown");
  private static final Map<String, String> SPEC_OF =
      Map.of("containerStatuses", "containers", "initContainerStatuses", "initContainers");
  private static final String NOT_REQUESTED = "must match one of the container's resource requests";
  private static final String NOT_CLAIMED =
      "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request "
          + "is empty";

  private final Tree spec;
  private final Tree status;
  private final FieldErrors errors;

  private PodStatusRules(Tree pod, FieldErrors errors) {
    this.spec = pod.tree("spec");
    this.status = pod.tree("status");
    this.errors = errors;
  }

  static void check(Tree pod, FieldErrors errors) {
    PodStatusRules rules = new PodStatusRules(pod, errors);
    rules.conditions();
    rules.claims();
    if (rules.status.get("extendedResourceClaimStatus") instanceof Tree claim) {
      rules.extendedClaim(claim, STATUS.child("extendedResourceClaimStatus"));
    }
    SPEC_OF.forEach(rules::allocated);
    List<Tree> ephemeral = rules.status.trees("ephemeralContainerStatuses");
    for (int i = 0; i < ephemeral.size(); i++) {
      if (!ephemeral.get(i).list("allocatedResourcesStatus").isEmpty()) {
        FieldPath path = STATUS.child("ephemeralContainerStatuses").index(i).child("allocatedResourcesStatus");
        errors.forbidden(path, "must not be specified in container status");
      }
    }
    for (String list : List.of("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")) {
      rules.users(list);
    }
  }

  /** The identities that containers run with, which are those of Linux. */
  private void users(String list) {
    List<Tree> statuses = status.trees(list);
    for (int i = 0; i < statuses.size(); i++) {
      if (statuses.get(i).tree("user").get("linux") instanceof Tree user) {
        FieldPath path = STATUS.child(list).index(i).child("user", "linux");
        switch (spec.tree("os").string("name", "linux")) {
          case "windows" -> errors.forbidden(path, "cannot be set for a windows pod");
          case "linux" -> linux(user, path);
          default -> { }
        }
      }
    }
  }

  private void linux(Tree user, FieldPath path) {
    Checks.id(user, "uid", path, errors);
    Checks.id(user, "gid", path, errors);
    List<Object> groups = user.list("supplementalGroups");
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i) instanceof Long group && !Checks.isId(group)) {
        errors.invalid(path.child("supplementalGroups").index(i), group, Checks.range(0, Integer.MAX_VALUE));
      }
    }
  }

  private void conditions() {
    List<Tree> conditions = status.trees("conditions");
    for (int i = 0; i < conditions.size(); i++) {
      FieldPath path = STATUS.child("conditions").index(i);
      if (conditions.get(i).integer("observedGeneration") < 0) {
        errors.invalid(
            path.child("observedGeneration"), conditions.get(i).integer("observedGeneration"), "must be a non-negative integer");
      }
      String type = conditions.get(i).string("type");
      if (!OWN_CONDITIONS.contains(type)) {
        Checks.labelName(type, path.child("Type"), errors);
      }
    }
  }

  private void claims() {
    Set<String> names = new HashSet<>();
    List<Tree> claims = status.trees("resourceClaimStatuses");
    for (int i = 0; i < claims.size(); i++) {
      FieldPath path = STATUS.child("resourceClaimStatuses").index(i);
      String name = claims.get(i).string("name");
      if (spec.trees("resourceClaims").stream().noneMatch(claim -> claim.string("name").equals(name))) {
        errors.invalid(path.child("name"), name, "must match the name of an entry in `spec.resourceClaims`");
      }
      if (!names.add(name)) {
        errors.duplicate(path.child("name"), name);
      }
      if (claims.get(i).get("resourceClaimName") instanceof String claim) {
        Checks.dnsSubdomain(claim, path.child("resourceClaimName"), errors);
      }
    }
  }

  private void extendedClaim(Tree claim, FieldPath path) {
    List<Tree> mappings = claim.trees("requestMappings");
    if (mappings.isEmpty()) {
      errors.required(path.child("requestMappings"), "at least one request mapping is required");
    }
    List<Tree> containers = new ArrayList<>(spec.trees("containers"));
    containers.addAll(spec.trees("initContainers"));
    Set<List<String>> seen = new HashSet<>();
    for (int i = 0; i < mappings.size(); i++) {
      Tree mapping = mappings.get(i);
      FieldPath at = path.child("requestMappings").index(i);
      String resource = mapping.string("resourceName");
      Optional<Tree> container = named(containers, mapping.string("containerName"));
      if (container.isEmpty()) {
        errors.invalid(
            at.child("containerName"),
            mapping.string("containerName"),
            "must match the name of an entry in spec.initContainers.name or spec.containers.name");
      } else if (!container.get().at("resources", "requests").has(resource)) {
        errors.invalid(
            at.child("resourceName"),
            resource,
            "must match the extended resource name of an entry in spec.initContainers.resources.requests or"
                + " spec.containers.resources.requests");
      }
      Checks.dnsLabel(mapping.string("requestName"), path.child("requestName"), errors);
      if (!seen.add(List.of(mapping.string("containerName"), resource, mapping.string("requestName")))) {
        for (String member : List.of("containerName", "resourceName", "requestName")) {
          errors.duplicate(at.child(member), mapping.string(member));
        }
      }
    }
    if (Checks.required(claim, "resourceClaimName", path, errors)) {
      Checks.dnsSubdomain(claim.string("resourceClaimName"), path.child("resourceClaimName"), errors);
    }
  }

  private static Optional<Tree> named(List<Tree> containers, String name) {
    return containers.stream().filter(container -> container.string("name").equals(name)).findFirst();
  }

  private void allocated(String list, String ofSpec) {
    List<Tree> statuses = status.trees(list);
    for (int i = 0; i < statuses.size(); i++) {
      Optional<Tree> container = named(spec.trees(ofSpec), statuses.get(i).string("name"));
      List<Tree> resources = statuses.get(i).trees("allocatedResourcesStatus");
      for (int j = 0; j < resources.size(); j++) {
        FieldPath path = STATUS.child(list).index(i).child("allocatedResourcesStatus").index(j);
        String name = resources.get(j).string("name");
        container.ifPresent(known -> resource(name, known.tree("resources"), path.child("name")));
        health(resources.get(j).trees("resources"), path.child("resources"));
      }
    }
  }

  private void resource(String name, Tree resources, FieldPath path) {
    if (name.startsWith("claim:")) {
      boolean claimed =
          resources.trees("claims").stream()
              .map(claim -> "claim:" + claim.string("name") + (claim.string("request").isEmpty() ? "" : "/" + claim.string("request")))
              .anyMatch(name::equals);
      if (!claimed) {
        errors.invalid(path, name, NOT_CLAIMED);
      }
    } else if (!resources.tree("requests").has(name)) {
      errors.invalid(path, name, NOT_REQUESTED);
    }
  }

  private void health(List<Tree> resources, FieldPath path) {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < resources.size(); i++) {
      String health = resources.get(i).string("health");
      if (!HEALTH.contains(health)) {
        errors.notSupported(path.index(i).child("health"), health, HEALTH);
      }
      if (!ids.add(resources.get(i).string("resourceID"))) {
        errors.duplicate(path.index(i).child("resourceID"), resources.get(i).string("resourceID"));
      }
    }
  }
}
