package io.kubrig.apiserver.aggregation;

import io.kubrig.machinery.tree.Tree;

/**
 * An APIService that a service of the cluster serves.
 *
 * @param name {@code version.group}
 * @param caBundle base64 of PEM, "" for the system's authorities
 * @param insecure whether any certificate will do
 * @param available as its condition says
 */
record RemoteService(
    String name,
    String group,
    String version,
    String namespace,
    String service,
    int port,
    String caBundle,
    boolean insecure,
    int groupPriority,
    int versionPriority,
    boolean available) {
  private static final int HTTPS = 443;

  /** @param object an APIService with a service */
  static RemoteService of(Tree object) {
    Tree spec = object.tree("spec");
    Tree service = spec.tree("service");
    boolean available =
        object.tree("status").trees("conditions").stream()
            .anyMatch(condition -> condition.string("type").equals("Available") && condition.string("status").equals("True"));
    return new RemoteService(
        object.tree("metadata").string("name"),
        spec.string("group"),
        spec.string("version"),
        service.string("namespace"),
        service.string("name"),
        (int) service.integer("port", HTTPS),
        spec.string("caBundle"),
        spec.bool("insecureSkipTLSVerify"),
        (int) spec.integer("groupPriorityMinimum"),
        (int) spec.integer("versionPriority"),
        available);
  }

  /** The name that its certificate must be for. */
  String host() {
    return service + "." + namespace + ".svc";
  }

  String path() {
    return group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
  }

  String groupVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  boolean uses(String otherNamespace, String otherService) {
    return namespace.equals(otherNamespace) && service.equals(otherService);
  }
}
