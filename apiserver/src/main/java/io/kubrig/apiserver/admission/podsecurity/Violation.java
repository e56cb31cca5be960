package io.kubrig.apiserver.admission.podsecurity;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that a level does not allow.
 *
 * @param reason short
 * @param detail who and what, may be ""
 */
record Violation(String reason, String detail) {

  static String reasons(List<Violation> violations) {
    return violations.stream().map(Violation::reason).collect(Collectors.joining(", "));
  }

  static String details(List<Violation> violations) {
    return violations.stream()
        .map(violation -> violation.detail().isEmpty() ? violation.reason() : violation.reason() + " (" + violation.detail() + ")")
        .collect(Collectors.joining(", "));
  }
}
