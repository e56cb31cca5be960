package io.kubrig.operators.trustbundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrustBundlePlanTest {
  private static final String SIGNER = "example.test/signer";
  private static final String PEM_HASH = "f0aeace912cf19dc1c6fffd4";

  @Test
  void a_bundle_is_named_after_its_signer_and_content() {
    TrustBundlePlan plan = TrustBundlePlan.of(SIGNER, "pem", Map.of());
    // the first twelve bytes of the SHA-256 of the text
    assertThat(plan).isEqualTo(new TrustBundlePlan("example.test:signer:" + PEM_HASH, true, false, List.of()));
  }

  @Test
  void one_that_is_right_stays_and_earlier_ones_go() {
    String name = TrustBundlePlan.of(SIGNER, "pem", Map.of()).name();
    assertThat(TrustBundlePlan.of(SIGNER, "pem", Map.of(name, "pem"))).isEqualTo(new TrustBundlePlan(name, false, false, List.of()));
    assertThat(TrustBundlePlan.of(SIGNER, "pem", Map.of(name, "edited", "b", "x", "a", "y")))
        .isEqualTo(new TrustBundlePlan(name, false, true, List.of("a", "b")));
  }
}
