package io.kubrig.apiserver.encryption;

import io.kubrig.apiserver.registry.BuiltInResources;
import io.kubrig.machinery.schema.ApiGroup;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Which resource a stored key is of. */
public final class StoredResources implements Function<String, StoredResource> {
  private static final String ROOT = "/registry/";

  private final Map<String, StoredResource> builtIn = new HashMap<>();

  /** @param groups the built-in ones */
  public StoredResources(List<ApiGroup> groups) {
    for (ApiGroup group : groups) {
      for (ApiVersion version : group.versions()) {
        version.resources().forEach(this::add);
      }
    }
  }

  private void add(ApiResource resource) {
    String storage = resource.storage().startsWith("core/") ? resource.storage().substring("core/".length()) : resource.storage();
    String group = storage.isEmpty() ? resource.kind().group() : GroupVersionKind.of(storage, "").group();
    builtIn.putIfAbsent(BuiltInResources.keyPrefix(group, resource.plural()), new StoredResource(group, resource.plural()));
  }

  /** What is no object of any resource (allocation, leases of servers) counts as of the core group. */
  @Override
  public StoredResource apply(String key) {
    int first = key.indexOf('/', ROOT.length());
    if (first < 0) {
      return new StoredResource("", key.substring(ROOT.length()));
    }
    int second = key.indexOf('/', first + 1);
    StoredResource deep = second < 0 ? null : builtIn.get(key.substring(0, second + 1));
    if (deep != null) {
      return deep;
    }
    StoredResource known = builtIn.get(key.substring(0, first + 1));
    if (known != null) {
      return known;
    }
    String group = key.substring(ROOT.length(), first);
    return group.indexOf('.') > 0 && second > 0 ? new StoredResource(group, key.substring(first + 1, second))
        : new StoredResource("", group);
  }
}
