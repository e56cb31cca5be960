package io.kubrig.apiserver.admission.policy;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether policies, bindings and webhooks are about a request: rules, namespaces and labels. (Source: admission/plugin/policy/matching,
 * plugin/webhook/predicates.)
 */
public final class MatchRules {
  private static final Set<String> EXEMPT =
      Set.of(
          "validatingwebhookconfigurations", "mutatingwebhookconfigurations", "validatingadmissionpolicies",
              "validatingadmissionpolicybindings",
          "mutatingadmissionpolicies", "mutatingadmissionpolicybindings");

  private MatchRules() {}

  /**
   * The version in which the objects are to be seen; empty when the constraints do not match.
   *
   * @param constraints a MatchResources
   */
  public static Optional<String> match(AdmissionRequest request, Tree constraints, Cluster cluster) {
    Operation operation = request.operation();
    if (operation.resource().group().equals("admissionregistration.k8s.io") && EXEMPT.contains(operation.resource().plural())) {
      return Optional.empty();
    }
    if (!namespaceFits(request, constraints.tree("namespaceSelector"), cluster)
        || !objectFits(request, constraints.tree("objectSelector"))) {
      return Optional.empty();
    }
    for (Tree rule : constraints.trees("excludeResourceRules")) {
      if (version(operation, request, rule, constraints).isPresent()) {
        return Optional.empty();
      }
    }
    if (constraints.list("resourceRules").isEmpty()) {
      return Optional.of(operation.version());
    }
    return constraints.trees("resourceRules").stream().flatMap(rule -> version(operation, request, rule, constraints).stream()).findFirst();
  }

  private static Optional<String> version(Operation operation, AdmissionRequest request, Tree rule, Tree constraints) {
    Resource resource = operation.resource();
    List<String> operations = rule.strings("operations");
    List<String> names = rule.strings("resourceNames");
    if (!operations.contains("*") && !operations.contains(operation.verb().name()) || !names.isEmpty() && !names.contains(name(request))) {
      return Optional.empty();
    }
    String scope = rule.string("scope", "*");
    boolean namespaced = resource.namespaced();
    if (scope.equals("Namespaced") && !namespaced || scope.equals("Cluster") && namespaced) {
      return Optional.empty();
    }
    boolean group = anyOf(rule.strings("apiGroups"), resource.group());
    boolean plural = rule.strings("resources").stream().anyMatch(pattern -> names(pattern, resource.plural(), operation.subresource()));
    if (!group || !plural) {
      return Optional.empty();
    }
    List<String> versions = rule.strings("apiVersions");
    if (anyOf(versions, operation.version())) {
      return Optional.of(operation.version());
    }
    boolean equivalent = !constraints.string("matchPolicy", "Equivalent").equals("Exact");
    return equivalent ? resource.versions().stream().filter(versions::contains).findFirst() : Optional.empty();
  }

  private static String name(AdmissionRequest request) {
    String name = request.operation().name();
    return name.isEmpty() && request.object() != null ? request.object().tree("metadata").string("name") : name;
  }

  private static boolean anyOf(List<String> patterns, String value) {
    return patterns.contains("*") || patterns.contains(value);
  }

  private static boolean names(String pattern, String plural, String subresource) {
    int slash = pattern.indexOf('/');
    String resource = slash < 0 ? pattern : pattern.substring(0, slash);
    String part = slash < 0 ? "" : pattern.substring(slash + 1);
    return (resource.equals("*") || resource.equals(plural)) && (part.equals("*") || part.equals(subresource));
  }

  private static boolean namespaceFits(AdmissionRequest request, Tree selector, Cluster cluster) {
    if (selector.isEmpty()) {
      return true;
    }
    Operation operation = request.operation();
    if (request.is("", "namespaces")) {
      Tree namespace = request.object() == null ? request.old() : request.object();
      return namespace == null || LabelSelector.of(selector).matches(namespace.tree("metadata").stringMap("labels"));
    }
    if (operation.namespace().isEmpty()) {
      return true;
    }
    Map<String, String> labels =
        cluster.get("", "namespaces", "", operation.namespace()).map(found -> found.tree("metadata").stringMap("labels")).orElse(Map.of());
    return LabelSelector.of(selector).matches(labels);
  }

  private static boolean objectFits(AdmissionRequest request, Tree selector) {
    if (selector.isEmpty()) {
      return true;
    }
    LabelSelector labels = LabelSelector.of(selector);
    return fits(labels, request.object()) || fits(labels, request.old());
  }

  private static boolean fits(LabelSelector selector, Tree object) {
    return object != null && selector.matches(object.tree("metadata").stringMap("labels"));
  }
}
