package io.kubrig.apiserver.encryption;

import io.kubrig.apiserver.storage.AtRest;
import java.util.Map;
import java.util.function.Function;

/** Encrypts what an EncryptionConfiguration says, resource by resource, and leaves the rest as it is. */
public final class Encryption implements AtRest {
  private final Function<String, StoredResource> owner;
  private volatile Map<StoredResource, Providers> rules;

  /** @param owner the resource that a key is of */
  Encryption(Map<StoredResource, Providers> rules, Function<String, StoredResource> owner) {
    this.rules = Map.copyOf(rules);
    this.owner = owner;
  }

  /** From now on other keys are used, for reading too. */
  void replace(Map<StoredResource, Providers> changed) {
    rules = Map.copyOf(changed);
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
