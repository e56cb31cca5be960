package io.kubrig.apiserver.validation;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What conditions of the common type must look like. (Source: apimachinery/pkg/apis/meta/v1/validation.) */
public final class Conditions {
  private static final List<String> STATUSES = List.of("False", "True", "Unknown");
  private static final int MAX_REASON = 1 << 10;
  private static final int MAX_MESSAGE = 32 << 10;
  private static final String REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";
  private static final Pattern REASON_PATTERN = Pattern.compile(REASON);

  private Conditions() {}

  public static void check(List<Tree> conditions, FieldPath path, FieldErrors errors) {
    Set<String> types = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      String type = conditions.get(i).string("type");
      if (!types.add(type)) {
        errors.duplicate(path.index(i).child("type"), type);
      }
      condition(conditions.get(i), path.index(i), errors);
    }
  }

  private static void condition(Tree condition, FieldPath path, FieldErrors errors) {
    String type = condition.string("type");
    Names.qualifiedName(type).forEach(text -> errors.invalid(path.child("type"), type, text));
    if (!STATUSES.contains(condition.string("status"))) {
      errors.notSupported(path.child("status"), condition.string("status"), STATUSES);
    }
    if (condition.integer("observedGeneration") < 0) {
      errors.invalid(path.child("observedGeneration"), condition.integer("observedGeneration"), "must be greater than or equal to zero");
    }
    if (condition.get("lastTransitionTime") == null) {
      errors.required(path.child("lastTransitionTime"), "");
    }
    String reason = condition.string("reason");
    if (reason.isEmpty()) {
      errors.required(path.child("reason"), "");
    } else if (!REASON_PATTERN.matcher(reason).matches()) {
      errors.invalid(
          path.child("reason"),
          reason,
          "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,"
              + ":', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or"
              + " 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '" + REASON + "')");
    }
    if (reason.length() > MAX_REASON) {
      errors.tooLong(path.child("reason"), MAX_REASON);
    }
    if (condition.string("message").length() > MAX_MESSAGE) {
      errors.tooLong(path.child("message"), MAX_MESSAGE);
    }
  }
}
