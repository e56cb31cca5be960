package io.kubrig.apiserver.encryption;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.tree.Tree;
import java.net.URI;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is wrong with an EncryptionConfiguration. (Source: apiserver/pkg/apis/apiserver/validation/validation_encryption.go.) */
final class EncryptionRules {
  private static final List<String> PROVIDERS = List.of("kms", "aesgcm", "aescbc", "secretbox", "identity");
  private static final Set<String> WITHOUT_API = Set.of("apiserveripinfo", "serviceipallocations", "servicenodeportallocations");
  private static final List<Integer> AES_LENGTHS = List.of(16, 24, 32);
  private static final List<Integer> SECRETBOX_LENGTHS = List.of(32);

  private EncryptionRules() {}

  static FieldErrors check(Tree root) {
    FieldErrors errors = new FieldErrors();
    FieldPath path = FieldPath.of("resources");
    List<Tree> elements = root.trees("resources");
    if (elements.isEmpty()) {
      return atLeastOne(errors, path, path.toString());
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < elements.size(); i++) {
      element(elements.get(i), path.index(i), names, errors);
    }
    return errors;
  }

  private static FieldErrors atLeastOne(FieldErrors errors, FieldPath path, String what) {
    return errors.required(path, "at least one " + what + " is required");
  }

  private static void element(Tree element, FieldPath path, Set<String> names, FieldErrors errors) {
    FieldPath resourcesPath = path.child("resources");
    List<String> resources = element.strings("resources");
    if (resources.isEmpty()) {
      atLeastOne(errors, resourcesPath, resourcesPath.toString());
    }
    overlap(resources, resourcesPath, errors);
    for (int i = 0; i < resources.size(); i++) {
      name(resources.get(i), resourcesPath.index(i), errors);
    }
    FieldPath providersPath = path.child("providers");
    List<Tree> providers = element.trees("providers");
    if (providers.isEmpty()) {
      atLeastOne(errors, providersPath, providersPath.toString());
    }
    for (int i = 0; i < providers.size(); i++) {
      provider(providers.get(i), providersPath.index(i), names, errors);
    }
  }

  private static void overlap(List<String> texts, FieldPath path, FieldErrors errors) {
    List<StoredResource> resources = texts.stream().map(StoredResource::parse).toList();
    boolean duplicate = false;
    boolean overlap = false;
    for (int i = 0; i < resources.size(); i++) {
      for (int j = 0; j < resources.size(); j++) {
        StoredResource one = resources.get(i);
        StoredResource other = resources.get(j);
        if (i == j) {
          continue;
        }
        if (one.equals(other)) {
          duplicate = true;
        } else {
          boolean sameGroup = one.group().equals(other.group());
          overlap |= one.equals(StoredResource.EVERYTHING) || sameGroup && (one.plural().equals("*") || other.plural().equals("*"));
        }
      }
    }
    if (duplicate) {
      errors.invalid(path, List.copyOf(texts), "the same resource cannot be specified multiple times");
    }
    if (overlap) {
      errors.invalid(
          path, List.copyOf(texts),
              "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked");
    }
  }

  private static void name(String text, FieldPath path, FieldErrors errors) {
    StoredResource resource = StoredResource.parse(text);
    if (text.chars().anyMatch(Character::isUpperCase)) {
      errors.invalid(path, text, "resource name should not contain capital letters");
    } else if (text.equals("*")) {
      errors.invalid(path, text, "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources");
    } else if (WITHOUT_API.contains(text)) {
      errors.invalid(path, text, "resources which do not have REST API/s cannot be encrypted");
    } else if (resource.group().equals("events.k8s.io")) {
      errors.invalid(path, text,
          "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file");
    } else if (resource.group().equals("extensions")) {
      errors.invalid(path, text, "'extensions' group has been removed and cannot be used for encryption");
    } else if (resource.group().equals("*") && !resource.plural().equals("*")) {
      errors.invalid(path, text, "encrypting the same resource across groups is not supported");
    }
  }

