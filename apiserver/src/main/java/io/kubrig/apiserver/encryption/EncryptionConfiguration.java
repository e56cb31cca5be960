package io.kubrig.apiserver.encryption;

import io.kubrig.apiserver.encryption.Providers.Key;
import io.kubrig.apiserver.encryption.Providers.Provider;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of {@code --encryption-provider-config}: {@code EncryptionConfiguration} of {@code apiserver.config.k8s.io/v1}. Its complaints
 * are native's. (Source: apiserver/pkg/server/options/encryptionconfig.)
 */
public final class EncryptionConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(EncryptionConfiguration.class);
  private static final Set<String> VERSIONS = Set.of("apiserver.config.k8s.io/v1", "apiserver.k8s.io/v1");
  private static final Duration START_PATIENCE = Duration.ofMinutes(1);
  private static final Duration RELOAD = Duration.ofMinutes(1);

  private final Path file;
  private final SecureRandom random;
  private final KeyServices services;

  /**
   * @param random where nonces come from
   * @param services how key management services are reached
   */
  public EncryptionConfiguration(Path file, SecureRandom random, KeyServices services) {
    this.file = file;
    this.random = random;
    this.services = services;
  }

  /**
   * Reads the file.
   *
   * @param owner the resource that a key of the storage is of
   * @throws IOException when the file cannot be read
   * @throws IllegalArgumentException when it is not valid
   */
  public Encryption read(Function<String, StoredResource> owner) throws IOException {
    return new Encryption(rules(Files.readString(file), START_PATIENCE), owner);
  }

  /** Looks now and then whether the file has changed; one that is not valid is reported and leaves everything as it was. */
  public Clock.Timer reload(Encryption encryption, Clock clock) throws IOException {
    String[] known = {Files.readString(file)};
    return clock.every(
        RELOAD,
        () -> {
          try {
            String text = Files.readString(file);
            if (!text.equals(known[0])) {
              encryption.replace(rules(text, Duration.ZERO));
              known[0] = text;
              LOG.info("Loaded the changed encryption configuration {}", file);
            }
          } catch (IOException | IllegalArgumentException e) {
            LOG.error("The changed encryption configuration {} is not used: {}", file, e.getMessage());
          }
        });
  }

  Map<StoredResource, Providers> rules(String text, Duration patience) throws IOException {
    if (text.isBlank()) {
      throw new IllegalArgumentException("encryption provider configuration file \"" + file + "\" is empty");
    }
    Tree root;
    try {
      root = Yaml.readTree(text);
    } catch (YamlException | JsonException e) {
      throw new IllegalArgumentException("error decoding encryption provider configuration file \"" + file + "\": " + e.getMessage(), e);
    }
    if (!root.string("kind").equals("EncryptionConfiguration") || !VERSIONS.contains(root.string("apiVersion"))) {
      throw new IllegalArgumentException(
          "error decoding encryption provider configuration file \"" + file + "\": no kind \"" + root.string("kind")
              + "\" is registered for version \""
              + root.string("apiVersion") + "\"");
    }
    FieldErrors errors = EncryptionRules.check(root);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException("error while parsing file: " + errors.message());
    }
    return rules(root, patience);
  }

  private Map<StoredResource, Providers> rules(Tree root, Duration patience) throws IOException {
    Map<StoredResource, Providers> rules = new LinkedHashMap<>();
    try {
      fill(rules, root, patience);
      return rules;
    } catch (IOException | IllegalArgumentException e) {
      Encryption.services(rules).forEach(KmsEnvelope::close);
      throw e;
    }
  }

  private void fill(Map<StoredResource, Providers> rules, Tree root, Duration patience) throws IOException {
    for (Tree element : root.trees("resources")) {
      List<Provider> all = new ArrayList<>();
      for (Tree provider : element.trees("providers")) {
        all.add(provider(provider, patience));
      }
      Providers providers = new Providers(List.copyOf(all));
      for (String name : element.strings("resources")) {
        StoredResource resource = StoredResource.parse(name);
        failIfMasked(rules, resource, resource.wholeGroup());
        failIfMasked(rules, resource, StoredResource.EVERYTHING);
        rules.merge(resource, providers, Providers::and);
      }
    }
  }

  private static void failIfMasked(Map<StoredResource, Providers> rules, StoredResource resource, StoredResource wider) {
    if (!resource.equals(wider) && rules.containsKey(wider)) {
      throw new IllegalArgumentException("error while building transformers: resource \"" + resource + "\" is masked by earlier rule \""
          + wider + "\"");
    }
  }

  private Provider provider(Tree provider, Duration patience) throws IOException {
    if (provider.has("kms")) {
      Tree kms = provider.tree("kms");
      return new Provider.Kms("k8s:enc:kms:v2:" + kms.string("name") + ":", services.open(kms, patience));
    }
    if (provider.has("aescbc")) {
      return keys("k8s:enc:aescbc:v1:", "AES", provider.tree("aescbc"), secret -> new AesCbc(new SecretKeySpec(secret, "AES"), random));
    }
    if (provider.has("aesgcm")) {
      return keys("k8s:enc:aesgcm:v1:", "AES", provider.tree("aesgcm"), secret -> new AesGcm(new SecretKeySpec(secret, "AES"), random));
    }
    if (provider.has("secretbox")) {
      return keys("k8s:enc:secretbox:v1:", "Secretbox", provider.tree("secretbox"), secret -> new Secretbox(secret, random));
    }
    return new Provider.Identity();
  }

  private static Provider keys(String prefix, String family, Tree provider, Function<byte[], ValueCipher> cipher) {
    List<Key> keys = new ArrayList<>();
    for (Tree key : provider.trees("keys")) {
      keys.add(new Key(key.string("name"), cipher.apply(Base64.getDecoder().decode(key.string("secret")))));
    }
    return new Provider.Keys(prefix, family, List.copyOf(keys));
  }
}
