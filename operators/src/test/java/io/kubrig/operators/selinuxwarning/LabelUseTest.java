package io.kubrig.operators.selinuxwarning;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import org.junit.jupiter.api.Test;

class LabelUseTest {
  private static LabelUse use(String name, String level, String policy) {
    Pod pod = new PodBuilder().withNewMetadata().withNamespace("ns").withName(name).endMetadata()
        .withNewSpec().addNewContainer().addNewVolumeMount().withName("v").endVolumeMount().endContainer()
        .withNewSecurityContext().withSeLinuxChangePolicy(policy).withNewSeLinuxOptions().withLevel(level).endSeLinuxOptions()
            .endSecurityContext()
        .endSpec().build();
    return LabelUse.of(pod, "v");
  }

  @Test
  void the_same_label_is_no_conflict() {
    assertThat(LabelUse.conflicts(use("a", "s0:c1,c2", null), use("b", "s0:c1,c2", null))).isEmpty();
  }

  @Test
  void another_label_is_told_to_both() {
    assertThat(LabelUse.conflicts(use("a", "s0:c1,c2", null), use("b", "s0:c3,c4", null)))
        .extracting(LabelUse.Conflict::reason).containsExactly("SELinuxLabelConflict", "SELinuxLabelConflict");
  }

  @Test
  void another_policy_is_a_conflict_whatever_the_label() {
    assertThat(LabelUse.conflicts(use("a", "s0:c1,c2", "Recursive"), use("b", "s0:c1,c2", null)))
        .extracting(LabelUse.Conflict::reason).containsOnly("SELinuxChangePolicyConflict");
  }
}
