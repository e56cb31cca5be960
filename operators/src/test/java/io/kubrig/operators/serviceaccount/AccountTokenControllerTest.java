package io.kubrig.operators.serviceaccount;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountTokenControllerTest {
  private static Secret secret(Map<String, String> data) {
    return new SecretBuilder().withNewMetadata().withName("s").withNamespace("ns").endMetadata().withData(data).build();
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void an_empty_secret_gets_all_that_belongs_into_it() {
    assertThat(AccountTokenController.filled(secret(null), "ca", () -> "token"))
        .isEqualTo(Map.of("ca.crt", encoded("ca"), "namespace", encoded("ns"), "token", encoded("token")));
  }

  @Test
  void a_namespace_and_a_token_that_are_there_stay_whatever_they_say() {
    Map<String, String> data =
        Map.of("namespace", encoded("other"), "token", encoded("old"), "ca.crt", encoded("old"), "mine", encoded("x"));
    assertThat(AccountTokenController.filled(secret(data), "ca", () -> "token")).isEqualTo(
        Map.of("namespace", encoded("other"), "token", encoded("old"), "ca.crt", encoded("ca"), "mine", encoded("x")));
  }

  @Test
  void without_a_root_certificate_none_is_told() {
    assertThat(AccountTokenController.filled(secret(Map.of("token", "")), "", () -> "token"))
        .isEqualTo(Map.of("namespace", encoded("ns"), "token", encoded("token")));
  }
}
