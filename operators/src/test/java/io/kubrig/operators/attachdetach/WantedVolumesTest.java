package io.kubrig.operators.attachdetach;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.CSIPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.CSIPersistentVolumeSourceBuilder;
import org.junit.jupiter.api.Test;

class WantedVolumesTest {
  @Test
  void names_are_those_that_drivers_expect() {
    CSIPersistentVolumeSource csi = new CSIPersistentVolumeSourceBuilder().withDriver("attach.example.test").withVolumeHandle("vol-attach")
        .build();
    assertThat(WantedVolumes.uniqueName(csi)).isEqualTo("kubernetes.io/csi/attach.example.test^vol-attach");
    assertThat(WantedVolumes.attachment(csi, "ad-attach-a"))
        .isEqualTo("csi-bd77a680d611fb61c6ccdd5e46b6206f6d5ec0b529419bc828b390badf75b6a7");
  }
}
