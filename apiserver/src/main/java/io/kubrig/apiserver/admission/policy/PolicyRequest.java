package io.kubrig.apiserver.admission.policy;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.admission.KindLookup;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.machinery.cel.CelProgram.Budget;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.cel.CelValues;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What both kinds of policies do with a request: parameters, input and match conditions. */
record PolicyRequest(AdmissionRequest request, Cluster cluster, Authorizer authorizer, KindLookup kinds) {

  /** A policy or binding that cannot be followed. */
  static final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1;

    ConfigurationException(String message) {
      super(message);
    }
  }

  Map<String, Object> input(String version) {
    Operation operation = request.operation();
    boolean inNamespace = !operation.namespace().isEmpty() && !request.is("", "namespaces");
    Tree namespace = inNamespace ? cluster.get("", "namespaces", "", operation.namespace()).map(PolicyRequest::visible).orElse(null) : null;
    return PolicyInput.of(request, version, namespace, authorizer);
  }

  /** Of a namespace its metadata without managed fields, spec and status. */
  private static Tree visible(Tree namespace) {
    Tree seen = namespace.copy();
    seen.need("metadata").remove("managedFields");
    return seen;
  }

  /** The parameter objects of a binding, as values of expressions; one null where the policy has no parameters. */
  List<Object> params(Tree policySpec, Tree binding) throws ConfigurationException {
    List<Object> found = new ArrayList<>();
    if (!(policySpec.get("paramKind") instanceof Tree kind) || !(binding.tree("spec").get("paramRef") instanceof Tree reference)) {
      found.add(CelValues.dynamic(null));
      return found;
    }
    GroupVersionKind wanted = GroupVersionKind.of(kind.string("apiVersion"), kind.string("kind"));
    Resource resource =
        kinds
            .resource(wanted.group(), wanted.kind())
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "failed to configure policy: failed to find resource referenced by paramKind: '" + kind.string("apiVersion")
                            + ", Kind=" + kind.string("kind") + "'"));
    for (Tree param : candidates(resource, reference)) {
      String version = resource.serves(wanted.version()) ? wanted.version() : resource.versions().getFirst();
      found.add(CelValues.dynamic(io.kubrig.apiserver.registry.Views.inVersion(resource, version, param.copy())));
    }
    if (found.isEmpty() && !reference.string("parameterNotFoundAction").equals("Allow")) {
      throw new ConfigurationException("failed to configure binding: no params found for policy binding with `Deny` "
          + "parameterNotFoundAction");
    }
    return found;
  }

  private List<Tree> candidates(Resource resource, Tree reference) throws ConfigurationException {
    String namespace = "";
    if (resource.namespaced()) {
      namespace = reference.string("namespace", request.operation().namespace());
      if (namespace.isEmpty()) {
        throw new ConfigurationException("failed to configure binding: cannot use namespaced paramRef in policy binding that matches "
            + "cluster-scoped resources");
      }
    } else if (!reference.string("namespace").isEmpty()) {
      throw new ConfigurationException("failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped "
          + "`paramKind`");
    }
    String name = reference.string("name");
    if (!name.isEmpty()) {
      return cluster.get(resource.group(), resource.plural(), namespace, name).map(List::of).orElse(List.of());
    }
    LabelSelector selector = LabelSelector.of(reference.tree("selector"));
    return cluster.list(resource.group(), resource.plural(), namespace).stream()
        .filter(param -> selector.matches(param.tree("metadata").stringMap("labels")))
        .toList();
  }

  /**
   * Whether the policy's match conditions hold.
   *
   * @throws EvaluationException when none says no but one fails; the message names it
   */
  static boolean conditionsHold(Policy policy, Map<String, Object> input, Budget budget) throws EvaluationException {
    Optional<EvaluationException> failure = Optional.empty();
    String failed = "";
    for (Tree condition : policy.spec().trees("matchConditions")) {
      String expression = condition.string("expression");
      try {
        if (!Boolean.TRUE.equals(policy.evaluate(expression, input, budget))) {
          return false;
        }
      } catch (EvaluationException e) {
        if (failure.isEmpty()) {
          failure = Optional.of(e);
          failed = expression;
        }
      }
    }
    if (failure.isPresent()) {
      throw failure.get().named(failed);
    }
    return true;
  }
}