  private static void provider(Tree provider, FieldPath path, Set<String> names, FieldErrors errors) {
    List<String> named = PROVIDERS.stream().filter(provider::has).toList();
    if (named.isEmpty()) {
      errors.invalid(path, provider, "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity");
      return;
    }
    if (named.size() > 1) {
      errors.invalid(path, "REDACTED", "more than one provider specified in a single element, should split into different list elements");
    }
    switch (named.getFirst()) {
      case "kms" -> kms(provider.tree("kms"), path.child("kms"), names, errors);
      case "aesgcm", "aescbc" -> keys(provider.tree(named.getFirst()), path.child(named.getFirst(), "keys"), AES_LENGTHS, errors);
      case "secretbox" -> keys(provider.tree("secretbox"), path.child("secretbox", "keys"), SECRETBOX_LENGTHS, errors);
      default -> { } // identity has no settings
    }
  }

  /** @param names of the services before */
  private static void kms(Tree kms, FieldPath path, Set<String> names, FieldErrors errors) {
    String name = kms.string("name");
    if (name.isEmpty()) {
      errors.required(path.child("name"), "name is a mandatory field for a provider");
    }
    if (name.contains(":")) {
      errors.invalid(path.child("name"), name, "invalid KMS provider name " + name + ", must not contain ':'");
    }
    if (!names.add(name)) {
      errors.invalid(path.child("name"), name, "duplicate KMS provider name " + name + ", names must be unique");
    }
    timeout(kms.string("timeout"), path.child("timeout"), errors);
    endpoint(kms.string("endpoint"), path.child("endpoint"), errors);
    if (kms.has("cachesize")) {
      errors.invalid(path.child("cachesize"), kms.integer("cachesize"), "cachesize is not supported in v2");
    }
    String version = kms.string("apiVersion");
    if (version.isEmpty() || version.equals("v1")) {
      errors.forbidden(path.child("apiVersion"),
          "KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 instead.");
    } else if (!version.equals("v2")) {
      errors.invalid(path.child("apiVersion"), version, "unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported");
    }
  }

  private static void timeout(String text, FieldPath path, FieldErrors errors) {
    try {
      if (!text.isEmpty() && !GoDuration.parse(text).isPositive()) {
        errors.invalid(path, text, "timeout should be a positive value");
      }
    } catch (IllegalArgumentException e) {
      errors.invalid(path, text, e.getMessage());
    }
  }

  private static void endpoint(String text, FieldPath path, FieldErrors errors) {
    if (text.isEmpty()) {
      errors.invalid(path, "", "endpoint is a mandatory field for a kms");
      return;
    }
    try {
      URI endpoint = URI.create(text);
      if (!"unix".equals(endpoint.getScheme())) {
        errors.invalid(path, text, "unsupported scheme \"" + endpoint.getScheme() + "\" for KMS provider, only unix is supported");
      } else if (endpoint.getPath() == null || !endpoint.getPath().startsWith("/") || endpoint.getPath().startsWith("/@")) {
        errors.invalid(path, text, "must name a socket file");
      }
    } catch (IllegalArgumentException e) {
      errors.invalid(path, text, "invalid endpoint for kms provider, error: " + e.getMessage());
    }
  }

  private static void keys(Tree provider, FieldPath path, List<Integer> lengths, FieldErrors errors) {
    List<Tree> keys = provider.trees("keys");
    if (keys.isEmpty()) {
      atLeastOne(errors, path, "keys");
    }
    for (int i = 0; i < keys.size(); i++) {
      key(keys.get(i), path.index(i), lengths, errors);
    }
  }

  private static void key(Tree key, FieldPath path, List<Integer> lengths, FieldErrors errors) {
    if (key.string("name").isEmpty()) {
      errors.required(path.child("name"), "name is a mandatory field for a key");
    }
    FieldPath secretPath = path.child("secret");
    if (key.string("secret").isEmpty()) {
      errors.required(secretPath, "secret is a mandatory field for a key");
      return;
    }
    try {
      int length = Base64.getDecoder().decode(key.string("secret")).length;
      if (!lengths.contains(length)) {
        String expected = lengths.toString().replace(",", "");
        errors.invalid(secretPath, "REDACTED", "secret is not of the expected length, got " + length + ", expected one of " + expected);
      }
    } catch (IllegalArgumentException e) {
      errors.invalid(secretPath, "REDACTED", "secrets must be base64 encoded");
    }
  }
}
