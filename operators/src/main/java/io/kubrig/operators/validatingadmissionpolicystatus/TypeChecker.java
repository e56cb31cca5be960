package io.kubrig.operators.validatingadmissionpolicystatus;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ExpressionWarning;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ParamKind;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.Validation;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.Variable;
import io.kubrig.machinery.cel.AdmissionTypes;
import io.kubrig.machinery.cel.AuthorizerLibrary;
import io.kubrig.machinery.cel.CelEnvironment;
import io.kubrig.machinery.cel.CelLanguage;
import io.kubrig.machinery.cel.CelTypes;
import io.kubrig.machinery.cel.FormatLibrary;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.metadata.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Compiles a policy's expressions as if the objects were of a certain kind. Nothing is ever evaluated. */
final class TypeChecker {
  private final TypeSource source;

  TypeChecker(TypeSource source) {
    this.source = source;
  }

  /** Where types of objects come from. */
  interface TypeSource {
    /** The type of a kind's objects, made within {@code types}; empty when nothing is known of them. */
    Optional<CelType> of(String group, String version, String kind, CelTypes.Types types);
  }

  /** Made when the first policy is checked. */
  private static final class Shared {
    static final CelLanguage LANGUAGE = new CelLanguage(List.of(),
        List.of(functions -> FormatLibrary.addTo(functions, Map.of()), AuthorizerLibrary::addTo));
  }

  /** The expressions of one policy over the objects of one kind. */
  private record Checked(ResourceType kind, CelEnvironment environment) {}

  /** What is wrong with the validations of a policy for any of these kinds. */
  List<ExpressionWarning> check(ValidatingAdmissionPolicy policy, List<ResourceType> kinds) {
    List<Checked> environments = kinds.stream().flatMap(kind -> environment(policy, kind).stream()).toList();
    List<ExpressionWarning> warnings = new ArrayList<>();
    List<Validation> validations = Objects.orEmpty(policy.getSpec().getValidations());
    for (int i = 0; i < validations.size(); i++) {
      String field = "spec.validations[" + i + "].";
      warning(environments, field + "expression", validations.get(i).getExpression()).ifPresent(warnings::add);
      warning(environments, field + "messageExpression", validations.get(i).getMessageExpression()).ifPresent(warnings::add);
    }
    return warnings;
  }

  private static Optional<ExpressionWarning> warning(List<Checked> environments, String field, String expression) {
    if (expression == null || expression.isEmpty()) {
      return Optional.empty();
    }
    String problems = environments.stream().flatMap(checked -> problem(checked, expression).stream()).collect(Collectors.joining("\n"));
    return problems.isEmpty() ? Optional.empty() : Optional.of(new ExpressionWarning(field, problems));
  }

  private static Optional<String> problem(Checked checked, String expression) {
    try {
      checked.environment().compile(expression);
      return Optional.empty();
    } catch (CelEnvironment.CompileException e) {
      String kind = checked.kind().group() + "/" + checked.kind().version() + ", Kind=" + checked.kind().kind();
      return Optional.of(kind + ": " + e.getMessage() + "\n");
    }
  }

  private Optional<Checked> environment(ValidatingAdmissionPolicy policy, ResourceType kind) {
    CelTypes.Types types = new CelTypes.Types();
    Optional<CelType> object = source.of(kind.group(), kind.version(), kind.kind(), types);
    if (object.isEmpty()) {
      return Optional.empty();
    }
    Map<String, CelType> known = new HashMap<>(Map.of("object", object.get(), "oldObject", object.get(), "namespaceObject", SimpleType.DYN,
        "request", AdmissionTypes.request(types), "authorizer", AuthorizerLibrary.authorizer(),
        "authorizer.requestResource", AuthorizerLibrary.resourceCheck()));
    params(policy.getSpec().getParamKind(), types).ifPresent(type -> known.put("params", type));
    known.put("variables", variables(policy, types, known));
    return Optional.of(new Checked(kind, new CelEnvironment(Shared.LANGUAGE, types, known)));
  }

  private Optional<CelType> params(ParamKind kind, CelTypes.Types types) {
    if (kind == null) {
      return Optional.empty();
    }
    String[] version = kind.getApiVersion().split("/", 2);
    return version.length == 2 ? source.of(version[0], version[1], kind.getKind(), types)
        : source.of("", version[0], kind.getKind(), types);
  }

  /** Each variable may use those before it; one that does not compile may be anything. */
  private static CelType variables(ValidatingAdmissionPolicy policy, CelTypes.Types types, Map<String, CelType> known) {
    Map<String, CelType> fields = new LinkedHashMap<>();
    for (Variable variable : Objects.orEmpty(policy.getSpec().getVariables())) {
      Map<String, CelType> all = new HashMap<>(known);
      all.put("variables", types.struct("kubernetes.variables", new LinkedHashMap<>(fields)));
      fields.put(variable.getName(), type(new CelEnvironment(Shared.LANGUAGE, types, all), variable.getExpression()));
    }
    return types.struct("kubernetes.variables", fields);
  }

  private static CelType type(CelEnvironment environment, String expression) {
    try {
      return environment.compile(expression).type();
    } catch (CelEnvironment.CompileException e) {
      return SimpleType.DYN; // the expressions that use it are checked all the same
    }
  }
}
