package io.kubrig.apiserver.openapi;

import io.kubrig.apiserver.openapi.Operation.Body;
import io.kubrig.apiserver.openapi.Operation.Parameter;
import io.kubrig.apiserver.openapi.Operation.Response;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiSubresource;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** The operations on one resource, by path. (Source: apiserver/pkg/endpoints, APIInstaller.) */
final class ResourceOperations {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final List<String> ANY_TYPE = List.of("*/*");

  /** Resources whose deletion answers the deleted object instead of a status. */
  private static final Map<String, Set<String>> ANSWER_DELETED =
      Map.of(
          "",
          Set.of("persistentvolumeclaims", "persistentvolumes", "pods", "podtemplates", "resourcequotas", "serviceaccounts", "services"),
          "resource.k8s.io",
          Set.of("deviceclasses", "resourceclaims", "resourceclaimtemplates", "resourceslices", "devicetaintrules",
              "resourcepoolstatusrequests"),
          "storage.k8s.io",
          Set.of("csidrivers", "csinodes", "storageclasses", "volumeattachments", "volumeattributesclasses"));

  private final ApiResource resource;
  private final MediaTypes types;
  private final Parameters parameters;
  private final Function<GroupVersionKind, String> definitionName;
  private final Map<String, List<Operation>> paths = new TreeMap<>();
  private final String root;
  private final String prefix;

  private ResourceOperations(
      ApiResource resource, MediaTypes types, Parameters parameters, Function<GroupVersionKind, String> definitionName) {
    this.resource = resource;
    this.types = types;
    this.parameters = parameters;
    this.definitionName = definitionName;
    this.root = resource.group().isEmpty() ? "/api/" + resource.version() : "/apis/" + resource.group() + "/" + resource.version();
    this.prefix = GroupNames.upper(resource.group()) + GroupNames.capital(resource.version());
  }

  static Map<String, List<Operation>> of(
      ApiResource resource, MediaTypes types, Parameters parameters, Function<GroupVersionKind, String> definitionName) {
    ResourceOperations operations = new ResourceOperations(resource, types, parameters, definitionName);
    operations.collection();
    operations.item();
    operations.watches();
    resource.subresources().forEach(operations::subresource);
    return operations.paths;
  }

  private String scoped() {
    return resource.namespaced() ? "Namespaced" + resource.kind().kind() : resource.kind().kind();
  }

  private String inScope(String rest) {
    return resource.namespaced() ? "/namespaces/{namespace}/" + rest : "/" + rest;
  }

  private List<Parameter> scopeParameters(boolean pretty) {
    List<Parameter> list = new ArrayList<>();
    if (resource.namespaced()) {
      list.add(Parameters.NAMESPACE);
    }
    if (pretty) {
      list.add(Parameters.PRETTY);
    }
    return list;
  }

  // ---- the collection ------------------------------------------------------------------------------------------------

  private void collection() {
    String path = root + inScope(resource.plural());
    String kind = resource.kind().kind();
    if (resource.verbs().contains("list")) {
      list(path, "list" + prefix + scoped(), scopeParameters(true));
      if (resource.namespaced()) {
        list(root + "/" + resource.plural(), "list" + prefix + kind + "ForAllNamespaces", List.of(Parameters.PRETTY));
      }
    }
    if (resource.verbs().contains("create")) {
      String description = "create" + article(kind) + kind;
      add(path, write("post", description, "create" + prefix + scoped(), resource.kind(), "CreateOptions", scopeParameters(true), 200, 201,
          202));
    }
    if (resource.verbs().contains("deletecollection")) {
      List<Parameter> all = scopeParameters(true);
      all.addAll(options("DeleteOptions", Set.of()));
      options("ListOptions", Set.of("watch", "allowWatchBookmarks")).stream().filter(option -> !all.contains(option)).forEach(all::add);
      add(
          path,
          operation("delete", "delete collection of " + kind, "delete" + prefix + "Collection" + scoped(), all)
              .body(new Body(META + "DeleteOptions", false, ANY_TYPE))
              .answer(200, "OK", ref(META + "Status"))
              .build("deletecollection", resource.kind()));
    }
  }

  private void list(String path, String id, List<Parameter> scope) {
    List<Parameter> all = new ArrayList<>(scope);
    all.addAll(options("ListOptions", Set.of()));
    String what = resource.verbs().contains("watch") ? "list or watch" : "list";
    add(
        path,
        operation("get", what + " objects of kind " + resource.kind().kind(), id, all)
            .produces(types.streaming())
            .answer(200, "OK", ref(definitionName.apply(resource.listKind())))
            .build("list", resource.kind()));
  }

  // ---- one object ----------------------------------------------------------------------------------------------------

