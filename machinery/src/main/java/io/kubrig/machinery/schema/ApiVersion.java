package io.kubrig.machinery.schema;

import java.util.List;
import java.util.Optional;

/**
 * One version of a group with its resources.
 *
 * @param onByDefault whether it is served without being switched on
 * @param resources sorted by plural
 */
public record ApiVersion(String group, String version, boolean onByDefault, List<ApiResource> resources) {
  public ApiVersion {
    resources = List.copyOf(resources);
  }

  /** {@code v1} or {@code apps/v1}. */
  public String groupVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  public Optional<ApiResource> resource(String plural) {
    return resources.stream().filter(resource -> resource.plural().equals(plural)).findFirst();
  }
}
