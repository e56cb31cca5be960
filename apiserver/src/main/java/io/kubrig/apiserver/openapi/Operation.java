package io.kubrig.apiserver.openapi;

import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An operation of the API, from which both versions of OpenAPI are written.
 *
 * @param method lower case
 * @param description "" for none
 * @param parameters of path and query
 * @param responses by status; an answer without a body has no schema
 * @param action get, list, post, …; "" for what is no resource
 */
record Operation(
    String method,
    String description,
    String id,
    String tag,
    List<Parameter> parameters,
    Optional<Body> body,
    List<String> produces,
    Map<Integer, Response> responses,
    String action,
    Optional<GroupVersionKind> kind) {

  /**
   * A parameter.
   *
   * @param in path or query
   */
  record Parameter(String in, String name, String type, String description) implements Comparable<Parameter> {
    boolean required() {
      return in.equals("path");
    }

    @Override
    public int compareTo(Parameter other) {
      int byName = name.compareTo(other.name);
      return byName != 0 ? byName : in.compareTo(other.in);
    }
  }

  /**
   * What is sent.
   *
   * @param definition its name
   */
  record Body(String definition, boolean required, List<String> consumes) {}

  /**
   * What is answered.
   *
   * @param schema in the form of OpenAPI 3.0
   */
  record Response(String description, Optional<Tree> schema) {}

  Operation {
    parameters = List.copyOf(parameters);
    produces = List.copyOf(produces);
    responses = Map.copyOf(responses);
  }
}
