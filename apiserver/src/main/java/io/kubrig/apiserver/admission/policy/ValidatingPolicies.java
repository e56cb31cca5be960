package io.kubrig.apiserver.admission.policy;

import io.kubrig.apiserver.admission.AdmissionPlugin;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.admission.KindLookup;
import io.kubrig.apiserver.admission.policy.PolicyRequest.ConfigurationException;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.cel.CelProgram.Budget;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Refuses, warns of or notes what validating policies do not allow. (Source: admission/plugin/policy/validating.) */
public final class ValidatingPolicies implements AdmissionPlugin {
  private static final long BUDGET = 10_000_000;
  private static final int MAX_MESSAGE = 5 << 10;

  private final Cluster cluster;
  private final Supplier<Authorizer> authorizer;
  private final KindLookup kinds;
  private final PolicyStore store = new PolicyStore("validatingadmissionpolicies", "validatingadmissionpolicybindings", false);

  public ValidatingPolicies(Cluster cluster, Supplier<Authorizer> authorizer, KindLookup kinds) {
    this.cluster = cluster;
    this.authorizer = authorizer;
    this.kinds = kinds;
  }

  @Override
  public String name() {
    return "ValidatingAdmissionPolicy";
  }

  @Override
  public boolean handles(Operation.Verb verb) {
    return true;
  }

  @Override
  public void start(ObjectReader objects) {
    store.start(objects);
  }

  /**
   * A denial.
   *
   * @param expression which one denied, counted among all validations
   */
  private record Denial(int expression, String message, String reason) {}

  @Override
  public void validate(AdmissionRequest request) {
    if (store.isEmpty()) {
      return;
    }
    PolicyRequest asked = new PolicyRequest(request, cluster, authorizer.get(), kinds);
    Optional<Denied> first = Optional.empty();
    PolicyNotes notes = new PolicyNotes();
    for (PolicyStore.Hook hook : store.hooks()) {
      Optional<String> version = MatchRules.match(request, hook.policy().spec().tree("matchConstraints"), cluster);
      if (version.isPresent()) {
        Optional<Denied> denied = hook(asked, hook, version.get(), notes);
        first = first.isPresent() ? first : denied;
      }
    }
    notes.publish(request.operation().audit());
    if (first.isPresent()) {
      throw refusal(request, first.get());
    }
  }

  /**
   * The denial that is answered.
   *
   * @param by the policy, and the binding if it was not the policy's own fault
   */
  private record Denied(String by, Denial denial) {}

  private Optional<Denied> hook(PolicyRequest asked, PolicyStore.Hook hook, String version, PolicyNotes notes) {
    Policy policy = hook.policy();
    Optional<Denied> first = Optional.empty();
    for (Tree binding : hook.bindings()) {
      if (MatchRules.match(asked.request(), binding.tree("spec").tree("matchResources"), cluster).isEmpty()) {
        continue;
      }
      String by = "ValidatingAdmissionPolicy '" + policy.name() + "' with binding '" + binding.tree("metadata").string("name") + "'";
      List<Denial> denials = new ArrayList<>();
      List<Denial> certain = new ArrayList<>();
      try {
        for (Object params : asked.params(policy.spec(), binding)) {
          Budget budget = new Budget(BUDGET);
          Map<String, Object> input = policy.withVariables(asked.input(version), params, budget);
          if (evaluate(policy, input, budget, denials)) {
            annotate(policy, input, notes, certain);
          }
        }
      } catch (ConfigurationException e) {
        if (policy.failsClosed() && first.isEmpty()) {
          first = Optional.of(new Denied(by, new Denial(0, e.getMessage(), "")));
        }
        continue;
      }
      List<String> actions = binding.tree("spec").strings("validationActions");
      for (Denial denial : denials) {
        if (actions.contains("Warn")) {
          asked.request().operation().warn("Validation failed for " + by + ": " + denial.message());
        }
        if (actions.contains("Audit")) {
          notes.failure(policy.name(), binding, denial.expression(), denial.message());
        }
        if (actions.contains("Deny") && first.isEmpty()) {
          first = Optional.of(new Denied(by, denial));
        }
      }
      if (first.isEmpty() && !certain.isEmpty()) {
        first = Optional.of(new Denied(by, certain.getFirst()));
      }
    }
    return first;
  }

