package io.kubrig.operators.engine;

import java.util.List;
import java.util.Map;

/**
 * A request that changes something, as it is sent.
 *
 * @param verb create, update, patch, delete or deletecollection
 * @param resource plural, group and subresource, as {@code deployments.apps/status}
 * @param namespace empty for cluster-scoped objects
 * @param name the object's; of one that the server is to name, what the name begins with, and a star; empty for all of a collection
 * @param revision the state of the object that is to be changed; empty where the request does not say
 * @param body the document that is sent; empty for none
 */
public record Write(String verb, String resource, String namespace, String name, String revision, String body) {
  private static final Map<String, String> VERBS = Map.of("POST", "create", "PUT", "update", "PATCH", "patch");
  private static final List<String> OF_NAMESPACES = List.of("status", "finalize");

  /** @param path a path of the API server; @param body may be null */
  public static Write of(String method, String path, String body) {
    List<String> segments = List.of(path.substring(1).split("/"));
    boolean core = segments.getFirst().equals("api");
    String group = core ? "" : "." + segments.get(1);
    List<String> rest = segments.subList(core ? 2 : 3, segments.size());
    boolean inside = rest.size() > 2 && rest.getFirst().equals("namespaces") && !OF_NAMESPACES.contains(rest.get(2));
    String namespace = inside ? rest.get(1) : "";
    List<String> object = inside ? rest.subList(2, rest.size()) : rest;
    String subresource = object.size() > 2 ? "/" + object.get(2) : "";
    Map<?, ?> document = body == null || body.isEmpty() || !body.startsWith("{") ? Map.of() : Objects.parse(body, Map.class);
    String name = object.size() > 1 ? object.get(1) : named(document);
    String verb = method.equals("DELETE") ? (object.size() > 1 ? "delete" : "deletecollection") : VERBS.getOrDefault(method, method);
    return new Write(verb, object.getFirst() + group + subresource, namespace, name, revision(document), body == null ? "" : body);
  }

  private static String named(Map<?, ?> document) {
    Map<?, ?> metadata = child(document, "metadata");
    Object name = metadata.get("name");
    Object beginning = metadata.get("generateName");
    return name != null && !name.equals("") ? name.toString() : beginning != null ? beginning + "*" : "";
  }

  private static String revision(Map<?, ?> document) {
    Object own = child(document, "metadata").get("resourceVersion");
    Object condition = child(document, "preconditions").get("resourceVersion");
    return own != null ? own.toString() : condition != null ? condition.toString() : "";
  }

  private static Map<?, ?> child(Map<?, ?> document, String name) {
    return document.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  /** Verb, resource and object. */
  @Override
  public String toString() {
    return verb + " " + resource + " " + (namespace.isEmpty() ? "" : namespace + "/") + (name.isEmpty() ? "(all)" : name);
  }
}
