package io.kubrig.machinery.selector;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A conjunction of equalities and inequalities on fields; without terms it matches everything. Immutable. */
public final class FieldSelector {
  private static final FieldSelector EVERYTHING = new FieldSelector(List.of());

  /** {@code field=value}, or {@code field!=value} when it is not {@code equal}. */
  public record Term(String field, boolean equal, String value) {
    @Override
    public String toString() {
      return field + (equal ? "=" : "!=") + escaped(value);
    }
  }

  private final List<Term> terms;

  private FieldSelector(List<Term> terms) {
    this.terms = terms;
  }

  public static FieldSelector everything() {
    return EVERYTHING;
  }

  public static FieldSelector of(List<Term> terms) {
    return new FieldSelector(List.copyOf(terms));
  }

  public static FieldSelector of(String field, String value) {
    return new FieldSelector(List.of(new Term(field, true, value)));
  }

  /**
   * Parses {@code metadata.name=a,spec.nodeName!=b}; a backslash escapes {@code \}, {@code ,} and {@code =} in a value.
   *
   * @throws SelectorException with the native message
   */
  public static FieldSelector parse(String text) {
    if (text.isEmpty()) {
      return EVERYTHING;
    }
    List<String> parts = split(text);
    Collections.sort(parts);
    List<Term> terms = new ArrayList<>(parts.size());
    for (String part : parts) {
      if (!part.isEmpty()) {
        terms.add(term(part, text));
      }
    }
    return new FieldSelector(List.copyOf(terms));
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == ',') {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static Term term(String part, String text) {
    for (int i = 0; i < part.length(); i++) {
      boolean more = i + 1 < part.length() && part.charAt(i + 1) == '=';
      if (part.charAt(i) == '!' && more) {
        return new Term(part.substring(0, i), false, unescaped(part.substring(i + 2)));
      }
      if (part.charAt(i) == '=') {
        return new Term(part.substring(0, i), true, unescaped(part.substring(i + (more ? 2 : 1))));
      }
    }
    throw new SelectorException("invalid selector: '" + text + "'; can't understand '" + part + "'");
  }

  private static String unescaped(String value) {
    StringBuilder out = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        i++;
        if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
          String sequence = i == value.length() ? "\\" : "\\" + Character.toString(value.codePointAt(i));
          throw new SelectorException("invalid field selector: invalid escape sequence: " + sequence);
        }
        out.append(value.charAt(i));
      } else if (c == ',' || c == '=') {
        throw new SelectorException("invalid field selector: unescaped character in value: " + (int) c);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
  }

  /** @param field answers the value of a field; null counts as "" */
  public boolean matches(Function<String, String> field) {
    for (Term term : terms) {
      String value = field.apply(term.field);
      if (term.value.equals(value == null ? "" : value) != term.equal) {
        return false;
      }
    }
    return true;
  }

  public boolean isEmpty() {
    return terms.isEmpty();
  }

  public List<Term> terms() {
    return terms;
  }

  /** The value that a field must have, where the selector says so. */
  public Optional<String> exactValue(String field) {
    return terms.stream().filter(term -> term.equal && term.field.equals(field)).map(Term::value).findFirst();
  }

  /** The selector with every term changed; the change may refuse a field with an exception of its own. */
  public FieldSelector map(UnaryOperator<Term> change) {
    return new FieldSelector(terms.stream().map(change).toList());
  }

  @Override
  public String toString() {
    return String.join(",", terms.stream().map(Term::toString).toList());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldSelector that && terms.equals(that.terms);
  }

  @Override
  public int hashCode() {
    return terms.hashCode();
  }
}
