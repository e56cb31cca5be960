package io.kubrig.machinery.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A table of functions that libraries add to the language: what the compiler knows of them, and what they do. */
public final class CelFunctions {
  private static final Set<String> STANDARD = Set.of("string", "indexOf", "lastIndexOf", "findAll");

  private final Map<String, List<CelOverloadDecl>> declarations = new LinkedHashMap<>();
  private final Map<String, List<CelFunctionBinding>> bindings = new LinkedHashMap<>();
  private final Map<String, Class<?>> classes = new HashMap<>();

  /** What a function does. Arguments are those of the declaration; a target is the first. */
  @FunctionalInterface
  public interface Body {
    Object apply(Object[] arguments);
  }

  /** An error of an expression, in native's words. */
  public static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Failure(String message) {
      super(message, null, false, false);
    }
  }

  /** Says what the values of a type of a library are in Java; to be said before functions use the type. */
  public void type(CelType type, Class<?> javaClass) {
    classes.put(type.name(), javaClass);
  }

  /** Adds {@code target.name(…)}. */
  public void member(String name, String id, CelType result, Body body, CelType... parameters) {
    add(name, CelOverloadDecl.newMemberOverload(id, result, parameters), body);
  }

  /** Adds {@code name(…)}. */
  public void global(String name, String id, CelType result, Body body, CelType... parameters) {
    add(name, CelOverloadDecl.newGlobalOverload(id, result, parameters), body);
  }

  private void add(String name, CelOverloadDecl overload, Body body) {
    declarations.computeIfAbsent(name, key -> new ArrayList<>()).add(overload);
    List<Class<?>> parameters = new ArrayList<>();
    overload.parameterTypes().forEach(type -> parameters.add(javaClass(type)));
    bindings.computeIfAbsent(name, key -> new ArrayList<>()).add(binding(overload.overloadId(), parameters, body));
  }

  /** Functions of one and two arguments are bound by the forms that can be dispatched at run time. */
  private static CelFunctionBinding binding(String id, List<Class<?>> classes, Body body) {
    return switch (classes.size()) {
      case 1 -> CelFunctionBinding.from(id, classes.get(0), argument -> body.apply(new Object[] {argument}));
      case 2 -> CelFunctionBinding.from(id, classes.get(0), classes.get(1), (first, second) -> body.apply(new Object[] {first, second}));
      default -> CelFunctionBinding.from(id, classes, body::apply);
    };
  }

  private Class<?> javaClass(CelType type) {
    if (type.kind() == CelKind.OPAQUE) {
      return Objects.requireNonNull(classes.get(type.name()), type.name());
    }
    return switch (type.kind()) {
      case STRING -> String.class;
      case INT -> Long.class;
      case BOOL -> Boolean.class;
      case LIST -> List.class;
      default -> Object.class;
    };
  }

  List<CelFunctionDecl> declarations() {
    return declarations.entrySet().stream().map(entry -> CelFunctionDecl.newFunctionDeclaration(entry.getKey(), entry.getValue())).toList();
  }

  /**
   * Overloads of one name are bound together, so that arguments of no known type find theirs at run time; those that extend a standard
   * function are not.
   */
  List<CelFunctionBinding> bindings() {
    List<CelFunctionBinding> all = new ArrayList<>();
    bindings.forEach((name, overloads) ->
        all.addAll(STANDARD.contains(name) ? overloads : CelFunctionBinding.fromOverloads(name, overloads)));
    return all;
  }

  /** An argument that is a string. */
  public static String text(Object[] arguments, int i) {
    return (String) arguments[i];
  }

  static List<Object> list(Object value) {
    return value instanceof List<?> list ? new ArrayList<>(list) : new ArrayList<>(Arrays.asList(value));
  }
}
