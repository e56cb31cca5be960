package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The small rules that many fields of a pod share, each on one member of its holder, with native's words. Absent members are not looked at.
 */
public final class Checks {
  private static final Pattern DATA_KEY = Pattern.compile("[-._a-zA-Z0-9]+");
  private static final String NOT_NEGATIVE = "must be greater than or equal to 0";
  private static final long MAX_ID = Integer.MAX_VALUE;

  private Checks() {}

  public static void nonNegative(Tree holder, String member, FieldPath path, FieldErrors errors) {
    if (holder.get(member) instanceof Long number && number < 0) {
      errors.invalid(path.child(member), number, NOT_NEGATIVE);
    }
  }

  static void inRange(Tree holder, String member, long least, long most, FieldPath path, FieldErrors errors) {
    if (holder.get(member) instanceof Long number && (number < least || number > most)) {
      errors.invalid(path.child(member), number, range(least, most));
    }
  }

  static String range(long least, long most) {
    return "must be between " + least + " and " + most + ", inclusive";
  }

  /** A user's or group's number. */
  static void id(Tree holder, String member, FieldPath path, FieldErrors errors) {
    inRange(holder, member, 0, MAX_ID, path, errors);
  }

  static boolean isId(long number) {
    return number >= 0 && number <= MAX_ID;
  }

  /** Answers whether there is a text. */
  static boolean required(Tree holder, String member, FieldPath path, FieldErrors errors) {
    if (holder.string(member).isEmpty()) {
      errors.required(path.child(member), "");
      return false;
    }
    return true;
  }

  public static void oneOf(Tree holder, String member, Collection<String> supported, FieldPath path, FieldErrors errors) {
    if (holder.get(member) instanceof String text && !supported.contains(text)) {
      errors.notSupported(path.child(member), text, supported);
    }
  }

  /** Like {@link #oneOf}; an empty text is an error of its own. */
  static void requiredOneOf(Tree holder, String member, Collection<String> supported, FieldPath path, FieldErrors errors) {
    if (required(holder, member, path, errors)) {
      oneOf(holder, member, supported, path, errors);
    }
  }

  static void dnsLabel(String value, FieldPath path, FieldErrors errors) {
    Names.dnsLabel(value).forEach(text -> errors.invalid(path, value, text));
  }

  static void dnsSubdomain(String value, FieldPath path, FieldErrors errors) {
    Names.dnsSubdomain(value).forEach(text -> errors.invalid(path, value, text));
  }

  static void labelName(String value, FieldPath path, FieldErrors errors) {
    Names.qualifiedName(value).forEach(text -> errors.invalid(path, value, text));
  }

  static void labels(Map<String, String> labels, FieldPath path, FieldErrors errors) {
    labels.forEach(
        (key, value) -> {
          labelName(key, path, errors);
          Names.labelValue(value).forEach(text -> errors.invalid(path, value, text));
        });
  }

  // ---- paths ---------------------------------------------------------------------------------------------------------

  /** A path that stays below where it starts. */
  static void descendingPath(String value, FieldPath path, FieldErrors errors) {
    if (value.startsWith("/")) {
      errors.invalid(path, value, "must be a relative path");
    }
    noBacksteps(value, path, errors);
  }

  static void noBacksteps(String value, FieldPath path, FieldErrors errors) {
    if (hasBacksteps(value)) {
      errors.invalid(path, value, "must not contain '..'");
    }
  }

  static boolean hasBacksteps(String value) {
    return List.of(value.split("/", -1)).contains("..");
  }

  /** A path whose first step is not one of those that volumes keep for themselves. */
  static void nonReservedPath(String value, FieldPath path, FieldErrors errors) {
    descendingPath(value, path, errors);
    if (value.startsWith("..") && !value.startsWith("../")) {
      errors.invalid(path, value, "must not start with '..'");
    }
  }

  // ---- keys ----------------------------------------------------------------------------------------------------------

  /** The name of an environment variable: anything printable but '='. */
  static List<String> variableName(String name) {
    boolean printable = name.chars().allMatch(c -> c >= 0x20 && c <= 0x7e && c != '=');
    return printable && !name.isEmpty()
        ? List.of()
        : List.of("a valid environment variable name must consist only of printable ASCII characters other than '='");
  }

  /** A key of a ConfigMap or Secret. */
  static List<String> dataKey(String key) {
    List<String> wrong = new ArrayList<>();
    if (key.length() > 253) {
      wrong.add("must be no more than 253 bytes");
    }
    if (!DATA_KEY.matcher(key).matches()) {
      wrong.add(
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
              + "'key-name', regex"
              + " used for validation is '[-._a-zA-Z0-9]+')");
    }
    if (key.equals(".") || key.equals("..")) {
      wrong.add("must not be '" + key + "'");
    } else if (key.startsWith("..")) {
      wrong.add("must not start with '..'");
    }
    return wrong;
  }
}
