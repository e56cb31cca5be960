package io.kubrig.apiserver.kinds.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodAnnotationRulesTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "kubernetes.io/config.mirror | x | m[kubernetes.io/config.mirror]: Invalid value: \"x\": must set spec.nodeName if mirror pod "
        + "annotation is "
        + "set",
    "controller.kubernetes.io/pod-deletion-cost | +1 | m[controller.kubernetes.io/pod-deletion-cost]: Invalid value: \"+1\": must be "
        + "a 32bit "
        + "integer",
    "container.apparmor.security.beta.kubernetes.io/d | unconfined | m[container.apparmor.security.beta.kubernetes.io/d]: Invalid "
        + "value: \"d\": "
        + "container not found",
    "container.apparmor.security.beta.kubernetes.io/c | x | m[container.apparmor.security.beta.kubernetes.io/c]: Invalid value: "
        + "\"x\": invalid "
        + "AppArmor profile name: \"x\"",
    "seccomp.security.alpha.kubernetes.io/pod | localhost/../x | m.seccomp.security.alpha.kubernetes.io/pod: Invalid value: \"../x\": "
        + "must not "
        + "contain '..'",
    "container.seccomp.security.alpha.kubernetes.io/c | x | m.container.seccomp.security.alpha.kubernetes.io/c: Invalid value: \"x\": "
        + "must be a "
        + "valid seccomp profile",
  })
  void annotations_that_mean_something_are_checked(String annotation, String value, String wrong) {
    Tree pod =
        Tree.of(
            "metadata", Tree.of("annotations", Tree.of(annotation, value)),
            "spec", Tree.of("containers", List.of(Tree.of("name", "c"))));
    FieldErrors errors = new FieldErrors();
    PodAnnotationRules.check(pod, FieldPath.of("m"), errors);
    assertThat(errors.causes()).extracting(cause -> cause.field() + ": " + cause.message()).containsExactly(wrong);
  }
}
