package io.kubrig.apiserver.customresource;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Checks values against one node of an OpenAPI 3.0 schema, in the words of native's validator. Compiled once; immutable.
 *
 * <p>On an update complaints about a value that has not changed are dropped (ratcheting, KEP-4008): members of objects and of lists of type
 * map know their old value, elements of other lists do not. (Source: kube-openapi/pkg/validation/validate,
 * apiextensions-apiserver/pkg/apiserver/validation.)
 */
final class ValueValidator {
  private final List<String> types;
  private final boolean nullable;
  private final String format;
  private final Limits limits;
  private final Pattern pattern;
  private final String patternText;
  private final List<Object> allowed;
  private final List<String> required;
  private final Map<String, ValueValidator> properties = new LinkedHashMap<>();
  private final ValueValidator others;
  private final boolean closed;
  private final ValueValidator items;
  private final List<String> mapKeys;
  private final Composition composition;

  private ValueValidator(Tree schema) {
    boolean intOrString = schema.bool("x-kubernetes-int-or-string");
    String type = schema.string("type");
    types = intOrString ? List.of("integer", "string") : type.isEmpty() ? List.of() : List.of(type);
    nullable = schema.bool("nullable");
    format = Formats.supported(schema.string("format"), intOrString ? "integer,string" : type);
    limits = Limits.of(schema);
    patternText = schema.string("pattern");
    pattern = compiled(patternText);
    allowed = schema.list("enum");
    required = schema.strings("required");
    schema.tree("properties").forEach((name, value) -> properties.put(name, of((Tree) value)));
    others = schema.get("additionalProperties") instanceof Tree tree ? of(tree) : null;
    closed = Boolean.FALSE.equals(schema.get("additionalProperties"));
    items = schema.get("items") instanceof Tree tree ? of(tree) : null;
    mapKeys = schema.string("x-kubernetes-list-type").equals("map") ? schema.strings("x-kubernetes-list-map-keys") : List.of();
    composition = Composition.of(schema);
  }

  /** @param schema an {@code openAPIV3Schema} or a part of one; an empty one accepts everything */
  static ValueValidator of(Tree schema) {
    return new ValueValidator(schema);
  }

  private static Pattern compiled(String text) {
    try {
      return text.isEmpty() ? null : Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      return null; // refused when the definition was made
    }
  }

  /** Complains of a new value. */
  void validate(Object value, FieldPath base, FieldErrors errors) {
    check(value, null, false, "", new Complaints(base, errors));
  }

  /** Complains of a changed value, as far as it has changed. */
  void validateUpdate(Object value, Object old, FieldPath base, FieldErrors errors) {
    check(value, old, true, "", new Complaints(base, errors));
  }

  /**
   * Whether the old value may be compared with is {@code correlated}. Answers how many checks were made, by which the best of alternatives
   * is chosen.
   */
  int check(Object value, Object old, boolean correlated, String path, Complaints complaints) {
    Complaints own = complaints.fresh();
    int checks = checkHere(value, old, correlated, path, own);
    if (own.isEmpty() || correlated && Objects.equals(value, old)) {
      return checks;
    }
    complaints.addAll(own);
    return checks;
  }

  private int checkHere(Object value, Object old, boolean correlated, String path, Complaints complaints) {
    int checks = 1;
    type(value, path, complaints);
    if (value != null) {
      checks += composition.check(value, old, correlated, path, complaints);
      switch (value) {
        case String text -> text(text, path, complaints);
        case Number number -> limits.number(number, types.size() == 1 ? types.getFirst() : "", format, path, complaints);
        case List<?> list -> checks += list(list, old, correlated, path, complaints);
        case Tree tree -> checks += object(tree, old, correlated, path, complaints);
        default -> { }
      }
    }
    if (!allowed.isEmpty() && allowed.stream().noneMatch(candidate -> same(candidate, value))) {
      complaints.notAllowed(path, value, allowed);
    }
    return checks;
  }

  private static boolean same(Object one, Object other) {
    if (one instanceof Number a && other instanceof Number b) {
      return a.doubleValue() == b.doubleValue();
    }
    return Objects.equals(one, other);
  }

