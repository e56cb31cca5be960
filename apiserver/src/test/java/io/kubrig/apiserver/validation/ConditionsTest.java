package io.kubrig.apiserver.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  @Test
  void a_condition_says_what_since_when_and_why() {
    Tree good = Tree.of("type", "Ready", "status", "True", "lastTransitionTime", "2026-01-01T00:00:00Z", "reason", "Because");
    Tree bad = Tree.of("type", "Ready", "status", "x", "reason", "no good", "observedGeneration", -1L);
    FieldErrors errors = new FieldErrors();
    Conditions.check(List.of(good, bad), FieldPath.of("c"), errors);
    assertThat(errors.causes())
        .extracting(cause -> cause.field() + " " + cause.reason())
        .containsExactly(
            "c[1].type FieldValueDuplicate",
            "c[1].status FieldValueNotSupported",
            "c[1].observedGeneration FieldValueInvalid",
            "c[1].lastTransitionTime FieldValueRequired",
            "c[1].reason FieldValueInvalid");
  }
}
