package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.regex.Pattern;

/** What config maps and secrets share: the rules for keys, sizes, and being immutable. */
final class DataKeys {
  private static final Pattern DATA_KEY = Pattern.compile("[-._a-zA-Z0-9]+");
  private static final int MAX_KEY = 253;
  private static final String FROZEN = "field is immutable when `immutable` is set";

  private DataKeys() {}

  static void check(String key, FieldPath path, FieldErrors errors) {
    if (key.length() > MAX_KEY) {
      errors.invalid(path, key, "must be no more than 253 characters");
    }
    if (!DATA_KEY.matcher(key).matches()) {
      errors.invalid(
          path,
          key,
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
              + "'key-name', regex"
              + " used for validation is '[-._a-zA-Z0-9]+')");
    }
    if (key.equals(".")) {
      errors.invalid(path, key, "must not be '.'");
    } else if (key.equals("..")) {
      errors.invalid(path, key, "must not be '..'");
    } else if (key.startsWith("..")) {
      errors.invalid(path, key, "must not start with '..'");
    }
  }

  /** The length of what a base64 text stands for. */
  static long decodedLength(String base64) {
    int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
    return base64.length() / 4 * 3L - padding;
  }

  static void immutable(Tree object, Tree old, FieldErrors errors, String... members) {
    if (!old.bool("immutable")) {
      return;
    }
    if (!object.bool("immutable")) {
      errors.forbidden(FieldPath.of("immutable"), FROZEN);
    }
    for (String member : members) {
      if (!ConfigMapKind.same(object, old, member)) {
        errors.forbidden(FieldPath.of(member), FROZEN);
      }
    }
  }
}