  private void type(Object value, String path, Complaints complaints) {
    if (types.isEmpty()) {
      return;
    }
    if (value == null) {
      if (!nullable) {
        complaints.type(path, String.join(",", types), "null");
      }
      return;
    }
    String actual = typeName(value);
    boolean integral = value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 0x1p53;
    boolean fits =
        types.contains(actual) || integral && types.contains("integer") || actual.equals("integer") && types.contains("number");
    if (!fits) {
      complaints.type(path, String.join(",", types), actual);
    }
  }

  static String typeName(Object value) {
    return switch (value) {
      case null -> "null";
      case String ignored -> "string";
      case Boolean ignored -> "boolean";
      case Tree ignored -> "object";
      case List<?> ignored -> "array";
      case Double ignored -> "number";
      default -> "integer";
    };
  }

  private void text(String text, String path, Complaints complaints) {
    long length = text.codePointCount(0, text.length());
    if (limits.maxLength() != null && length > limits.maxLength()) {
      complaints.tooLong(path, limits.maxLength());
    } else if (limits.minLength() != null && length < limits.minLength()) {
      complaints.invalid(path, text, "should be at least " + limits.minLength() + " chars long");
    } else if (pattern != null && !pattern.matcher(text).find()) {
      complaints.invalid(path, text, "should match '" + patternText + "'");
    }
    if (!format.isEmpty() && !Formats.fits(format, text)) {
      complaints.format(path, format, text);
    }
  }

  private int list(List<?> list, Object old, boolean correlated, String path, Complaints complaints) {
    int checks = 0;
    if (items != null) {
      for (int i = 0; i < list.size(); i++) {
        Object before = correlated && old instanceof List<?> oldList ? counterpart(list.get(i), oldList) : null;
        checks += items.check(list.get(i), before, before != null, path + "[" + i + "]", complaints);
      }
    }
    if (limits.minItems() != null && list.size() < limits.minItems()) {
      complaints.invalid(path, (long) list.size(), "should have at least " + limits.minItems() + " items");
    }
    if (limits.maxItems() != null && list.size() > limits.maxItems()) {
      complaints.tooMany(path, list.size(), limits.maxItems());
    }
    return checks;
  }

  private Object counterpart(Object element, List<?> oldList) {
    if (mapKeys.isEmpty() || !(element instanceof Tree tree)) {
      return null;
    }
    for (Object candidate : oldList) {
      if (candidate instanceof Tree other && mapKeys.stream().allMatch(key -> Objects.equals(tree.get(key), other.get(key)))) {
        return other;
      }
    }
    return null;
  }

  private int object(Tree tree, Object old, boolean correlated, String path, Complaints complaints) {
    if (limits.minProperties() != null && tree.size() < limits.minProperties()) {
      complaints.invalid(path, (long) tree.size(), "should have at least " + limits.minProperties() + " properties");
      return 1;
    }
    if (limits.maxProperties() != null && tree.size() > limits.maxProperties()) {
      complaints.tooMany(path, tree.size(), limits.maxProperties());
      return 1;
    }
    for (String name : required) {
      if (!tree.has(name)) {
        complaints.required(path + "." + name);
      }
    }
    int checks = 0;
    for (String name : tree.names()) {
      ValueValidator member = properties.getOrDefault(name, others);
      if (member == null) {
        if (closed) {
          complaints.forbidden(path, name);
        }
        continue;
      }
      boolean known = correlated && old instanceof Tree before && before.has(name);
      Object before = known ? ((Tree) old).get(name) : null;
      checks += member.check(tree.get(name), before, known, path.isEmpty() ? name : path + "." + name, complaints);
    }
    return checks;
  }

  /** What alternatives a schema states. */
  private record Composition(List<ValueValidator> all, List<ValueValidator> any, List<ValueValidator> one, ValueValidator not) {

    static Composition of(Tree schema) {
      return new Composition(
          each(schema, "allOf"),
          each(schema, "anyOf"),
          each(schema, "oneOf"),
          schema.get("not") instanceof Tree not ? ValueValidator.of(not) : null);
    }

    private static List<ValueValidator> each(Tree schema, String name) {
      return schema.trees(name).stream().map(ValueValidator::of).toList();
    }

