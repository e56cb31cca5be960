package io.kubrig.apiserver.discovery;

import io.kubrig.machinery.schema.ApiVersion;

/**
 * A version that is served at the moment.
 *
 * @param groupPriority of its group: the highest of all versions counts
 * @param versionPriority within its group
 * @param stale whether the server behind it could not be asked lately
 */
public record ServedVersion(ApiVersion api, int groupPriority, int versionPriority, Origin origin, boolean stale) {

  /** Who serves a version. */
  public enum Origin {
    BUILT_IN,
    /** A CustomResourceDefinition of this server. */
    CUSTOM,
    /** Another server, through an APIService. */
    AGGREGATED
  }

  /** A version of custom resources, with the priorities that native registers them with. */
  public static ServedVersion custom(ApiVersion api) {
    return new ServedVersion(api, 1000, 100, Origin.CUSTOM, false);
  }

  public String group() {
    return api.group();
  }

  public String version() {
    return api.version();
  }
}
