package io.kubrig.apiserver.encryption;

import io.kubrig.apiserver.storage.AtRest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Encrypts what an EncryptionConfiguration says, resource by resource, and leaves the rest as it is. */
public final class Encryption implements AtRest, AutoCloseable {
  private final Function<String, StoredResource> owner;
  private volatile Map<StoredResource, Providers> rules;

  /** @param owner the resource that a key is of */
  Encryption(Map<StoredResource, Providers> rules, Function<String, StoredResource> owner) {
    this.rules = Map.copyOf(rules);
    this.owner = owner;
  }

  /** From now on other keys are used, for reading too. */
  void replace(Map<StoredResource, Providers> changed) {
    Set<KmsEnvelope> before = services(rules);
    rules = Map.copyOf(changed);
    before.forEach(KmsEnvelope::close);
  }

  @Override
  public void ready(String key) throws IOException {
    Providers providers = providers(key);
    if (providers != null) {
      providers.ready();
    }
  }

  /**
   * Asks the key management services in use how they are.
   *
   * @throws IOException when one is not well
   */
  public void checkServices() throws IOException {
    List<String> errors = new ArrayList<>();
    for (KmsEnvelope service : services(rules)) {
      try {
        service.check();
      } catch (IOException e) {
        errors.add(e.getMessage());
      }
    }
    if (!errors.isEmpty()) {
      throw new IOException(errors.size() == 1 ? errors.getFirst() : "[" + String.join(", ", errors) + "]");
    }
  }

  /** Whether there are key management services at all. */
  public boolean hasServices() {
    return !services(rules).isEmpty();
  }

  static Set<KmsEnvelope> services(Map<StoredResource, Providers> rules) {
    Set<KmsEnvelope> services = new LinkedHashSet<>();
    for (Providers providers : rules.values()) {
      for (Providers.Provider provider : providers.all()) {
        if (provider instanceof Providers.Provider.Kms kms) {
          services.add(kms.envelope());
        }
      }
    }
    return services;
  }

  @Override
  public void close() {
    services(rules).forEach(KmsEnvelope::close);
  }

  @Override
  public byte[] seal(String key, String place, byte[] value) {
    Providers providers = providers(key);
    return providers == null ? value : providers.seal(place, value);
  }

  @Override
  public Opened open(String key, String place, byte[] kept) {
    Providers providers = providers(key);
    return providers == null ? AtRest.PLAIN.open(key, place, kept) : providers.open(place, kept);
  }

  /** The narrowest rule for a key; null for none. */
  private Providers providers(String key) {
    Map<StoredResource, Providers> now = rules;
    StoredResource resource = owner.apply(key);
    Providers exact = now.get(resource);
    if (exact != null) {
      return exact;
    }
    Providers group = now.get(resource.wholeGroup());
    return group != null ? group : now.get(StoredResource.EVERYTHING);
  }
}
