package io.kubrig.apiserver.openapi;

import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.discovery.ServedVersion;
import io.kubrig.apiserver.openapi.Operation.Response;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** The operations of everything that is served, in the parts that OpenAPI 3.0 publishes one by one. */
final class ApiPaths {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final List<String> DISCOVERY = List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf");

  private final Parameters parameters;
  private final Function<GroupVersionKind, String> definitionName;

  /**
   * @param definitionName of a kind
   */
  ApiPaths(Parameters parameters, Function<GroupVersionKind, String> definitionName) {
    this.parameters = parameters;
    this.definitionName = definitionName;
  }

  /** What computes the paths of each part, by the part's name: {@code api/v1}, {@code apis/apps}, {@code version}. */
  Map<String, Supplier<Map<String, List<Operation>>>> parts(ServedApis.Snapshot served) {
    Map<String, Supplier<Map<String, List<Operation>>>> parts = new TreeMap<>();
    parts.put(".well-known/openid-configuration", ApiPaths::openIdConfiguration);
    parts.put("openid/v1/jwks", ApiPaths::openIdKeys);
    parts.put("version", ApiPaths::version);
    parts.put("api", () -> discovery("/api/", "get available API versions", "getCoreAPIVersions", "core", "APIVersions", DISCOVERY));
    parts.put("apis", () -> discovery("/apis/", "get available API versions", "getAPIVersions", "apis", "APIGroupList", DISCOVERY));
    served
        .groups()
        .forEach(
            group -> {
              if (!group.name().isEmpty()
                  && group.versions().stream().anyMatch(version -> version.origin() == ServedVersion.Origin.BUILT_IN)) {
                parts.put("apis/" + group.name(), () -> group(group.name()));
              }
              group.versions().stream()
                  .filter(version -> version.origin() != ServedVersion.Origin.AGGREGATED)
                  .forEach(version -> parts.put(part(version), () -> version(version)));
            });
    return parts;
  }

  private static String part(ServedVersion version) {
    return (version.group().isEmpty() ? "api/" : "apis/" + version.group() + "/") + version.version();
  }

  private Map<String, List<Operation>> version(ServedVersion version) {
    boolean builtIn = version.origin() == ServedVersion.Origin.BUILT_IN;
    Map<String, List<Operation>> paths = new TreeMap<>();
    for (ApiResource resource : version.api().resources()) {
      MediaTypes types = builtIn ? MediaTypes.BUILT_IN : MediaTypes.CUSTOM;
      paths.putAll(ResourceOperations.of(resource, types, parameters, definitionName));
    }
    if (builtIn) {
      String prefix = GroupNames.upper(version.group()) + GroupNames.capital(version.version());
      String tag = GroupNames.tag(version.group(), version.version());
      paths.putAll(
          discovery(
              "/" + part(version) + "/",
              "get available resources",
              "get" + prefix + "APIResources",
              tag,
              "APIResourceList",
              MediaTypes.BUILT_IN.plain()));
    }
    return paths;
  }

  private static Map<String, List<Operation>> group(String group) {
    String id = "get" + GroupNames.upper(group) + "APIGroup";
    return discovery("/apis/" + group + "/", "get information of a group", id, GroupNames.lower(group), "APIGroup", DISCOVERY);
  }

  private static Map<String, List<Operation>> discovery(
      String path, String description, String id, String tag, String kind, List<String> produces) {
    return Map.of(path, List.of(get(description, id, tag, produces, Tree.of("$ref", Definitions.REF + META + kind))));
  }

  private static Map<String, List<Operation>> openIdConfiguration() {
    String description = "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'";
    String id = "getServiceAccountIssuerOpenIDConfiguration";
    return Map.of(
        "/.well-known/openid-configuration/",
        List.of(get(description, id, "WellKnown", List.of("application/json"), Tree.of("type", "string"))));
  }

  private static Map<String, List<Operation>> openIdKeys() {
    String description = "get service account issuer OpenID JSON Web Key Set (contains public token verification keys)";
    String id = "getServiceAccountIssuerOpenIDKeyset";
    return Map.of(
        "/openid/v1/jwks/", List.of(get(description, id, "openid", List.of("application/jwk-set+json"), Tree.of("type", "string"))));
  }

  private static Map<String, List<Operation>> version() {
    Tree schema = Tree.of("$ref", Definitions.REF + "io.k8s.apimachinery.pkg.version.Info");
    String description = "get the version information for this server";
    return Map.of("/version/", List.of(get(description, "getCodeVersion", "version", List.of("application/json"), schema)));
  }

  private static Operation get(String description, String id, String tag, List<String> produces, Tree schema) {
    Map<Integer, Response> responses =
        Map.of(200, new Response("OK", Optional.of(schema)), 401, new Response("Unauthorized", Optional.empty()));
    return new Operation("get", description, id, tag, List.of(), Optional.empty(), produces, responses, "", Optional.empty());
  }
}