  /** Notes the values of audit annotations. One that has none, though it should, denies whatever the binding says. */
  private static void annotate(Policy policy, Map<String, Object> input, PolicyNotes notes, List<Denial> denials) {
    Budget budget = new Budget(BUDGET);
    for (Tree annotation : policy.spec().trees("auditAnnotations")) {
      String expression = annotation.string("valueExpression");
      try {
        if (policy.evaluate(expression, input, budget) instanceof String value && !value.isBlank()) {
          notes.annotation(policy.name(), annotation.string("key"), value.strip());
        }
      } catch (EvaluationException e) {
        fail(policy, 0, e.named(expression).getMessage(), denials);
      }
    }
  }

  /** Adds what the validations say. Answers whether they were asked at all. */
  private static boolean evaluate(Policy policy, Map<String, Object> input, Budget budget, List<Denial> denials) {
    if (!policy.problem().isEmpty()) {
      fail(policy, 0, policy.problem(), denials);
      return false;
    }
    try {
      if (!PolicyRequest.conditionsHold(policy, input, budget)) {
        return false;
      }
    } catch (EvaluationException e) {
      fail(policy, 0, e.getMessage(), denials);
      return false;
    }
    List<Tree> validations = policy.spec().trees("validations");
    for (int i = 0; i < validations.size(); i++) {
      Tree validation = validations.get(i);
      String expression = validation.string("expression");
      if (budget.isSpent()) {
        fail(policy, i, "validation failed due to running out of cost budget, no further validation rules will be run", denials);
        return true;
      }
      try {
        if (!Boolean.TRUE.equals(policy.evaluate(expression, input, budget))) {
          denials.add(new Denial(i, message(policy, validation, input, budget), validation.string("reason")));
        }
      } catch (EvaluationException e) {
        fail(policy, i, e.named(expression).getMessage(), denials);
      }
    }
    return true;
  }

  private static void fail(Policy policy, int expression, String message, List<Denial> denials) {
    if (policy.failsClosed()) {
      denials.add(new Denial(expression, message, ""));
    }
  }

  private static String message(Policy policy, Tree validation, Map<String, Object> input, Budget budget) {
    String expression = validation.string("messageExpression");
    if (!expression.isBlank()) {
      try {
        if (policy.evaluate(expression, input, budget) instanceof String text
            && !text.isBlank()
            && !text.trim().contains("\n")
            && text.length() <= MAX_MESSAGE) {
          return text.trim();
        }
      } catch (EvaluationException e) {
        // the fixed message is the one for this
      }
    }
    String fixed = validation.string("message").trim();
    return fixed.isEmpty() ? "failed expression: " + validation.string("expression").trim() : fixed;
  }

  private static ApiException refusal(AdmissionRequest request, Denied denied) {
    String message = denied.by() + " denied request: " + denied.denial().message();
    String reason = denied.denial().reason().isEmpty() ? "Invalid" : denied.denial().reason();
    int code =
        switch (reason) {
          case "Forbidden" -> 403;
          case "Unauthorized" -> 401;
          case "RequestEntityTooLarge" -> 413;
          default -> 422;
        };
    return refusal(request, message, code, reason, true);
  }

  /** @param named whether the message begins with what was refused */
  static ApiException refusal(AdmissionRequest request, String message, int code, String reason, boolean named) {
    Resource resource = request.operation().resource();
    Tree object = request.object() == null ? request.old() : request.object();
    String name = object == null ? request.operation().name() : object.tree("metadata").string("name");
    ApiException forbidden = ApiException.forbidden(resource.group(), resource.plural(), name, message);
    Tree details = forbidden.details();
    details.set("causes", new ArrayList<Object>(List.of(Tree.of("message", message))));
    return new ApiException(code, reason, named ? forbidden.getMessage() : message, details);
  }
}
