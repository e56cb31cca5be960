package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.apiserver.status.ApiException;

/**
 * What an authorizer is asked (source: apiserver/pkg/authorization/authorizer).
 *
 * @param resourceRequest whether it is about a resource; else only user, verb and path count
 * @param fieldSelector unparsed, "" for none
 */
public record Attributes(
    UserInfo user,
    boolean resourceRequest,
    String verb,
    String group,
    String version,
    String namespace,
    String resource,
    String subresource,
    String name,
    String path,
    String fieldSelector,
    String labelSelector) {

  public static Attributes of(UserInfo user, RequestInfo info) {
    return new Attributes(user, info.resource(), info.verb(), info.group(), info.version(), info.namespace(), info.resourceName(),
        info.subresource(), info.name(), info.path(), info.fieldSelector(), info.labelSelector());
  }

  /** A question about a resource that is not a request's own. */
  public static Attributes resource(
      UserInfo user, String verb, String group, String version, String namespace, String resource, String subresource, String name) {
    return new Attributes(user, true, verb, group, version, namespace, resource, subresource, name, "", "", "");
  }

  public static Attributes path(UserInfo user, String verb, String path) {
    return new Attributes(user, false, verb, "", "", "", "", "", "", path, "", "");
  }

  /** The same question about another verb. */
  public Attributes withVerb(String other) {
    return new Attributes(user, resourceRequest, other, group, version, namespace, resource, subresource, name, path, fieldSelector,
        labelSelector);
  }

  /** {@code pods} or {@code pods/log}. */
  String combinedResource() {
    return subresource.isEmpty() ? resource : resource + "/" + subresource;
  }

  /** The value that the field selector demands of a field, or "". */
  String selectedField(String field) {
    for (String term : fieldSelector.split(",")) {
      String text = term.strip();
      int equals = text.indexOf('=');
      if (equals > 0 && text.charAt(equals - 1) != '!' && text.substring(0, equals).equals(field)) {
        String value = text.substring(equals + 1);
        return value.startsWith("=") ? value.substring(1) : value;
      }
    }
    return "";
  }

  /** The answer 403 in native's words. */
  public ApiException forbidden(String reason) {
    String what;
    if (!resourceRequest) {
      what = "User \"" + user.name() + "\" cannot " + verb + " path \"" + path + "\"";
    } else {
      String where = namespace.isEmpty() ? " at the cluster scope" : " in the namespace \"" + namespace + "\"";
      what = "User \"" + user.name() + "\" cannot " + verb + " resource \"" + combinedResource() + "\" in API group \"" + group + "\""
          + where;
    }
    return ApiException.forbidden(group, resource, name, reason.isEmpty() ? what : what + ": " + reason);
  }
}
