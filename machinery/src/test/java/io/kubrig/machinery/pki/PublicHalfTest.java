package io.kubrig.machinery.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublicHalfTest {
  @Test
  void it_is_what_was_generated_with_the_private_key() throws GeneralSecurityException {
    for (String curve : List.of("secp256r1", "secp384r1", "secp521r1")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      KeyPair pair = generator.generateKeyPair();
      assertThat(PublicHalf.of(pair.getPrivate()).getEncoded()).as(curve).isEqualTo(pair.getPublic().getEncoded());
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    assertThat(PublicHalf.of(pair.getPrivate()).getEncoded()).isEqualTo(pair.getPublic().getEncoded());
  }
}
