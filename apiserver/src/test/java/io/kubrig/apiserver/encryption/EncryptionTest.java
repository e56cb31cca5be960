package io.kubrig.apiserver.encryption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.apiserver.storage.EmbeddedStorage;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.UnreadableValueException;
import io.kubrig.apiserver.storage.Write;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.schemas.KubernetesSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionTest {
  private static final String KEY = "/registry/secrets/default/s";
  private static final String A = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final String B = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
  private static final byte[] VALUE =
      "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"s\"},\"data\":{\"k\":\"c2VjcmV0\"}}".getBytes(UTF_8);

  @TempDir Path directory;

  private static String resources(String names, String providers) {
    return "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{resources: " + names + ", providers: ["
        + providers + "]}]}";
  }

  private static String keys(String provider, String... namesAndSecrets) {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < namesAndSecrets.length; i += 2) {
      keys.append(i == 0 ? "" : ", ").append("{name: ").append(namesAndSecrets[i]).append(", secret: ").append(namesAndSecrets[i + 1])
          .append("}");
    }
    return "{" + provider + ": {keys: [" + keys + "]}}";
  }

  private EncryptionConfiguration configuration(String text) throws IOException {
    Path file = directory.resolve("encryption.yaml");
    Files.writeString(file, text);
    return new EncryptionConfiguration(file, new SecureRandom(), services());
  }

  private static KeyServices services() {
    return new KeyServices(new KubernetesRegistry(), Clock.system(), new SecureRandom(), "apiserver-test");
  }

  private Encryption encryption(String text) throws IOException {
    return configuration(text).read(new StoredResources(KubernetesSchemas.resources().onByDefault()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"aescbc", "aesgcm", "secretbox"})
  void a_value_says_which_key_encrypted_it_and_only_that_key_reads_it(String provider) throws IOException {
    Encryption encryption = encryption(resources("[secrets]", keys(provider, "key1", A)));
    byte[] kept = encryption.seal(KEY, KEY, VALUE);
    assertThat(new String(kept, ISO_8859_1)).startsWith("k8s:enc:" + provider + ":v1:key1:").doesNotContain("c2VjcmV0");
    assertThat(encryption.seal(KEY, KEY, VALUE)).as("nonces are fresh").isNotEqualTo(kept);
    assertThat(encryption.open(KEY, KEY, kept)).usingRecursiveComparison().isEqualTo(new AtRest.Opened(VALUE, false));
    Encryption renamed = encryption(resources("[secrets]", keys(provider, "key2", A)));
    assertThatThrownBy(() -> renamed.open(KEY, KEY, kept))
        .isInstanceOf(UnreadableValueException.class)
        .hasMessageMatching("no matching key was found for the provided (AES|Secretbox) transformer");
    assertThatThrownBy(() -> AtRest.PLAIN.open(KEY, KEY, kept)).hasMessage("identity transformer tried to read encrypted data");
    Encryption other = encryption(resources("[secrets]", keys(provider, "key1", B)));
    assertThatThrownBy(() -> other.open(KEY, KEY, kept)).isInstanceOf(UnreadableValueException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"aesgcm", "secretbox"})
  void a_changed_bit_is_found(String provider) throws IOException {
    Encryption encryption = encryption(resources("[secrets]", keys(provider, "key1", A)));
    byte[] kept = encryption.seal(KEY, KEY, VALUE);
    kept[kept.length - 3] ^= 4;
    assertThatThrownBy(() -> encryption.open(KEY, KEY, kept)).isInstanceOf(UnreadableValueException.class);
  }

  @Test
  void a_value_of_aesgcm_cannot_be_moved_to_another_key() throws IOException {
    Encryption encryption = encryption(resources("[secrets]", keys("aesgcm", "key1", A)));
    byte[] kept = encryption.seal(KEY, KEY, VALUE);
    assertThatThrownBy(() -> encryption.open(KEY, "/registry/secrets/default/t", kept)).hasMessage("cipher: message authentication failed");
  }

  @Test
  void keys_rotate_by_being_put_first() throws IOException {
    byte[] old = encryption(resources("[secrets]", keys("aescbc", "one", A))).seal(KEY, KEY, VALUE);
    Encryption rotated = encryption(resources("[secrets]", keys("aescbc", "two", B, "one", A) + ", {identity: {}}"));
    assertThat(rotated.open(KEY, KEY, old)).usingRecursiveComparison().isEqualTo(new AtRest.Opened(VALUE, true));
    assertThat(rotated.open(KEY, KEY, VALUE)).as("from before encryption").usingRecursiveComparison()
        .isEqualTo(new AtRest.Opened(VALUE, true));
    assertThat(rotated.open(KEY, KEY, rotated.seal(KEY, KEY, VALUE)).outdated()).isFalse();
  }

  @Test
  void secretbox_is_that_of_nacl() throws Exception {
    // tests/secretbox.c of NaCl
    byte[] key = HexFormat.of().parseHex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
    String nonce = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
    String boxed =
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2"
            + "270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74"
            + "e355a5";
    byte[] opened = new Secretbox(key, new SecureRandom()).decrypt(HexFormat.of().parseHex(nonce + boxed), "");
    assertThat(HexFormat.of().formatHex(opened)).startsWith("be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc")
        .hasSize(262);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[secrets]|/registry/secrets/d/s|true",
        "[secrets]|/registry/configmaps/d/s|false",
        "['*.']|/registry/configmaps/d/s|true",
        "['*.']|/registry/deployments/d/s|false",
        "['*.apps']|/registry/deployments/d/s|true",
        "[deployments.apps]|/registry/deployments/d/s|true",
        "[events]|/registry/events/d/s|true",
        "[services]|/registry/services/specs/d/s|true",
        "[nodes]|/registry/minions/n|true",
        "[customresourcedefinitions.apiextensions.k8s.io]|/registry/apiextensions.k8s.io/customresourcedefinitions/c|true",
        "[things.example.com]|/registry/example.com/things/d/t|true",
        "['*.example.com']|/registry/example.com/things/d/t|true",
        "['*.*']|/registry/example.com/things/d/t|true",
        "['*.*']|/registry/leases/d/l|true",
      })
  void resources_are_named_as_in_the_api(String names, String key, boolean encrypted) throws IOException {
    Encryption encryption = encryption(resources(names, keys("aesgcm", "k", A)));
    assertThat(new String(encryption.seal(key, key, VALUE), ISO_8859_1).startsWith("k8s:enc:")).isEqualTo(encrypted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[secrets]|{kms: {name: k, endpoint: 'unix:///x'}}|resources[0].providers[0].kms.apiVersion: Forbidden: KMSv1 is deprecated",
        "[secrets]|{kms: {name: 'a:b', endpoint: 'unix:///x', apiVersion: v2}}|kms.name: Invalid value: \"a:b\": invalid KMS provider name "
            + "a:b, must not contain ':'",
        "[secrets]|{kms: {name: k, endpoint: 'tcp://x', apiVersion: v2}}|kms.endpoint: Invalid value: \"tcp://x\": unsupported scheme "
            + "\"tcp\" for KMS provider, only unix is supported",
        "[secrets]|{kms: {name: k, endpoint: 'unix:///x', apiVersion: v2, timeout: 0s}}|kms.timeout: Invalid value: \"0s\": timeout "
            + "should be a positive value",
        "[secrets]|{aescbc: {keys: [{name: a, secret: YWJj}]}}|resources[0].providers[0].aescbc.keys[0].secret: Invalid value: "
            + "\"REDACTED\": secret is not of the expected length, got 3, expected one of [16 24 32]",
        "[secrets]|{secretbox: {keys: []}}|resources[0].providers[0].secretbox.keys: Required value: at least one keys is required",
        "[secrets]|{}|provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity",
        "['*']|{identity: {}}|use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources",
        "[secrets, '*.']|{identity: {}}|using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed "
            + "as they will be masked",
        "[pods, pods]|{identity: {}}|the same resource cannot be specified multiple times",
        "['*.events.k8s.io']|{identity: {}}|Use 'events' instead in the config file",
        "[]|{identity: {}}|resources[0].resources: Required value: at least one resources[0].resources is required",
      })
  void what_is_wrong_is_said_in_natives_words(String names, String providers, String message) {
    assertThatThrownBy(() -> encryption(resources(names, providers))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void an_earlier_rule_must_not_hide_a_later_one() {
    String text =
        "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{resources: ['*.*'], providers: "
            + "[{identity: {}}]},"
            + " {resources: [secrets], providers: [{identity: {}}]}]}";
    assertThatThrownBy(() -> encryption(text)).hasMessageContaining("resource \"secrets\" is masked by earlier rule \"*.*\"");
  }

  @Test
  void a_changed_file_is_read_again_when_that_is_asked_for() throws IOException {
    EncryptionConfiguration configuration = configuration(resources("[secrets]", keys("aescbc", "one", A)));
    Encryption encryption = configuration.read(new StoredResources(KubernetesSchemas.resources().onByDefault()));
    VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
    configuration.reload(encryption, clock);
    Files.writeString(directory.resolve("encryption.yaml"), "nonsense");
    clock.advance(Duration.ofMinutes(1));
    assertThat(new String(encryption.seal(KEY, KEY, VALUE), ISO_8859_1)).startsWith("k8s:enc:aescbc:v1:one:");
    Files.writeString(directory.resolve("encryption.yaml"), resources("[secrets]", keys("aesgcm", "two", B)));
    clock.advance(Duration.ofMinutes(1));
    assertThat(new String(encryption.seal(KEY, KEY, VALUE), ISO_8859_1)).startsWith("k8s:enc:aesgcm:v1:two:");
  }

  @Test
  void the_embedded_storage_writes_no_secret_in_the_clear_and_keeps_what_it_cannot_read() throws Exception {
    Encryption encryption = encryption(resources("[secrets]", keys("aesgcm", "key1", A)));
    Path data = directory.resolve("data");
    try (EmbeddedStorage storage = EmbeddedStorage.open(data, encryption, Clock.system())) {
      storage.commit(new Write.Put(KEY, 0, VALUE, null, null));
    }
    assertThat(allBytes(data)).contains("k8s:enc:aesgcm:v1:key1:").doesNotContain("c2VjcmV0");
    try (EmbeddedStorage storage = EmbeddedStorage.open(data, AtRest.PLAIN, Clock.system())) {
      Entry entry = storage.keyspace().current().get(KEY).orElseThrow();
      assertThatThrownBy(entry::value).hasMessage("identity transformer tried to read encrypted data");
    }
    try (EmbeddedStorage storage = EmbeddedStorage.open(data, encryption, Clock.system())) {
      assertThat(new String(storage.keyspace().current().get(KEY).orElseThrow().value(), UTF_8)).contains("c2VjcmV0");
    }
  }

  private static String allBytes(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        all.append(Files.readString(file, ISO_8859_1));
      }
    }
    return all.toString();
  }
}
