package io.kubrig.apiserver.admission.policy;

import io.kubrig.apiserver.admission.AdmissionPlugin;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.admission.KindLookup;
import io.kubrig.apiserver.admission.Reinvocation;
import io.kubrig.apiserver.admission.policy.PolicyRequest.ConfigurationException;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.machinery.cel.CelProgram.Budget;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.cel.CelValues;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.patch.JsonPatch;
import io.kubrig.machinery.patch.PatchException;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Changes objects as mutating policies say. (Source: admission/plugin/policy/mutating.) */
public final class MutatingPolicies implements AdmissionPlugin {
  private static final long BUDGET = 10_000_000;

  private final Cluster cluster;
  private final Supplier<Authorizer> authorizer;
  private final KindLookup kinds;
  private final PolicyStore store = new PolicyStore("mutatingadmissionpolicies", "mutatingadmissionpolicybindings", true);

  public MutatingPolicies(Cluster cluster, Supplier<Authorizer> authorizer, KindLookup kinds) {
    this.cluster = cluster;
    this.authorizer = authorizer;
    this.kinds = kinds;
  }

  @Override
  public String name() {
    return "MutatingAdmissionPolicy";
  }

  @Override
  public boolean handles(Operation.Verb verb) {
    return verb != Operation.Verb.DELETE;
  }

  @Override
  public void start(ObjectReader objects) {
    store.start(objects);
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (store.isEmpty() || request.object() == null) {
      return;
    }
    PolicyRequest asked = new PolicyRequest(request, cluster, authorizer.get(), kinds);
    Reinvocation.Members members = request.reinvocation().of(name());
    if (request.reinvocation().isAgain()) {
      members.returnedTo(request.object());
    }
    for (PolicyStore.Hook hook : store.hooks()) {
      Optional<String> version = MatchRules.match(request, hook.policy().spec().tree("matchConstraints"), cluster);
      if (version.isEmpty() || !version.get().equals(request.operation().version())) {
        continue;
      }
      for (Tree binding : hook.bindings()) {
        if (MatchRules.match(request, binding.tree("spec").tree("matchResources"), cluster).isPresent()) {
          apply(asked, hook.policy(), binding, members);
        }
      }
    }
    members.left(request.object());
  }

  private static void apply(PolicyRequest asked, Policy policy, Tree binding, Reinvocation.Members members) {
    try {
      if (!policy.problem().isEmpty()) {
        throw new ConfigurationException(policy.problem());
      }
      List<Object> params = asked.params(policy.spec(), binding);
      for (int i = 0; i < params.size(); i++) {
        String invocation = policy.name() + "/" + binding.tree("metadata").string("name") + "/" + i;
        invoke(asked, policy, params.get(i), invocation, members);
      }
    } catch (ConfigurationException | EvaluationException | PatchException e) {
      if (policy.failsClosed()) {
        String by = "policy '" + policy.name() + "' with binding '" + binding.tree("metadata").string("name") + "'";
        throw ValidatingPolicies.refusal(asked.request(), by + " denied request: " + e.getMessage(), 403, "Invalid", false);
      }
    }
  }

  /** Evaluates one policy for one parameter, and says whom that concerns. */
  private static void invoke(PolicyRequest asked, Policy policy, Object params, String invocation, Reinvocation.Members members)
      throws EvaluationException, ConfigurationException {
    Reinvocation reinvocation = asked.request().reinvocation();
    Budget budget = new Budget(BUDGET);
    Map<String, Object> input = policy.withVariables(asked.input(asked.request().operation().version()), params, budget);
    if (!PolicyRequest.conditionsHold(policy, input, budget) || reinvocation.isAgain() && !members.isDue(invocation)) {
      return;
    }
    Tree before = asked.request().object().copy();
    try {
      mutate(asked, policy, params, budget);
    } finally {
      if (!before.equals(asked.request().object())) {
        members.changed();
        reinvocation.want();
      }
      if (policy.spec().string("reinvocationPolicy").equals("IfNeeded")) {
        members.called(invocation);
      }
    }
  }

  private static void mutate(PolicyRequest asked, Policy policy, Object params, Budget budget)
      throws EvaluationException, ConfigurationException {
    String version = asked.request().operation().version();
    for (Tree mutation : policy.spec().trees("mutations")) {
      Map<String, Object> input = policy.withVariables(asked.input(version), params, budget);
      boolean applies = mutation.string("patchType").equals("ApplyConfiguration");
      String expression = mutation.tree(applies ? "applyConfiguration" : "jsonPatch").string("expression");
      Object result;
      try {
        result = policy.evaluate(expression, input, budget);
      } catch (EvaluationException e) {
        throw e.named(expression);
      }
      Tree object = asked.request().seen();
      asked.request().replaceSeen(applies ? applied(asked, object, CelValues.plain(result)) : patched(object, result));
    }
  }

  private static Tree applied(PolicyRequest asked, Tree object, Object configuration) throws ConfigurationException {
    if (!(configuration instanceof Tree overlay)) {
      throw new ConfigurationException("must evaluate to Object but got " + configuration);
    }
    for (String name : List.of("apiVersion", "kind")) {
      if (overlay.has(name)) {
        throw new ConfigurationException("may not mutate " + name);
      }
    }
    Schema schema = asked.request().operation().resource().schema(asked.request().operation().version()).orElse(null);
    return Overlay.merge(object.copy(), overlay, schema);
  }

  private static Tree patched(Tree object, Object result) throws ConfigurationException {
    if (!(result instanceof List<?> operations)) {
      throw new ConfigurationException("type mismatch: JSONPatchType.expression should evaluate to array");
    }
    Tree changed = object.copy();
    for (Object operation : operations) {
      changed = patched(changed, CelValues.plain(operation) instanceof Tree one ? one : new Tree());
    }
    return changed;
  }

  private static Tree patched(Tree object, Tree operation) throws ConfigurationException {
    try {
      List<Object> patch = new ArrayList<>(List.of(operation));
      return JsonPatch.read(Json.text(patch).getBytes(StandardCharsets.UTF_8)).apply(object);
    } catch (PatchException e) {
      String where = "error in " + operation.string("op") + " for path: '" + operation.string("path") + "': ";
      throw new ConfigurationException("JSON Patch: " + where + e.getMessage());
    }
  }
}
