package io.kubrig.operators.volumebinder;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MatchingTest {
  private static final PersistentVolumeClaim CLAIM = new PersistentVolumeClaimBuilder()
      .withNewMetadata().withNamespace("ns").withName("c").withUid("c1").endMetadata()
      .withNewSpec().withAccessModes("ReadWriteOnce").withStorageClassName("sc")
      .withNewResources().addToRequests("storage", new Quantity("2Gi")).endResources().endSpec().build();

  private static PersistentVolumeBuilder volume(String name, String size) {
    return new PersistentVolumeBuilder().withNewMetadata().withName(name).endMetadata()
        .withNewSpec().addToCapacity("storage", new Quantity(size)).withAccessModes("ReadWriteOnce", "ReadOnlyMany")
            .withStorageClassName("sc").endSpec()
        .withNewStatus().withPhase("Available").endStatus();
  }

  private static Optional<String> best(boolean delayed, PersistentVolumeBuilder... volumes) {
    List<PersistentVolume> all = Arrays.stream(volumes).map(PersistentVolumeBuilder::build).toList();
    return Matching.best(CLAIM, all, delayed).map(volume -> volume.getMetadata().getName());
  }

  @Test
  void the_smallest_that_suffices_is_taken() {
    assertThat(best(false, volume("big", "10Gi"), volume("right", "3Gi"), volume("small", "1Gi"))).contains("right");
  }

  @Test
  void class_mode_phase_and_access_must_suit() {
    assertThat(best(false, volume("v", "3Gi").editSpec().withStorageClassName("other").endSpec())).isEmpty();
    assertThat(best(false, volume("v", "3Gi").editSpec().withVolumeMode("Block").endSpec())).isEmpty();
    assertThat(best(false, volume("v", "3Gi").editSpec().withAccessModes("ReadOnlyMany").endSpec())).isEmpty();
    assertThat(best(false, volume("v", "3Gi").editStatus().withPhase("Released").endStatus())).isEmpty();
    assertThat(best(false, volume("v", "3Gi").editMetadata().withDeletionTimestamp("2026-01-01T00:00:00Z").endMetadata())).isEmpty();
  }

  @Test
  void a_reserved_volume_comes_first_and_one_of_another_claim_never() {
    PersistentVolumeBuilder reserved = volume("mine", "9Gi").editSpec().withNewClaimRef().withNamespace("ns").withName("c").endClaimRef()
        .endSpec();
    PersistentVolumeBuilder other = volume("theirs", "2Gi").editSpec().withNewClaimRef().withNamespace("ns").withName("c").withUid("old")
        .endClaimRef().endSpec();
    assertThat(best(false, volume("free", "2Gi"), reserved)).contains("mine");
    assertThat(best(false, other)).isEmpty();
  }

  @Test
  void the_scheduler_chooses_where_binding_waits_for_a_pod() {
    assertThat(best(true, volume("free", "2Gi"))).isEmpty();
    assertThat(best(true, volume("mine", "2Gi").editSpec().withNewClaimRef().withNamespace("ns").withName("c").withUid("c1").endClaimRef()
        .endSpec()))
        .contains("mine");
  }

  @Test
  void objections_to_a_chosen_volume_are_named() {
    assertThat(Matching.objection(volume("v", "1Gi").build(), CLAIM)).contains("requested PV is too small");
    assertThat(Matching.objection(volume("v", "2Gi").editSpec().withStorageClassName("x").endSpec().build(), CLAIM))
        .contains("storageClassName does not match");
    assertThat(Matching.objection(volume("v", "2Gi").build(), CLAIM)).isEmpty();
  }
}
