package io.kubrig.apiserver.authz;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import io.kubrig.apiserver.cel.ServerExpressions;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.cel.CelEnvironment;
import io.kubrig.machinery.cel.CelEnvironment.CompileException;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.cel.CelTypes;
import io.kubrig.machinery.cel.CelValues;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Expressions over the spec of a SubjectAccessReview ({@code request}) that say whether a webhook is asked at all. */
final class MatchConditions {
  private static final int MOST = 64;

  private final List<Condition> conditions;

  private record Condition(String expression, CelProgram program) {}

  /** The variable's type, made when the first expression is compiled. */
  private static final class Request {
    private static final CelType STRING = SimpleType.STRING;
    private static final CelType STRINGS = ListType.create(SimpleType.STRING);
    static final CelEnvironment ENVIRONMENT = environment();

    private static CelEnvironment environment() {
      CelTypes.Types types = new CelTypes.Types();
      CelType requirement = types.struct("kubernetes.SelectorRequirement", Map.of("key", STRING, "operator", STRING, "values", STRINGS));
      Map<String, CelType> selector = Map.of("rawSelector", STRING, "requirements", ListType.create(requirement));
      CelType fields = types.struct("kubernetes.FieldSelectorAttributes", selector);
      CelType labels = types.struct("kubernetes.LabelSelectorAttributes", selector);
      Map<String, CelType> resource = new LinkedHashMap<>();
      for (String name : List.of("namespace", "verb", "group", "version", "resource", "subresource", "name")) {
        resource.put(name, STRING);
      }
      resource.put("fieldSelector", fields);
      resource.put("labelSelector", labels);
      Map<String, CelType> spec = new LinkedHashMap<>();
      spec.put("resourceAttributes", types.struct("kubernetes.ResourceAttributes", resource));
      spec.put("nonResourceAttributes", types.struct("kubernetes.NonResourceAttributes", Map.of("path", STRING, "verb", STRING)));
      spec.put("user", STRING);
      spec.put("groups", STRINGS);
      spec.put("extra", MapType.create(STRING, STRINGS));
      spec.put("uid", STRING);
      return ServerExpressions.environment(types, Map.of("request", types.struct("kubernetes.SubjectAccessReviewSpec", spec)));
    }
  }

  private MatchConditions(List<Condition> conditions) {
    this.conditions = conditions;
  }

  static MatchConditions none() {
    return new MatchConditions(List.of());
  }

  /** Compiles {@code matchConditions}; only of use when nothing was wrong. */
  static MatchConditions read(List<Tree> stated, FieldPath path, FieldErrors errors) {
    List<Condition> conditions = new ArrayList<>();
    if (stated.size() > MOST) {
      errors.tooMany(path, stated.size(), MOST);
      return none();
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < stated.size(); i++) {
      FieldPath at = path.index(i).child("expression");
      String expression = stated.get(i).string("expression");
      if (expression.isBlank()) {
        errors.required(at, "");
      } else if (!seen.add(expression)) {
        errors.duplicate(at, expression);
      } else {
        compile(expression, at, errors, conditions);
      }
    }
    return new MatchConditions(List.copyOf(conditions));
  }

  private static void compile(String expression, FieldPath path, FieldErrors errors, List<Condition> conditions) {
    try {
      CelProgram program = Request.ENVIRONMENT.compile(expression);
      if (program.isBool()) {
        conditions.add(new Condition(expression, program));
      } else {
        errors.invalid(path, expression, "must evaluate to bool but got " + program.type().name());
      }
    } catch (CompileException e) {
      errors.invalid(path, expression, "compilation failed: " + e.getMessage());
    }
  }

  /** Whether all hold. One that does not hold decides, even if another one cannot be evaluated. */
  boolean hold(Attributes asked) throws EvaluationException {
    if (conditions.isEmpty()) {
      return true;
    }
    Map<String, Object> variables = Map.of("request", CelValues.dynamic(value(asked)));
    EvaluationException failure = null;
    for (Condition condition : conditions) {
      try {
        if (!Boolean.TRUE.equals(condition.program.evaluate(variables, new CelProgram.Budget(CelProgram.PER_CALL)))) {
          return false;
        }
      } catch (EvaluationException e) {
        failure = e.named(condition.expression);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return true;
  }

  /** Texts and lists that are empty are there; the two kinds of attributes only where they apply. */
  private static Tree value(Attributes asked) {
    Tree spec = SubjectQuestion.spec(asked, "groups");
    for (String name : List.of("user", "uid")) {
      spec.fill(name, "");
    }
    spec.fill("groups", new ArrayList<Object>());
    spec.fill("extra", new Tree());
    if (asked.resourceRequest()) {
      Tree resource = spec.need("resourceAttributes");
      for (String name : List.of("namespace", "verb", "group", "version", "resource", "subresource", "name")) {
        resource.fill(name, "");
      }
    } else {
      spec.need("nonResourceAttributes").fill("path", "");
      spec.need("nonResourceAttributes").fill("verb", "");
    }
    return spec;
  }
}
