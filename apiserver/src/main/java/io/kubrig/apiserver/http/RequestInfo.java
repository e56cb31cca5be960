package io.kubrig.apiserver.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a request is about, read from its method and URL alone (source: apiserver/pkg/endpoints/request, RequestInfoFactory).
 *
 * @param resource whether it speaks of a resource; of the others only {@code path} and {@code verb} (the method in lower case) count
 * @param path decoded
 * @param verb get, list, watch, create, update, patch, delete, deletecollection, proxy, or "" for a method the API does not know
 * @param apiPrefix api or apis
 * @param namespace "" for none or all
 * @param name also the one that a field selector metadata.name= of a list names
 * @param parts from the resource on: resource, name, subresource, and what follows
 * @param fieldSelector unparsed, only for list, watch and deletecollection
 * @param watchPath whether the deprecated {@code /watch/} form was used
 */
public record RequestInfo(
    boolean resource,
    String path,
    String verb,
    String apiPrefix,
    String group,
    String version,
    String namespace,
    String resourceName,
    String subresource,
    String name,
    List<String> parts,
    String fieldSelector,
    String labelSelector,
    boolean watchPath) {

  private static final Set<String> SPECIAL_VERBS = Set.of("proxy", "watch");
  private static final Set<String> OF_NAMESPACES = Set.of("status", "finalize");
  private static final Set<String> WITH_SELECTORS = Set.of("list", "watch", "deletecollection");

  /** A request that cannot be understood; native answers 400 with this text. */
  public static final class Unresolved extends Exception {
    Unresolved(String message) {
      super(message);
    }
  }

  /** A request outside of the API's resources. */
  public static RequestInfo ofPath(String method, String path) {
    return new RequestInfo(
        false, path, method.toLowerCase(Locale.ROOT), "", "", "", "", "", "", "", List.of(), "", "", false);
  }

  /**
   * Resolves.
   *
   * @param path decoded
   */
  public static RequestInfo of(String method, String path, Query query) throws Unresolved {
    List<String> parts = split(path);
    if (parts.size() < 3 || !(parts.getFirst().equals("api") || parts.getFirst().equals("apis"))) {
      return ofPath(method, path);
    }
    boolean legacy = parts.getFirst().equals("api");
    if (!legacy && parts.size() < 4) {
      return ofPath(method, path);
    }
    String group = legacy ? "" : parts.get(1);
    String version = parts.get(legacy ? 1 : 2);
    List<String> rest = parts.subList(legacy ? 2 : 3, parts.size());
    boolean special = SPECIAL_VERBS.contains(rest.getFirst());
    String verb = special ? rest.getFirst() : verbOf(method);
    if (special) {
      if (rest.size() < 2) {
        throw new Unresolved("unable to determine kind and namespace from url, " + path);
      }
      rest = rest.subList(1, rest.size());
    }
    String namespace = "";
    if (rest.getFirst().equals("namespaces") && rest.size() > 1) {
      namespace = rest.get(1);
      if (rest.size() > 2 && !OF_NAMESPACES.contains(rest.get(2))) {
        rest = rest.subList(2, rest.size());
      }
    }
    String subresource = rest.size() >= 3 && !verb.equals("proxy") ? rest.get(2) : "";
    String name = rest.size() >= 2 ? rest.get(1) : "";
    if (name.isEmpty() && verb.equals("get")) {
      verb = wantsWatch(query) ? "watch" : "list";
      name = nameOf(query.value("fieldSelector"));
    }
    if (name.isEmpty() && verb.equals("delete")) {
      verb = "deletecollection";
    }
    boolean selects = !special && WITH_SELECTORS.contains(verb);
    return new RequestInfo(true, path, verb, parts.getFirst(), group, version, namespace, rest.getFirst(), subresource, name,
        List.copyOf(rest), selects ? query.value("fieldSelector") : "", selects ? query.value("labelSelector") : "",
        special && verb.equals("watch"));
  }

  private static String verbOf(String method) {
    return switch (method) {
      case "POST" -> "create";
      case "GET", "HEAD" -> "get";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> "";
    };
  }

  private static boolean wantsWatch(Query query) {
    return query.flag("watch");
  }

  /** The one name that a field selector admits, or "". */
  private static String nameOf(String fieldSelector) {
    for (String term : fieldSelector.split(",")) {
      String text = term.strip();
      if (text.startsWith("metadata.name=")) {
        String name = text.substring("metadata.name=".length());
        name = name.startsWith("=") ? name.substring(1) : name;
        return isPathSegment(name) ? name : "";
      }
    }
    return "";
  }

  private static boolean isPathSegment(String name) {
    return !name.equals(".") && !name.equals("..") && name.indexOf('/') < 0 && name.indexOf('%') < 0;
  }

  /** The segments of a path, as native splits it: outer slashes do not count, inner double ones give empty segments. */
  static List<String> split(String path) {
    int from = 0;
    int to = path.length();
    while (from < to && path.charAt(from) == '/') {
      from++;
    }
    while (to > from && path.charAt(to - 1) == '/') {
      to--;
    }
    return from == to ? List.of() : new ArrayList<>(Arrays.asList(path.substring(from, to).split("/", -1)));
  }

  /** {@code pods} or {@code pods/log}. */
  public String resourceWithSubresource() {
    return subresource.isEmpty() ? resourceName : resourceName + "/" + subresource;
  }

  /** Whether the verb does not change anything (source: apiserver/pkg/server/filters). */
  public boolean isReadOnly() {
    return verb.equals("get") || verb.equals("list") || verb.equals("watch");
  }

  /** Whether it may last (source: kube-apiserver's long-running check). */
  public boolean isLongRunning() {
    if (!resource) {
      return false;
    }
    return verb.equals("watch") || verb.equals("proxy") || LONG_SUBRESOURCES.contains(subresource);
  }

  private static final Set<String> LONG_SUBRESOURCES = Set.of("attach", "exec", "proxy", "log", "portforward");
}
