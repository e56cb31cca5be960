package io.kubrig.apiserver.status;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * An answer of the API that is not success: what a client receives as {@code Status}. The factory methods give each kind of failure its
 * native code, reason, message and details (source: apimachinery/pkg/api/errors).
 */
public final class ApiException extends RuntimeException {
  /** Failures that show their details even when those are empty. */
  private static final Set<Integer> ALWAYS_DETAILED = Set.of(403, 404, 405, 406, 422);

  private final int code;
  private final String reason;
  private final Tree details;
  private final String continueToken;
  private final boolean detailed;

  public ApiException(int code, String reason, String message, Tree details) {
    this(code, reason, message, details, "");
  }

  /** @param continueToken where a client may go on although its list has expired; "" for none */
  public ApiException(int code, String reason, String message, Tree details, String continueToken) {
    this(code, reason, message, details, continueToken, ALWAYS_DETAILED.contains(code));
  }

  private ApiException(int code, String reason, String message, Tree details, String continueToken, boolean detailed) {
    super(message, null, false, false);
    this.detailed = detailed;
    this.continueToken = continueToken;
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** A failure as somebody else states it. @param details null for none, which are then not shown */
  public static ApiException stated(int code, String reason, String message, Tree details) {
    return new ApiException(code, reason, message, details == null ? new Tree() : details, "", details != null);
  }

  /** The HTTP status. */
  public int code() {
    return code;
  }

  /** Machine-readable, "" for Unknown. */
  public String reason() {
    return reason;
  }

  public Tree details() {
    return details;
  }

  /** The Status object (apiVersion v1). */
  public Tree status() {
    Tree status = Tree.of("kind", "Status", "apiVersion", "v1", "metadata", metadata(), "status", "Failure", "message", getMessage());
    if (!reason.isEmpty()) {
      status.set("reason", reason);
    }
    if (detailed || !details.isEmpty()) {
      status.set("details", details);
    }
    return status.set("code", (long) code);
  }

  private Tree metadata() {
    return continueToken.isEmpty() ? new Tree() : Tree.of("continue", continueToken);
  }

  public static ApiException notFound(String group, String resource, String name) {
    return new ApiException(
        404, "NotFound", qualified(group, resource) + " " + quoted(name) + " not found", details(group, resource, name));
  }

  /** 404 for a path that nothing serves. */
  public static ApiException noSuchPath() {
    return new ApiException(404, "NotFound", "the server could not find the requested resource", new Tree());
  }

  public static ApiException alreadyExists(String group, String resource, String name) {
    return new ApiException(
        409, "AlreadyExists", qualified(group, resource) + " " + quoted(name) + " already exists", details(group, resource, name));
  }

  public static ApiException conflict(String group, String resource, String name, String why) {
    return new ApiException(
        409,
        "Conflict",
        "Operation cannot be fulfilled on " + qualified(group, resource) + " " + quoted(name) + ": " + why,
        details(group, resource, name));
  }

  public static ApiException forbidden(String group, String resource, String name, String why) {
    String what = name.isEmpty() ? qualified(group, resource) : qualified(group, resource) + " " + quoted(name);
    String message = resource.isEmpty() ? "forbidden: " + why : what + " is forbidden: " + why;
    return new ApiException(403, "Forbidden", message, details(group, resource, name));
  }

  public static ApiException unauthorized() {
    return new ApiException(401, "Unauthorized", "Unauthorized", new Tree());
  }

  public static ApiException badRequest(String why) {
    return new ApiException(400, "BadRequest", why, new Tree());
  }

  /** 422 with one cause per field error; {@code kind} is the object's kind. */
  public static ApiException invalid(String group, String kind, String name, FieldErrors errors) {
    Tree details = details(group, kind, name);
    details.set("causes", causes(errors.causes()));
    String message = kindWithGroup(kind, group) + " " + quoted(name) + " is invalid: " + errors.message();
    return new ApiException(422, "Invalid", message, details);
  }

  /** 422 without a word on what is wrong, as native answers what it takes for a generic failure of its server. */
  public static ApiException unprocessable() {
    return new ApiException(422, "Invalid", "the server rejected our request due to an error in our request", new Tree());
  }

  public static ApiException methodNotSupported(String group, String resource, String action) {
    Tree details = new Tree();
    putIfPresent(details, "group", group);
    putIfPresent(details, "kind", resource);
    return new ApiException(405, "MethodNotAllowed",
        action + " is not supported on resources of kind \"" + qualified(group, resource) + "\"", details);
  }

  /** 405 for a method that a path does not take. */
  public static ApiException methodNotAllowed() {
    return new ApiException(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new Tree());
  }

  public static ApiException gone(String message) {
    return new ApiException(410, "Gone", message, new Tree());
  }

  /** 410 for a resource version or continue token that has aged out. */
  public static ApiException expired(String message) {
    return new ApiException(410, "Expired", message, new Tree());
  }

  public static ApiException unsupportedMediaType(String message) {
    return new ApiException(415, "UnsupportedMediaType", message, new Tree());
  }

  /** 415 of native's router, which has no route for the media type, in place of that of its handlers. */
  public static ApiException noRouteForMediaType() {
    return new ApiException(415, "UnsupportedMediaType", "415: Unsupported Media Type", new Tree(), "", true);
  }

  public static ApiException notAcceptable(String message) {
    return new ApiException(406, "NotAcceptable", message, Tree.empty(), "", false);
  }

  /** 406 of the router, which knows a route's media types only. */
  public static ApiException notRoutable(String message) {
    return new ApiException(406, "NotAcceptable", message, new Tree());
  }

  public static ApiException tooLarge(String message) {
    return new ApiException(413, "RequestEntityTooLarge", message, new Tree());
  }

  public static ApiException tooManyRequests(String message, int retryAfterSeconds) {
    Tree details = new Tree();
    if (retryAfterSeconds > 0) {
      details.set("retryAfterSeconds", (long) retryAfterSeconds);
    }
    return new ApiException(429, "TooManyRequests", message, details);
  }

  public static ApiException timeout(String message) {
    return new ApiException(504, "Timeout", "Timeout: " + message, new Tree());
  }

  public static ApiException serviceUnavailable(String message) {
    return new ApiException(503, "ServiceUnavailable", message, new Tree());
  }

  public static ApiException internal(String message) {
    Tree details = Tree.of("causes", causes(List.of(new Cause("", message, ""))));
    return new ApiException(500, "InternalError", "Internal error occurred: " + message, details);
  }

  /** {@code pods} or {@code deployments.apps}. */
  public static String qualified(String group, String resource) {
    return group.isEmpty() ? resource : resource + "." + group;
  }

  private static String kindWithGroup(String kind, String group) {
    return group.isEmpty() ? kind : kind + "." + group;
  }

  private static String quoted(String name) {
    return FieldErrors.quoted(name);
  }

  private static Tree details(String group, String kind, String name) {
    Tree details = new Tree();
    putIfPresent(details, "name", name);
    putIfPresent(details, "group", group);
    putIfPresent(details, "kind", kind);
    return details;
  }

  private static void putIfPresent(Tree tree, String name, String value) {
    if (!value.isEmpty()) {
      tree.set(name, value);
    }
  }

  private static List<Object> causes(List<Cause> causes) {
    List<Object> list = new ArrayList<>(causes.size());
    for (Cause cause : causes) {
      Tree tree = new Tree();
      putIfPresent(tree, "reason", cause.reason());
      putIfPresent(tree, "message", cause.message());
      putIfPresent(tree, "field", cause.field());
      list.add(tree);
    }
    return list;
  }
}
