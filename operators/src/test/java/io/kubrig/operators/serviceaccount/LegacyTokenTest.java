package io.kubrig.operators.serviceaccount;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class LegacyTokenTest {
  private static void verifies(KeyPair pair, String name, String algorithm) throws GeneralSecurityException {
    String[] parts = LegacyToken.of(pair.getPrivate()).issue("ns", "sa", "u", "secret").split("\\.");
    assertThat(new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8)).contains("\"alg\":\"" + name + "\"");
    Signature signature = Signature.getInstance(algorithm);
    signature.initVerify(pair.getPublic());
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
  }

  @Test
  void tokens_are_signed_as_the_key_allows() throws GeneralSecurityException {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    verifies(rsa.generateKeyPair(), "RS256", "SHA256withRSA");
    KeyPairGenerator elliptic = KeyPairGenerator.getInstance("EC");
    elliptic.initialize(new ECGenParameterSpec("secp256r1"));
    verifies(elliptic.generateKeyPair(), "ES256", "SHA256withECDSAinP1363Format");
    elliptic.initialize(new ECGenParameterSpec("secp521r1"));
    verifies(elliptic.generateKeyPair(), "ES512", "SHA512withECDSAinP1363Format");
  }
}