  private void item() {
    String path = root + inScope(resource.plural() + "/{name}");
    String kind = resource.kind().kind();
    List<Parameter> scope = scopeParameters(true);
    scope.add(Parameters.name(kind));
    if (resource.verbs().contains("get")) {
      add(path, read("read the specified " + kind, "read" + prefix + scoped(), resource.kind(), scope));
    }
    if (resource.verbs().contains("update")) {
      add(path, write("put", "replace the specified " + kind, "replace" + prefix + scoped(), resource.kind(), "UpdateOptions", scope, 200,
          201));
    }
    if (resource.verbs().contains("patch")) {
      add(path, patch("partially update the specified " + kind, "patch" + prefix + scoped(), resource.kind(), scope));
    }
    if (resource.verbs().contains("delete")) {
      boolean deleted = ANSWER_DELETED.getOrDefault(resource.group(), Set.of()).contains(resource.plural());
      Tree answer = ref(deleted ? definitionName.apply(resource.kind()) : META + "Status");
      List<Parameter> all = new ArrayList<>(scope);
      all.addAll(options("DeleteOptions", Set.of()));
      add(
          path,
          operation("delete", "delete" + article(kind) + kind, "delete" + prefix + scoped(), all)
              .body(new Body(META + "DeleteOptions", false, ANY_TYPE))
              .answer(200, "OK", answer)
              .answer(202, "Accepted", answer)
              .build("delete", resource.kind()));
    }
  }

  private void watches() {
    if (!resource.verbs().contains("watch") || !types.deprecatedWatches()) {
      return;
    }
    String kind = resource.kind().kind();
    String listed =
        "watch individual changes to a list of " + kind + ". deprecated: use the 'watch' parameter with a list operation instead.";
    watch(root + "/watch" + inScope(resource.plural()), listed, "watch" + prefix + scoped() + "List", "watchlist", scopeParameters(true));
    if (resource.namespaced()) {
      String id = "watch" + prefix + kind + "ListForAllNamespaces";
      watch(root + "/watch/" + resource.plural(), listed, id, "watchlist", List.of(Parameters.PRETTY));
    }
    List<Parameter> scope = scopeParameters(true);
    scope.add(Parameters.name(kind));
    String single =
        "watch changes to an object of kind "
            + kind
            + ". deprecated: use the 'watch' parameter with a list operation instead, filtered to a single item with the 'fieldSelector'"
            + " parameter.";
    if (resource.verbs().contains("get")) {
      watch(root + "/watch" + inScope(resource.plural() + "/{name}"), single, "watch" + prefix + scoped(), "watch", scope);
    }
  }

  private void watch(String path, String description, String id, String action, List<Parameter> scope) {
    List<Parameter> all = new ArrayList<>(scope);
    all.addAll(options("ListOptions", Set.of()));
    add(
        path,
        operation("get", description, id, all)
            .produces(types.streaming())
            .answer(200, "OK", ref(META + "WatchEvent"))
            .build(action, resource.kind()));
  }

  // ---- subresources --------------------------------------------------------------------------------------------------

  private void subresource(ApiSubresource subresource) {
    if (subresource.kind().kind().endsWith("Options")) {
      connect(subresource);
      return;
    }
    String path = root + inScope(resource.plural() + "/{name}/" + subresource.name());
    String kind = resource.kind().kind();
    String suffix = scoped() + GroupNames.capital(subresource.name());
    List<Parameter> scope = scopeParameters(true);
    scope.add(Parameters.name(subresource.kind().kind()));
    GroupVersionKind gvk = subresource.kind();
    if (subresource.name().equals("log")) {
      log(path, suffix, scope);
      return;
    }
    String of = subresource.name() + " of the specified " + kind;
    if (subresource.verbs().contains("get")) {
      add(path, read("read " + of, "read" + prefix + suffix, gvk, scope));
    }
    if (subresource.verbs().contains("update")) {
      add(path, write("put", "replace " + of, "replace" + prefix + suffix, gvk, "UpdateOptions", scope, 200, 201));
    }
    if (subresource.verbs().contains("patch")) {
      add(path, patch("partially update " + of, "patch" + prefix + suffix, gvk, scope));
    }
    if (subresource.verbs().contains("create")) {
      String description = "create " + subresource.name() + " of" + article(kind) + kind;
      add(path, write("post", description, "create" + prefix + suffix, gvk, "CreateOptions", scope, 200, 201, 202));
    }
  }

  private void log(String path, String suffix, List<Parameter> scope) {
    List<Parameter> all = new ArrayList<>(scope);
    all.addAll(parameters.options(new GroupVersionKind("", "v1", "PodLogOptions"), Set.of()));
    List<String> produces = new ArrayList<>(List.of("text/plain"));
    produces.addAll(types.plain());
    add(
        path,
        operation("get", "read log of the specified " + resource.kind().kind(), "read" + prefix + suffix, all)
            .produces(produces)
            .answer(200, "OK", Tree.of("type", "string"))
            .build("get", resource.kind()));
  }

