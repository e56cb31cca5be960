package io.kubrig.operators.metadata;

import java.util.Set;

/**
 * One kind of object as a server offers it.
 *
 * @param group empty for the core group
 * @param plural its name in paths
 * @param verbs what can be done with it
 */
public record ResourceType(String group, String version, String plural, String kind, boolean namespaced, Set<String> verbs) {
  public ResourceType {
    verbs = Set.copyOf(verbs);
  }

  /** Group and version as objects carry them. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** The resource whatever its version, as {@code deployments.apps}; with a trailing dot in the core group. */
  public String groupResource() {
    return plural + "." + group;
  }

  /** Whether all these verbs are served. */
  public boolean serves(String... wanted) {
    return verbs.containsAll(Set.of(wanted));
  }

  /** The path of all its objects, or of those of a namespace. */
  public String collection(String namespace) {
    return (group.isEmpty() ? "/api/" : "/apis/") + apiVersion()
        + (namespace == null || namespace.isEmpty() ? "/" : "/namespaces/" + namespace + "/") + plural;
  }

  /** The path of one object. */
  public String path(String namespace, String name) {
    return collection(namespaced ? namespace : "") + "/" + name;
  }

  /** Group, version and resource as native messages spell them. */
  @Override
  public String toString() {
    return group + "/" + version + ", Resource=" + plural;
  }
}
