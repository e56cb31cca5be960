package io.kubrig.apiserver.kinds.storage;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.Locale;

/** What names of drivers and their parameters must look like. */
final class Drivers {
  private static final int MAX_NAME = 63;
  private static final int MAX_PARAMETERS = 512;
  private static final int MAX_PARAMETER_BYTES = 256 * 1024;

  private Drivers() {}

  static void name(String name, FieldPath path, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path, "");
      return;
    }
    if (name.length() > MAX_NAME) {
      errors.tooLong(path, MAX_NAME);
    }
    Names.dnsSubdomain(name.toLowerCase(Locale.ROOT)).forEach(text -> errors.invalid(path, name, text));
  }

  /** The name of a driver or provisioner that may have a path; without regard to case. */
  static void qualifiedName(String name, FieldPath path, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path, "");
      return;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    Names.qualifiedName(lower).forEach(text -> errors.invalid(path, lower, text));
  }

  /** @param needed whether there must be at least one */
  static void parameters(Tree parameters, boolean needed, FieldErrors errors) {
    FieldPath path = FieldPath.of("parameters");
    if (needed && parameters.isEmpty()) {
      errors.required(path, "must contain at least one key/value pair");
    }
    if (parameters.size() > MAX_PARAMETERS) {
      errors.tooLong(path, MAX_PARAMETERS);
      return;
    }
    long bytes = 0;
    for (String key : parameters.names()) {
      if (key.isEmpty()) {
        errors.invalid(path, key, "field can not be empty.");
      }
      bytes += key.length() + parameters.string(key).length();
    }
    if (bytes > MAX_PARAMETER_BYTES) {
      errors.tooLong(path, MAX_PARAMETER_BYTES);
    }
  }
}
