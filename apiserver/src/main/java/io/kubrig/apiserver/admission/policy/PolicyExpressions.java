package io.kubrig.apiserver.admission.policy;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.kubrig.apiserver.cel.ServerExpressions;
import io.kubrig.machinery.cel.AdmissionTypes;
import io.kubrig.machinery.cel.AuthorizerLibrary;
import io.kubrig.machinery.cel.CelEnvironment;
import io.kubrig.machinery.cel.CelEnvironment.CompileException;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.CelTypes;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compiles the expressions of policies, match conditions and webhooks. */
public final class PolicyExpressions {
  private static final Pattern OBJECT = Pattern.compile("\\bObject(?:\\.[A-Za-z_][A-Za-z0-9_]*)*(?=\\s*\\{)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final boolean params;
  private final boolean authorizer;
  private final boolean mutates;
  private final Map<String, CelType> variables = new LinkedHashMap<>();
  private CelEnvironment environment;

  /** What an expression is for, which says what it must give. */
  public enum Wanted {
    BOOL,
    STRING,
    STRING_OR_NULL,
    ANY
  }

  private PolicyExpressions(boolean params, boolean authorizer, boolean mutates) {
    this.params = params;
    this.authorizer = authorizer;
    this.mutates = mutates;
  }

  /**
   * @param params whether there is a parameter object
   * @param authorizer whether the expressions may ask what somebody may do
   */
  public static PolicyExpressions validating(boolean params, boolean authorizer) {
    return new PolicyExpressions(params, authorizer, false);
  }

  /** Expressions that may make objects and patches. */
  public static PolicyExpressions mutating(boolean params) {
    return new PolicyExpressions(params, true, true);
  }

  /** What is wrong with an expression, in native's words; empty when nothing is. */
  public Optional<String> check(String expression, Wanted wanted) {
    try {
      CelType type = compile(expression).type();
      boolean fits =
          switch (wanted) {
            case BOOL -> type.equals(SimpleType.BOOL);
            case STRING -> type.equals(SimpleType.STRING);
            case STRING_OR_NULL -> type.equals(SimpleType.STRING) || type.equals(SimpleType.NULL_TYPE);
            case ANY -> true;
          };
      return fits ? Optional.empty() : Optional.of("must evaluate to " + WORDS.get(wanted) + " but got " + type.name());
    } catch (CompileException e) {
      return Optional.of("compilation failed: " + e.getMessage());
    }
  }

  /** How native names what an expression must give. */
  private static final Map<Wanted, String> WORDS =
      Map.of(Wanted.BOOL, "bool", Wanted.STRING, "string", Wanted.STRING_OR_NULL, "one of [string null_type]", Wanted.ANY, "any");

  /** Makes a variable known by an expression that {@link #check} has accepted. */
  void define(String name, String expression) {
    try {
      variable(name, compile(expression).type());
    } catch (CompileException e) {
      throw new IllegalStateException("an expression was accepted and now is not: " + expression, e);
    }
  }

  /** Makes a variable known to the expressions after it. */
  public void variable(String name, CelType type) {
    variables.put(name, type);
    environment = null;
  }

  CelProgram compile(String expression) throws CompileException {
    if (mutates && OBJECT.matcher(expression).find()) {
      return environment(expression).compile(expression);
    }
    if (environment == null) {
      environment = environment("");
    }
    return environment.compile(expression);
  }

  private CelEnvironment environment(String expression) {
    CelTypes.Types types = new CelTypes.Types();
    Map<String, CelType> known = new HashMap<>();
    known.put("object", SimpleType.DYN);
    known.put("oldObject", SimpleType.DYN);
    known.put("namespaceObject", SimpleType.DYN);
    known.put("request", AdmissionTypes.request(types));
    if (mutates || !variables.isEmpty()) {
      known.put("variables", types.struct("kubernetes.variables", new LinkedHashMap<>(variables)));
    }
    if (params) {
      known.put("params", SimpleType.DYN);
    }
    if (authorizer) {
      known.put("authorizer", AuthorizerLibrary.authorizer());
      known.put("authorizer.requestResource", AuthorizerLibrary.resourceCheck());
    }
    if (mutates) {
      objects(types, expression);
    }
    return ServerExpressions.environment(types, known);
  }

  /** The structures that an expression makes: any field of any part of the object. */
  private static void objects(CelTypes.Types types, String expression) {
    types.struct(
        "JSONPatch", Map.of("op", SimpleType.STRING, "path", SimpleType.STRING, "from", SimpleType.STRING, "value", SimpleType.DYN));
    Map<String, CelType> fields = new HashMap<>();
    Matcher names = NAME.matcher(expression);
    while (names.find()) {
      fields.put(names.group(), SimpleType.DYN);
    }
    TreeSet<String> structs = new TreeSet<>();
    Matcher objects = OBJECT.matcher(expression);
    while (objects.find()) {
      structs.add(objects.group());
    }
    structs.forEach(name -> types.struct(name, fields));
  }
}