    int check(Object value, Object old, boolean correlated, String path, Complaints complaints) {
      int checks = 0;
      if (!any.isEmpty()) {
        Tried tried = attempt(any, value, old, correlated, path, complaints);
        if (tried.fitting == 0) {
          complaints.composite("\"" + path + "\" must validate at least one schema (anyOf)");
          complaints.addAll(tried.best);
        }
        checks += tried.checks;
      }
      if (!one.isEmpty()) {
        Tried tried = attempt(one, value, old, correlated, path, complaints);
        if (tried.fitting != 1) {
          String found = tried.fitting == 0 ? "Found none valid" : "Found " + tried.fitting + " valid alternatives";
          complaints.composite("\"" + path + "\" must validate one and only one schema (oneOf). " + found);
          if (tried.fitting == 0) {
            complaints.addAll(tried.best);
          }
        }
        checks += tried.checks;
      }
      if (!all.isEmpty()) {
        checks += checkAll(value, old, correlated, path, complaints);
      }
      if (not != null) {
        Complaints inner = complaints.fresh();
        not.check(value, old, correlated, path, inner);
        if (inner.isEmpty()) {
          complaints.composite("\"" + path + "\" must not validate the schema (not)");
        }
      }
      return checks;
    }

    private int checkAll(Object value, Object old, boolean correlated, String path, Complaints complaints) {
      int checks = 0;
      int fitting = 0;
      for (ValueValidator candidate : all) {
        Complaints inner = complaints.fresh();
        checks += candidate.check(value, old, correlated, path, inner);
        fitting += inner.isEmpty() ? 1 : 0;
        complaints.addAll(inner);
      }
      if (fitting != all.size()) {
        complaints.composite("\"" + path + "\" must validate all the schemas (allOf)" + (fitting == 0 ? ". None validated" : ""));
      }
      return checks;
    }

    private record Tried(int fitting, Complaints best, int checks) {}

    private static Tried attempt(
        List<ValueValidator> alternatives, Object value, Object old, boolean correlated, String path, Complaints complaints) {
      int fitting = 0;
      int most = -1;
      Complaints best = null;
      for (ValueValidator alternative : alternatives) {
        Complaints inner = complaints.fresh();
        int checks = alternative.check(value, old, correlated, path, inner);
        if (inner.isEmpty()) {
          fitting++;
        } else if (checks > most) {
          most = checks;
          best = inner;
        }
      }
      return new Tried(fitting, best, Math.max(most, 0));
    }
  }

  /** Errors under a path, in the words of native's validator. */
  static final class Complaints {
    private final FieldPath base;
    private final FieldErrors errors;

    Complaints(FieldPath base, FieldErrors errors) {
      this.base = base;
      this.errors = errors;
    }

    Complaints fresh() {
      return new Complaints(base, new FieldErrors());
    }

    boolean isEmpty() {
      return errors.isEmpty();
    }

    void addAll(Complaints others) {
      errors.addAll(others.errors);
    }

    private FieldPath at(String path) {
      String name = path.startsWith(".") ? path.substring(1) : path;
      return name.isEmpty() ? base : base.child(name);
    }

    void type(String path, String wanted, String actual) {
      errors.typeInvalid(at(path), actual, path + " in body must be of type " + wanted + ": \"" + actual + "\"");
    }

    void format(String path, String format, String text) {
      errors.typeInvalid(at(path), text, path + " in body must be of type " + format + ": " + FieldErrors.quoted(text));
    }

    void invalid(String path, Object value, String detail) {
      errors.invalid(at(path), Limits.plain(value), path + " in body " + detail);
    }

    void composite(String message) {
      errors.invalid(base, "", message);
    }

    void forbidden(String path, String name) {
      errors.invalid(at(path), "", path + "." + name + " in body is a forbidden property");
    }

    void required(String path) {
      errors.required(at(path), "");
    }

    void tooLong(String path, long max) {
      errors.tooLong(at(path), (int) max);
    }

    void tooMany(String path, int actual, long max) {
      errors.tooMany(at(path), actual, (int) max);
    }

    void notAllowed(String path, Object value, List<Object> allowed) {
      List<String> texts = new ArrayList<>();
      allowed.forEach(candidate -> texts.add(candidate instanceof String text ? text : io.kubrig.machinery.json.Json.text(candidate)));
      errors.notSupported(at(path), Limits.plain(value), texts);
    }
  }
}
