package io.kubrig.apiserver.authn.oidc;

import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.cel.ServerExpressions;
import io.kubrig.machinery.cel.CelEnvironment;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.CelTypes;
import io.kubrig.machinery.cel.CelValues;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The expressions of a JWT authenticator: over the claims of a token, or over the user that came of them. */
final class ClaimExpressions {
  private static final long BUDGET = CelProgram.PER_CALL;
  private static final CelType STRINGS = ListType.create(SimpleType.STRING);
  private static final CelTypes.Types TYPES = new CelTypes.Types();
  private static final CelEnvironment CLAIMS =
      ServerExpressions.environment(TYPES, Map.of("claims", MapType.create(SimpleType.STRING, SimpleType.DYN)));
  private static final CelEnvironment USER =
      ServerExpressions.environment(
          TYPES,
          Map.of(
              "user",
              TYPES.struct(
                  "kubernetes.UserInfo",
                  Map.of("username", SimpleType.STRING, "uid", SimpleType.STRING, "groups", STRINGS, "extra",
                      MapType.create(SimpleType.STRING, STRINGS)))));

  private ClaimExpressions() {}

  /** @throws CelEnvironment.CompileException with native's message */
  static CelProgram overClaims(String expression) throws CelEnvironment.CompileException {
    return CLAIMS.compile(expression);
  }

  static CelProgram overUser(String expression) throws CelEnvironment.CompileException {
    return USER.compile(expression);
  }

  /** Whether an expression reads a claim by name. */
  static boolean reads(CelProgram program, String claim) {
    return CelNavigableAst.fromAst(program.ast())
        .getRoot()
        .allNodes()
        .filter(node -> node.expr().exprKind().getKind() == ExprKind.Kind.SELECT)
        .map(node -> node.expr().select())
        .anyMatch(
            select ->
                select.field().equals(claim)
                    && select.operand().exprKind().getKind() == ExprKind.Kind.IDENT
                    && select.operand().ident().name().equals("claims"));
  }

  static Object evaluate(CelProgram program, Tree claims) throws CelProgram.EvaluationException {
    return program.evaluate(Map.of("claims", CelValues.dynamic(withFloats(claims))), new CelProgram.Budget(BUDGET));
  }

  static Object evaluate(CelProgram program, UserInfo user) throws CelProgram.EvaluationException {
    Map<String, Object> value = Map.of("username", user.name(), "uid", user.uid(), "groups", user.groups(), "extra", user.extra());
    return program.evaluate(Map.of("user", value), new CelProgram.Budget(BUDGET));
  }

  /** All numbers of claims are floating, as Go reads JSON that it knows nothing of. */
  private static Object withFloats(Object value) {
    return switch (value) {
      case Tree tree -> {
        Tree copy = new Tree();
        tree.forEach((name, member) -> copy.set(name, withFloats(member)));
        yield copy;
      }
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(element -> copy.add(withFloats(element)));
        yield copy;
      }
      case Number number -> number.doubleValue();
      case null, default -> value;
    };
  }
}