  private void connect(ApiSubresource subresource) {
    String path = root + inScope(resource.plural() + "/{name}/" + subresource.name());
    List<Parameter> scope = scopeParameters(false);
    scope.add(Parameters.name(subresource.kind().kind()));
    scope.addAll(parameters.options(subresource.kind(), Set.of()));
    connect(path, subresource, scope, "");
    if (subresource.name().equals("proxy")) {
      List<Parameter> deeper = new ArrayList<>(scope);
      deeper.add(Parameters.PATH);
      connect(path + "/{path}", subresource, deeper, "WithPath");
    }
  }

  private void connect(String path, ApiSubresource subresource, List<Parameter> all, String suffix) {
    List<String> methods =
        subresource.name().equals("proxy") ? List.of("get", "post", "put", "patch", "delete", "head", "options") : List.of("get", "post");
    for (String method : methods) {
      String id = "connect" + prefix + GroupNames.capital(method) + scoped() + GroupNames.capital(subresource.name()) + suffix;
      String description =
          "connect " + method.toUpperCase(Locale.ROOT) + " requests to " + subresource.name() + " of " + resource.kind().kind();
      add(
          path,
          operation(method, description, id, all)
              .produces(ANY_TYPE)
              .answer(200, "OK", Tree.of("type", "string"))
              .build("connect", subresource.kind()));
    }
  }

  // ---- parts ---------------------------------------------------------------------------------------------------------

  private Operation read(String description, String id, GroupVersionKind kind, List<Parameter> scope) {
    return operation("get", description, id, scope).answer(200, "OK", ref(definitionName.apply(kind))).build("get", kind);
  }

  private Operation write(
      String method, String description, String id, GroupVersionKind kind, String options, List<Parameter> scope, int... statuses) {
    List<Parameter> all = new ArrayList<>(scope);
    all.addAll(options(options, Set.of()));
    Builder builder = operation(method, description, id, all).body(new Body(definitionName.apply(kind), true, ANY_TYPE));
    for (int status : statuses) {
      builder.answer(status, status == 200 ? "OK" : status == 201 ? "Created" : "Accepted", ref(definitionName.apply(kind)));
    }
    return builder.build(method, kind);
  }

  private Operation patch(String description, String id, GroupVersionKind kind, List<Parameter> scope) {
    List<Parameter> all = new ArrayList<>(scope);
    all.addAll(options("PatchOptions", Set.of()));
    return operation("patch", description, id, all)
        .body(new Body(META + "Patch", true, types.patches()))
        .answer(200, "OK", ref(definitionName.apply(kind)))
        .answer(201, "Created", ref(definitionName.apply(kind)))
        .build("patch", kind);
  }

  private List<Parameter> options(String kind, Set<String> without) {
    return parameters.options(new GroupVersionKind("", "v1", kind), without);
  }

  private static Tree ref(String definition) {
    return Tree.of("$ref", Definitions.REF + definition);
  }

  /** The indefinite article between blanks; a plural has none. */
  private static String article(String noun) {
    if (noun.endsWith("s") && !noun.endsWith("ss")) {
      return " ";
    }
    return "aeiou".indexOf(Character.toLowerCase(noun.charAt(0))) >= 0 ? " an " : " a ";
  }

  private void add(String path, Operation operation) {
    paths.computeIfAbsent(path, _ -> new ArrayList<>()).add(operation);
  }

  private Builder operation(String method, String description, String id, List<Parameter> all) {
    return new Builder(method, description, id, all);
  }

  private final class Builder {
    private final String method;
    private final String description;
    private final String id;
    private final List<Parameter> all;
    private List<String> produces = types.plain();
    private Optional<Body> body = Optional.empty();
    private final Map<Integer, Response> responses = new LinkedHashMap<>();

    private Builder(String method, String description, String id, List<Parameter> all) {
      this.method = method;
      this.description = description;
      this.id = id;
      this.all = all;
    }

    private Builder produces(List<String> value) {
      produces = value;
      return this;
    }

    private Builder body(Body value) {
      body = Optional.of(value);
      return this;
    }

    private Builder answer(int status, String text, Tree schema) {
      responses.put(status, new Response(text, Optional.of(schema)));
      return this;
    }

    private Operation build(String action, GroupVersionKind kind) {
      String tag = GroupNames.tag(resource.group(), resource.version());
      responses.put(401, new Response("Unauthorized", Optional.empty()));
      return new Operation(method, description, id, tag, all, body, produces, responses, action, Optional.of(kind));
    }
  }
}
