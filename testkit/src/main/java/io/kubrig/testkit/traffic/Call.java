package io.kubrig.testkit.traffic;

import io.kubrig.apiserver.http.RequestInfo;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A request that a client made.
 *
 * @param number counts the requests of a cluster
 * @param at when, in the cluster's time
 * @param client who made it: the name of a test's user, or the user agent of a part
 * @param verb get, list, watch, create, update, patch, delete, deletecollection; the method in lower case for what is no resource
 * @param resource the plural, "" for what is no resource
 * @param path as sent
 */
public record Call(
    long number,
    Instant at,
    String client,
    String verb,
    String group,
    String resource,
    String subresource,
    String namespace,
    String name,
    String path) {

  static Call of(long number, Instant at, String client, RequestInfo info) {
    return new Call(
        number, at, client, info.verb(), info.group(), info.resourceName(), info.subresource(), info.namespace(), info.name(), info.path());
  }

  /** Whether it asks for a change. */
  public boolean isWrite() {
    return switch (verb) {
      case "create", "update", "patch", "delete", "deletecollection" -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    if (resource.isEmpty()) {
      return client + " " + verb + " " + path;
    }
    String what = Stream.of(resource, subresource).filter(part -> !part.isEmpty()).collect(Collectors.joining("/"));
    String where = Stream.of(namespace, name).filter(part -> !part.isEmpty()).collect(Collectors.joining("/"));
    return (client + " " + verb + " " + what + " " + where).stripTrailing();
  }
}
