package io.kubrig.machinery.schema;

import java.util.List;
import java.util.Optional;

/**
 * A group with its versions.
 *
 * @param name "" for the core group
 * @param versions the preferred one first, never empty
 */
public record ApiGroup(String name, List<ApiVersion> versions) {
  public ApiGroup {
    versions = List.copyOf(versions);
  }

  public Optional<ApiVersion> version(String version) {
    return versions.stream().filter(candidate -> candidate.version().equals(version)).findFirst();
  }
}
