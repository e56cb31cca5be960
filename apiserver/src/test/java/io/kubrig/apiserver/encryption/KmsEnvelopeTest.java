package io.kubrig.apiserver.encryption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KmsEnvelopeTest {
  private static final String PLACE = "/registry/secrets/default/s";
  private static final byte[] VALUE = "secret".getBytes(UTF_8);

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final KubernetesRegistry metrics = new KubernetesRegistry();
  private final FakeKms kms = new FakeKms();
  private final KmsEnvelope envelope = envelope();

  @TempDir Path directory;

  private KmsEnvelope envelope() {
    return new KmsEnvelope("fake", kms, new KmsMetrics(metrics, clock, "apiserver-1"), clock, new SecureRandom());
  }

  @AfterEach
  void stop() {
    envelope.close();
  }

  @Test
  void values_are_encrypted_without_asking_the_service_again() throws Exception {
    envelope.check();
    byte[] kept = envelope.seal(PLACE, VALUE);
    assertThat(new String(kept, ISO_8859_1)).doesNotContain("secret");
    assertThat(envelope.seal(PLACE, VALUE)).isNotEqualTo(kept);
    AtRest.Opened opened = envelope.open(PLACE, kept);
    assertThat(opened.value()).isEqualTo(VALUE);
    assertThat(opened.outdated()).isFalse();
    assertThat(kms.encryptions).hasValue(1);
    assertThat(kms.decryptions).hasValue(0);
  }

  @Test
  void another_server_asks_the_service_once_for_a_seed_that_it_does_not_know() throws Exception {
    envelope.check();
    byte[] first = envelope.seal(PLACE, VALUE);
    byte[] second = envelope.seal(PLACE, VALUE);
    try (KmsEnvelope other = envelope()) {
      other.check();
      assertThat(other.open(PLACE, first).value()).isEqualTo(VALUE);
      assertThat(other.open(PLACE, second).outdated()).isFalse();
    }
    assertThat(kms.decryptions).hasValue(1);
    assertThat(metrics.scrape()).contains("apiserver_storage_envelope_transformation_cache_misses_total 1");
  }

  @Test
  void a_value_is_bound_to_its_place() throws Exception {
    envelope.check();
    byte[] kept = envelope.seal(PLACE, VALUE);
    assertThatThrownBy(() -> envelope.open("/registry/secrets/default/other", kept)).isInstanceOf(GeneralSecurityException.class)
        .hasMessage("cipher: message authentication failed");
  }

  @Test
  void a_changed_key_of_the_service_makes_what_is_kept_outdated() throws Exception {
    envelope.check();
    byte[] kept = envelope.seal(PLACE, VALUE);
    kms.keyId = "key-2";
    clock.advance(Duration.ofMinutes(1));
    envelope.check();
    assertThat(kms.encryptions).hasValue(2);
    assertThat(envelope.open(PLACE, kept).outdated()).isTrue();
    assertThat(envelope.open(PLACE, envelope.seal(PLACE, VALUE)).outdated()).isFalse();
  }

  @Test
  void writing_goes_on_for_three_minutes_after_the_service_was_last_well_and_reading_for_ever() throws Exception {
    envelope.check();
    byte[] kept = envelope.seal(PLACE, VALUE);
    kms.broken = true;
    clock.advance(Duration.ofMinutes(3));
    assertThatThrownBy(envelope::check).isInstanceOf(IOException.class)
        .hasMessageContaining("failed to perform status section of the healthz check for KMS Provider fake");
    assertThatCode(envelope::ready).doesNotThrowAnyException();
    clock.advance(Duration.ofSeconds(1));
    assertThatThrownBy(envelope::ready).hasMessageContaining("expired at 2026-01-01T00:03:00Z (current time is 2026-01-01T00:03:01Z)");
    assertThat(envelope.open(PLACE, kept).value()).isEqualTo(VALUE);
    kms.broken = false;
    clock.advance(Duration.ofSeconds(10));
    envelope.check();
    envelope.ready();
    assertThat(kms.encryptions).as("the seed is still good").hasValue(1);
  }

  @Test
  void nothing_is_written_before_the_service_was_well() {
    kms.healthz = "sick";
    assertThatThrownBy(envelope::ready).hasMessage("got unexpected nil transformer");
    assertThatThrownBy(envelope::check).hasMessage("kmsv2 Provider fake is not healthy, error: got unexpected healthz status: sick");
  }

  @Test
  void a_service_without_a_key_is_not_well() {
    kms.keyId = "";
    assertThatThrownBy(envelope::check)
        .hasMessage("kmsv2 Provider fake is not healthy, error: got invalid KMSv2 KeyID hash \"\": keyID is empty");
    assertThat(metrics.scrape()).contains("apiserver_envelope_encryption_invalid_key_id_from_status_total");
  }

  /** The first test case of RFC 5869. */
  @Test
  void keys_of_values_are_derived_as_hkdf_does() throws Exception {
    byte[] seed = HexFormat.of().parseHex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    assertThat(HexFormat.of().formatHex(SeededGcm.expanded(seed, HexFormat.of().parseHex("f0f1f2f3f4f5f6f7f8f9"))))
        .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    assertThatThrownBy(() -> new SeededGcm(new byte[16], new SecureRandom())).hasMessage("invalid seed length 16 used for key generation");
  }

  @Test
  void what_is_kept_is_the_native_message() throws Exception {
    EncryptedObject object =
        new EncryptedObject(new byte[] {1}, new KmsPlugin.Wrapped("k", new byte[] {2}, Map.of("a.b", new byte[] {3})), true);
    // encryptedData(1) keyID(2) encryptedDEKSource(3) annotations(4) encryptedDEKSourceType(5)
    assertThat(HexFormat.of().formatHex(object.encoded())).isEqualTo("0a0101" + "12016b" + "1a0102" + "22080a03612e62120103" + "2801");
    assertThat(EncryptedObject.decoded(object.encoded()).sourceName()).isEqualTo(object.sourceName());
  }

  @Test
  void a_service_is_reached_over_its_socket() throws Exception {
    Path socket = directory.resolve("kms.sock");
    AutoCloseable serving = kms.serve(socket);
    KmsMetrics counted = new KmsMetrics(metrics, Clock.system(), "a");
    try (KmsSocket plugin = new KmsSocket("fake", socket, Duration.ofSeconds(20), counted, Clock.system())) {
      assertThat(plugin.status()).isEqualTo(new KmsPlugin.Status("v2", "ok", "key-1"));
      KmsPlugin.Wrapped wrapped = plugin.encrypt(VALUE, "u");
      assertThat(wrapped.keyId()).isEqualTo("key-1");
      assertThat(plugin.decrypt(wrapped, "u")).isEqualTo(VALUE);
      kms.broken = true;
      assertThatThrownBy(plugin::status).hasMessageStartingWith("rpc error: code = Internal desc = ");
    } finally {
      serving.close();
    }
    assertThat(metrics.scrape()).contains("method_name=\"/v2.KeyManagementService/Encrypt\"");
  }

  @Test
  void a_configuration_names_the_service() throws Exception {
    Path socket = directory.resolve("kms.sock");
    Path file = directory.resolve("encryption.yaml");
    Files.writeString(
        file,
        "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{resources: [secrets], providers: ["
            + "{kms: {apiVersion: v2, name: fake, timeout: 20s, endpoint: 'unix://" + socket + "'}}, {identity: {}}]}]}");
    KeyServices services = new KeyServices(metrics, Clock.system(), new SecureRandom(), "apiserver-1");
    AutoCloseable serving = kms.serve(socket);
    try (Encryption encryption =
        new EncryptionConfiguration(file, new SecureRandom(), services).read(key -> new StoredResource("", "secrets"))) {
      encryption.checkServices();
      encryption.ready(PLACE);
      byte[] kept = encryption.seal(PLACE, PLACE, VALUE);
      assertThat(new String(kept, ISO_8859_1)).startsWith("k8s:enc:kms:v2:fake:");
      assertThat(encryption.open(PLACE, PLACE, kept).value()).isEqualTo(VALUE);
      assertThat(encryption.open(PLACE, PLACE, VALUE).outdated()).isTrue();
    } finally {
      serving.close();
    }
  }
}
