package io.kubrig.apiserver.discovery;

import java.util.List;
import java.util.Optional;

/**
 * A group that is served at the moment.
 *
 * @param versions the preferred one first, never empty
 */
public record ServedGroup(String name, List<ServedVersion> versions) {
  public ServedGroup {
    versions = List.copyOf(versions);
  }

  public Optional<ServedVersion> version(String version) {
    return versions.stream().filter(served -> served.version().equals(version)).findFirst();
  }
}
