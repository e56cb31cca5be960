package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Requests as admission sees them, in namespace {@code ns} where their resource has namespaces. */
public final class Requests {
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("pods", "Pod"),
          Map.entry("nodes", "Node"),
          Map.entry("namespaces", "Namespace"),
          Map.entry("services", "Service"),
          Map.entry("configmaps", "ConfigMap"),
          Map.entry("events", "Event"),
          Map.entry("serviceaccounts", "ServiceAccount"),
          Map.entry("persistentvolumeclaims", "PersistentVolumeClaim"));

  private static final Set<String> CLUSTER_SCOPED =
      Set.of("nodes", "namespaces", "certificatesigningrequests", "csinodes", "persistentvolumes", "clustertrustbundles");

  private String group = "";
  private final String plural;
  private String subresource = "";
  private UserInfo user = UserInfo.of("alice", "system:authenticated");
  private boolean dryRun;

  private Requests(String plural) {
    this.plural = plural;
  }

  /** On a resource, {@code pods} or {@code deployments.apps}, maybe through a subresource: {@code pods/status}. */
  public static Requests on(String resource) {
    String[] parts = resource.split("/", 2);
    int dot = parts[0].indexOf('.');
    Requests requests = new Requests(dot < 0 ? parts[0] : parts[0].substring(0, dot));
    requests.group = dot < 0 ? "" : parts[0].substring(dot + 1);
    requests.subresource = parts.length > 1 ? parts[1] : "";
    return requests;
  }

  public Requests by(String name, String... groups) {
    user = UserInfo.of(name, groups);
    return this;
  }

  public Requests dryRun() {
    dryRun = true;
    return this;
  }

  public AdmissionRequest create(String yaml) {
    return request(Verb.CREATE, Yaml.readTree(yaml), null);
  }

  public AdmissionRequest update(String old, String yaml) {
    return request(Verb.UPDATE, Yaml.readTree(yaml), Yaml.readTree(old));
  }

  public AdmissionRequest delete(String old) {
    return request(Verb.DELETE, null, Yaml.readTree(old));
  }

  private AdmissionRequest request(Verb verb, Tree object, Tree old) {
    boolean namespaced = !CLUSTER_SCOPED.contains(plural);
    String apiVersion = group.isEmpty() ? "v1" : group + "/v1";
    Resource resource =
        new Resource(
            group,
            plural,
            "",
            KINDS.getOrDefault(plural, plural),
            "List",
            namespaced,
            List.of(),
            List.of(),
            List.of("v1"),
            apiVersion,
            Map.of(),
            "/registry/" + plural + "/",
            Set.of(),
            Set.of(),
            false,
            new Kind() {});
    String name = (object == null ? old : object).tree("metadata").string("name");
    Operation.Options options = new Operation.Options(dryRun, "test", false, Operation.FieldValidation.IGNORE);
    Operation operation =
        new Operation(verb, resource, "v1", subresource, namespaced ? "ns"
            : "", name, user, options, Instant.parse("2026-01-01T00:00:00Z"));
    return new AdmissionRequest(operation, object, old, new Tree());
  }

  /** What a plugin says against a request, without the part that names the object; "" when it admits it. */
  public static String refusal(AdmissionPlugin plugin, AdmissionRequest request) {
    return thrown(plugin, request)
        .map(ApiException::getMessage)
        .map(message -> message.contains(" is forbidden: ") ? message.substring(message.indexOf(" is forbidden: ") + 15) : message)
        .orElse("");
  }

  public static Optional<ApiException> thrown(AdmissionPlugin plugin, AdmissionRequest request) {
    try {
      plugin.mutate(request);
      new AdmissionChain(List.of(plugin)).validate(request);
      return Optional.empty();
    } catch (ApiException e) {
      return Optional.of(e);
    }
  }
}
