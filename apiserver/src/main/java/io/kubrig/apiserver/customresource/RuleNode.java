package io.kubrig.apiserver.customresource;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OptionalType;
import io.kubrig.apiserver.cel.ServerExpressions;
import io.kubrig.machinery.cel.CelEnvironment;
import io.kubrig.machinery.cel.CelEnvironment.CompileException;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.CelTypes;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.ListType;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The compiled validation rules of a schema node and of what is below it; nodes without any do not exist. (Source:
 * apiextensions-apiserver's apiserver/schema/cel.)
 */
record RuleNode(Schema schema, boolean isRoot, List<Rule> rules, Map<String, RuleNode> members, RuleNode children) {

  /**
   * One rule.
   *
   * @param program null when it does not compile
   * @param problem why not; "" when it does
   * @param messageProgram null when there is no message expression, or one that does not compile
   */
  record Rule(Tree stated, CelProgram program, String problem, CelProgram messageProgram, String messageProblem) {

    boolean usesOldSelf() {
      return program != null && program.uses("oldSelf");
    }

    boolean optionalOldSelf() {
      return stated.bool("optionalOldSelf");
    }

    /** What the rule says when it has no message of its own. */
    String message() {
      String message = stated.string("message").trim();
      return message.isEmpty() ? "failed rule: " + stated.string("rule").trim() : message;
    }
  }

  /** Null when there are no rules. */
  static RuleNode of(Schema schema, boolean isRoot) {
    Map<String, RuleNode> members = new LinkedHashMap<>();
    schema
        .fields()
        .forEach(
            (name, field) -> {
              RuleNode member = of(field.schema(), false);
              if (member != null) {
                members.put(name, member);
              }
            });
    RuleNode children = schema.items() == null ? null : of(schema.items(), false);
    List<Tree> stated = schema.constraints().trees("x-kubernetes-validations");
    if (stated.isEmpty() && members.isEmpty() && children == null) {
      return null;
    }
    return new RuleNode(schema, isRoot, stated.isEmpty() ? List.of() : compiled(stated, schema, isRoot), members, children);
  }

  private static List<Rule> compiled(List<Tree> stated, Schema schema, boolean isRoot) {
    CelTypes.Types types = new CelTypes.Types();
    CelType self = types.of(schema, "selfType", isRoot).orElse(dev.cel.common.types.SimpleType.DYN);
    CelEnvironment plain = ServerExpressions.environment(types, Map.of("self", self, "oldSelf", self));
    CelEnvironment optional = null;
    List<Rule> rules = new ArrayList<>();
    for (Tree rule : stated) {
      if (rule.bool("optionalOldSelf") && optional == null) {
        optional = ServerExpressions.environment(types, Map.of("self", self, "oldSelf", OptionalType.create(self)));
      }
      rules.add(compiled(rule, rule.bool("optionalOldSelf") ? optional : plain));
    }
    return rules;
  }

  private static Rule compiled(Tree stated, CelEnvironment environment) {
    CelProgram program = null;
    CelProgram message = null;
    String problem = "";
    String messageProblem = "";
    try {
      program = environment.compile(stated.string("rule"));
      if (!program.isBool()) {
        problem = "cel expression must evaluate to a bool";
      }
    } catch (CompileException e) {
      problem = "compilation failed: " + e.getMessage();
    }
    String expression = stated.string("messageExpression");
    if (problem.isEmpty() && !expression.isBlank()) {
      try {
        message = environment.compile(expression);
        if (!message.isString()) {
          messageProblem = "messageExpression must evaluate to a string";
        }
      } catch (CompileException e) {
        messageProblem = "messageExpression compilation failed: " + e.getMessage();
      }
    }
    return new Rule(stated, problem.isEmpty() ? program : null, problem, messageProblem.isEmpty() ? message : null, messageProblem);
  }

  /** Whether old and new members can be told apart one by one. */
  boolean correlates() {
    return schema.type() != Schema.Type.ARRAY || schema.listType() == ListType.MAP;
  }
}
