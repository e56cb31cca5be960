package io.kubrig.apiserver.admission.policy;

import io.kubrig.machinery.cel.CelEnvironment.CompileException;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.CelProgram.Budget;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.tree.Tree;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A policy with its expressions compiled. Immutable; compiled when it is first met.
 *
 * @param problem why it cannot be evaluated; "" when it can
 * @param variables by name, in order
 * @param expressions by their text
 */
record Policy(Tree stated, String problem, Map<String, CelProgram> variables, Map<String, CelProgram> expressions) {

  static Policy of(Tree stated, boolean mutates) {
    Tree spec = stated.tree("spec");
    boolean params = spec.get("paramKind") != null;
    PolicyExpressions compiler = mutates ? PolicyExpressions.mutating(params) : PolicyExpressions.validating(params, true);
    Map<String, CelProgram> variables = new LinkedHashMap<>();
    Map<String, CelProgram> expressions = new HashMap<>();
    String problem = "";
    try {
      for (Tree condition : spec.trees("matchConditions")) {
        expressions.put(condition.string("expression"), compiler.compile(condition.string("expression")));
      }
      for (Tree variable : spec.trees("variables")) {
        CelProgram program = compiler.compile(variable.string("expression"));
        variables.put(variable.string("name"), program);
        compiler.variable(variable.string("name"), program.type());
      }
      for (String text : texts(spec)) {
        expressions.put(text, compiler.compile(text));
      }
    } catch (CompileException e) {
      problem = "compilation error: compilation failed: " + e.getMessage();
    }
    return new Policy(stated, problem, variables, expressions);
  }

  private static List<String> texts(Tree spec) {
    List<String> texts = new ArrayList<>();
    for (Tree validation : spec.trees("validations")) {
      texts.add(validation.string("expression"));
      texts.add(validation.string("messageExpression"));
    }
    for (Tree mutation : spec.trees("mutations")) {
      texts.add(mutation.tree("applyConfiguration").string("expression"));
      texts.add(mutation.tree("jsonPatch").string("expression"));
    }
    spec.trees("auditAnnotations").forEach(annotation -> texts.add(annotation.string("valueExpression")));
    texts.removeIf(String::isBlank);
    return texts;
  }

  String name() {
    return stated.tree("metadata").string("name");
  }

  Tree spec() {
    return stated.tree("spec");
  }

  boolean failsClosed() {
    return !spec().string("failurePolicy").equals("Ignore");
  }

  /** Evaluates one of the policy's expressions; the message of a failure names it. */
  Object evaluate(String expression, Map<String, Object> input, Budget budget) throws EvaluationException {
    return expressions.get(expression).evaluate(input, budget);
  }

  /** The input with the policy's variables, which are evaluated when they are used. */
  Map<String, Object> withVariables(Map<String, Object> input, Object params, Budget budget) {
    Map<String, Object> all = new HashMap<>(input);
    all.put("params", params);
    all.put("variables", new Variables(this, all, budget));
    return all;
  }

  /** Values of variables, each computed once. */
  private static final class Variables extends AbstractMap<String, Object> {
    private final Policy policy;
    private final Map<String, Object> input;
    private final Budget budget;
    private final Map<String, Object> known = new HashMap<>();

    Variables(Policy policy, Map<String, Object> input, Budget budget) {
      this.policy = policy;
      this.input = input;
      this.budget = budget;
    }

    @Override
    public boolean containsKey(Object name) {
      return policy.variables().containsKey(name);
    }

    @Override
    public Object get(Object name) {
      CelProgram program = policy.variables().get(name);
      if (program == null) {
        return null;
      }
      if (!known.containsKey(name)) {
        try {
          known.put((String) name, program.evaluate(input, budget));
        } catch (EvaluationException e) {
          throw new IllegalStateException("composited variable \"" + name + "\" fails to evaluate: " + e.getMessage(), e);
        }
      }
      return known.get(name);
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
      Map<String, Object> all = new LinkedHashMap<>();
      policy.variables().keySet().forEach(name -> all.put(name, get(name)));
      return all.entrySet();
    }
  }
}
