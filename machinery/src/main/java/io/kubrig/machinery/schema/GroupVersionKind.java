package io.kubrig.machinery.schema;

/**
 * Names a kind in one version.
 *
 * @param group "" for the core group
 */
public record GroupVersionKind(String group, String version, String kind) {

  /** Reads {@code v1} or {@code apps/v1}. A text with more than one slash gives a group that does not exist. */
  public static GroupVersionKind of(String apiVersion, String kind) {
    int slash = apiVersion.lastIndexOf('/');
    return new GroupVersionKind(slash < 0 ? "" : apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind);
  }

  /** {@code v1} or {@code apps/v1}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }
}
