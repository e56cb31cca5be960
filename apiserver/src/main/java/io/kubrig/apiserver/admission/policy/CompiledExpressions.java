package io.kubrig.apiserver.admission.policy;

import dev.cel.common.types.SimpleType;
import io.kubrig.apiserver.admission.policy.PolicyExpressions.Wanted;
import io.kubrig.apiserver.kinds.admissionregistration.Expressions;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/** Compiles the expressions of webhooks and policies when they are written, so that what cannot work is refused at once. */
public final class CompiledExpressions implements Expressions {

  @Override
  public void matchCondition(String expression, FieldPath path, FieldErrors errors) {
    check(PolicyExpressions.validating(false, true), expression, Wanted.BOOL, path, errors);
  }

  @Override
  public void policy(Tree spec, FieldPath path, FieldErrors errors) {
    boolean params = spec.has("paramKind");
    boolean mutates = spec.has("mutations");
    PolicyExpressions expressions = mutates ? PolicyExpressions.mutating(params) : PolicyExpressions.validating(params, true);
    List<Tree> conditions = spec.trees("matchConditions");
    for (int i = 0; i < conditions.size(); i++) {
      FieldPath at = path.child("matchConditions").index(i).child("expression");
      check(expressions, conditions.get(i).string("expression").strip(), Wanted.BOOL, at, errors);
    }
    variables(spec.trees("variables"), expressions, path.child("variables"), errors);
    each(spec, "validations", "expression", Wanted.BOOL, expressions, path, errors);
    each(spec, "validations", "messageExpression", Wanted.STRING, expressions, path, errors);
    each(spec, "auditAnnotations", "valueExpression", Wanted.STRING_OR_NULL, expressions, path, errors);
    List<Tree> mutations = spec.trees("mutations");
    for (int i = 0; i < mutations.size(); i++) {
      Optional<String> kind =
          switch (mutations.get(i).string("patchType")) {
            case "ApplyConfiguration" -> Optional.of("applyConfiguration");
            case "JSONPatch" -> Optional.of("jsonPatch");
            default -> Optional.empty();
          };
      if (kind.isPresent()) {
        FieldPath at = path.child("mutations").index(i).child(kind.get(), "expression");
        check(expressions, mutations.get(i).tree(kind.get()).string("expression").strip(), Wanted.ANY, at, errors);
      }
    }
  }

  private static void variables(List<Tree> variables, PolicyExpressions expressions, FieldPath path, FieldErrors errors) {
    for (int i = 0; i < variables.size(); i++) {
      String expression = variables.get(i).string("expression");
      if (expression.isBlank()) {
        continue;
      }
      if (check(expressions, expression, Wanted.ANY, path.index(i).child("expression"), errors)) {
        expressions.define(variables.get(i).string("name"), expression);
      } else {
        expressions.variable(variables.get(i).string("name"), SimpleType.DYN); // one complaint is enough
      }
    }
  }

  private static void each(
      Tree spec, String list, String member, Wanted wanted, PolicyExpressions expressions, FieldPath path, FieldErrors errors) {
    List<Tree> elements = spec.trees(list);
    for (int i = 0; i < elements.size(); i++) {
      check(expressions, elements.get(i).string(member), wanted, path.child(list).index(i).child(member), errors);
    }
  }

  /** Answers whether the expression is good; one that is not there is somebody else's to miss. */
  private static boolean check(PolicyExpressions expressions, String expression, Wanted wanted, FieldPath path, FieldErrors errors) {
    if (expression.isBlank()) {
      return false;
    }
    return expressions
        .check(expression, wanted)
        .map(
            problem -> {
              errors.invalid(path, expression, problem);
              return false;
            })
        .orElse(true);
  }
}
