package io.kubrig.apiserver.status;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/**
 * What is wrong with an object, field by field, in the order found. The methods carry native's words (source:
 * apimachinery/pkg/util/validation/field).
 */
public final class FieldErrors {
  private final List<Cause> causes = new ArrayList<>();

  public boolean isEmpty() {
    return causes.isEmpty();
  }

  public int size() {
    return causes.size();
  }

  public List<Cause> causes() {
    return causes;
  }

  public FieldErrors required(FieldPath path, String detail) {
    return add("FieldValueRequired", path, detail.isEmpty() ? "Required value" : "Required value: " + detail);
  }

  public FieldErrors invalid(FieldPath path, Object value, String detail) {
    return add("FieldValueInvalid", path, "Invalid value: " + shown(value) + (detail.isEmpty() ? "" : ": " + detail));
  }

  /** A value outside of a closed set. */
  public FieldErrors notSupported(FieldPath path, Object value, Collection<String> supported) {
    List<String> quoted = supported.stream().map(text -> "\"" + text + "\"").toList();
    String detail = quoted.isEmpty() ? "" : ": supported values: " + String.join(", ", quoted);
    return add("FieldValueNotSupported", path, "Unsupported value: " + shown(value) + detail);
  }

  public FieldErrors forbidden(FieldPath path, String detail) {
    return add("FieldValueForbidden", path, detail.isEmpty() ? "Forbidden" : "Forbidden: " + detail);
  }

  public FieldErrors duplicate(FieldPath path, Object value) {
    return add("FieldValueDuplicate", path, "Duplicate value: " + shown(value));
  }

  public FieldErrors notFound(FieldPath path, Object value) {
    return add("FieldValueNotFound", path, "Not found: " + shown(value));
  }

  public FieldErrors tooLong(FieldPath path, int maxLength) {
    return add("FieldValueTooLong", path, "Too long: may not be more than " + maxLength + " bytes");
  }

  public FieldErrors tooMany(FieldPath path, int actual, int max) {
    String have = actual < 0 ? "" : actual + ": ";
    return add("FieldValueTooMany", path, "Too many: " + have + "must have at most " + max + (max == 1 ? " item" : " items"));
  }

  public FieldErrors typeInvalid(FieldPath path, Object value, String detail) {
    return add("FieldValueTypeInvalid", path, "Invalid value: " + shown(value) + (detail.isEmpty() ? "" : ": " + detail));
  }

  public FieldErrors internal(FieldPath path, String detail) {
    return add("InternalError", path, "Internal error: " + detail);
  }

  public FieldErrors addAll(FieldErrors others) {
    causes.addAll(others.causes);
    return this;
  }

  public FieldErrors add(String reason, FieldPath path, String message) {
    causes.add(new Cause(reason, message, path.toString()));
    return this;
  }

  /** The text of an aggregate: one error as it is, several distinct ones in brackets. */
  public String message() {
    LinkedHashSet<String> texts = new LinkedHashSet<>();
    for (Cause cause : causes) {
      texts.add(cause.field().isEmpty() ? cause.message() : cause.field() + ": " + cause.message());
    }
    return texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]";
  }

  /** A value as native shows it: strings quoted, numbers plain, structures as JSON. */
  public static String shown(Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> quote(text);
      case Tree tree -> Json.text(tree);
      case List<?> list -> Json.text(list);
      default -> Objects.toString(value);
    };
  }

  /** A text as Go quotes it. */
  public static String quoted(String text) {
    return quote(text);
  }

  static String quote(String text) {
    return ValueText.quote(text);
  }
}
