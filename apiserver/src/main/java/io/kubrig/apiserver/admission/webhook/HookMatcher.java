package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which webhooks a request concerns. (Source: apiserver/pkg/admission/plugin/webhook/generic and predicates.) */
final class HookMatcher {
  private static final Set<String> EXEMPT =
      Set.of(
          "validatingwebhookconfigurations", "mutatingwebhookconfigurations",
          "validatingadmissionpolicies", "validatingadmissionpolicybindings",
          "mutatingadmissionpolicies", "mutatingadmissionpolicybindings");

  private final WebhookServices services;
  private final WebhookMetrics metrics;
  private final String type;

  /** @param type how metrics call the plugin */
  HookMatcher(WebhookServices services, WebhookMetrics metrics, String type) {
    this.services = services;
    this.metrics = metrics;
    this.type = type;
  }

  /** Whether a request is about what decides over requests, which no webhook may lock. */
  static boolean isExempt(AdmissionRequest request) {
    Resource resource = request.operation().resource();
    return resource.group().equals("admissionregistration.k8s.io") && EXEMPT.contains(resource.plural());
  }

  /**
   * How a webhook is to be asked; empty when the request is none of its business.
   *
   * @throws ApiException when that cannot be said
   */
  Optional<Invocation> match(AdmissionRequest request, Hook hook) {
    Optional<Boolean> namespace = namespaceFits(request, hook);
    if (namespace.isPresent() && !namespace.get() || !objectFits(request, hook.objects())) {
      return Optional.empty();
    }
    Optional<Invocation> invocation = byRules(request, hook);
    if (invocation.isEmpty()) {
      return invocation;
    }
    if (namespace.isEmpty()) {
      throw ApiException.notFound("", "namespaces", namespaceOf(request));
    }
    return hook.conditions() == null || conditionsHold(request, hook, invocation.get()) ? invocation : Optional.empty();
  }

  private boolean conditionsHold(AdmissionRequest request, Hook hook, Invocation invocation) {
    String operation = request.operation().verb().name();
    long begun = services.clock().nanos();
    try {
      boolean holds =
          hook.conditions().hold(request, invocation.version(), services.cluster(), services.authorizer().get(), services.kinds());
      if (!holds) {
        metrics.excluded(hook.name(), type, operation);
      }
      return holds;
    } catch (EvaluationException e) {
      metrics.conditionFailed(hook.name(), type, operation);
      if (hook.failsOpen()) {
        metrics.excluded(hook.name(), type, operation);
        return false;
      }
      Resource resource = request.operation().resource();
      throw ApiException.forbidden(resource.group(), resource.plural(), request.operation().name(), e.getMessage());
    } finally {
      metrics.conditionsEvaluated(hook.name(), type, operation, services.clock().nanos() - begun);
    }
  }

  // ---- rules ---------------------------------------------------------------------------------------------------------

  private Optional<Invocation> byRules(AdmissionRequest request, Hook hook) {
    Operation operation = request.operation();
    List<Tree> rules = hook.stated().trees("rules");
    for (Tree rule : rules) {
      if (matches(rule, request, operation.resource(), operation.version())) {
        return Optional.of(new Invocation(hook, operation.resource(), operation.version(), request.kind()));
      }
    }
    if (!hook.matchesEquivalents()) {
      return Optional.empty();
    }
    List<Resource> equivalents = services.equivalents().apply(operation.resource());
    for (Tree rule : rules) {
      for (Resource other : equivalents) {
        for (String version : other.versions()) {
          boolean own = other == operation.resource() && version.equals(operation.version());
          if (!own && matches(rule, request, other, version)) {
            return Optional.of(new Invocation(hook, other, version, equivalentKind(request, other, version)));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** What a subresource has of its own kind stays of that kind. */
  private static GroupVersionKind equivalentKind(AdmissionRequest request, Resource other, String version) {
    GroupVersionKind asked = request.kind();
    Resource resource = request.operation().resource();
    boolean main = asked.equals(resource.gvk(request.operation().version()));
    return main ? other.gvk(version) : asked;
  }

  private static boolean matches(Tree rule, AdmissionRequest request, Resource resource, String version) {
    Operation operation = request.operation();
    List<String> operations = rule.strings("operations");
    return scopeFits(rule.string("scope", "*"), request)
        && (operations.contains("*") || operations.contains(operation.verb().name()))
        && anyOf(rule.strings("apiGroups"), resource.group())
        && anyOf(rule.strings("apiVersions"), version)
        && rule.strings("resources").stream().anyMatch(pattern -> names(pattern, resource.plural(), operation.subresource()));
  }

  private static boolean scopeFits(String scope, AdmissionRequest request) {
    boolean inNamespace = !request.is("", "namespaces") && !request.operation().namespace().isEmpty();
    return switch (scope) {
      case "*" -> true;
      case "Namespaced" -> inNamespace;
      case "Cluster" -> !inNamespace;
      default -> false;
    };
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

  // ---- selectors -----------------------------------------------------------------------------------------------------

  /** Empty when the namespace of the request does not exist. */
  private Optional<Boolean> namespaceFits(AdmissionRequest request, Hook hook) {
    boolean namespaces = request.is("", "namespaces");
    if (hook.namespaces().isEmpty() || request.operation().namespace().isEmpty() && !namespaces) {
      return Optional.of(true);
    }
    if (namespaces && request.isMain() && !request.deletes() && request.object() != null) {
      return Optional.of(hook.namespaces().matches(labels(request.object())));
    }
    return services
        .cluster()
        .get("", "namespaces", "", namespaceOf(request))
        .map(namespace -> hook.namespaces().matches(labels(namespace)));
  }

  private static String namespaceOf(AdmissionRequest request) {
    return request.is("", "namespaces") ? request.operation().name() : request.operation().namespace();
  }

  private static boolean objectFits(AdmissionRequest request, LabelSelector selector) {
    return selector.isEmpty() || fits(selector, request.seen()) || fits(selector, request.seenOld());
  }

  private static boolean fits(LabelSelector selector, Tree object) {
    return object != null && selector.matches(labels(object));
  }

  private static Tree labels(Tree object) {
    return object.tree("metadata").tree("labels");
  }
}
