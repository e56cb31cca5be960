package io.kubrig.apiserver.admission.policy;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.machinery.cel.AuthorizerLibrary.Check;
import io.kubrig.machinery.cel.AuthorizerLibrary.Decision;
import io.kubrig.machinery.cel.CelValues;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the expressions of policies see of a request. */
final class PolicyInput {
  private PolicyInput() {}

  /** @param version in which the objects are to be seen */
  static Map<String, Object> of(AdmissionRequest request, String version, Tree namespace, Authorizer authorizer) {
    Operation operation = request.operation();
    Map<String, Object> input = new HashMap<>();
    String apiVersion = operation.resource().apiVersion(version);
    input.put("object", CelValues.dynamic(request.inVersion(request.seen(), apiVersion)));
    input.put("oldObject", CelValues.dynamic(request.inVersion(request.seenOld(), apiVersion)));
    input.put("namespaceObject", CelValues.dynamic(namespace));
    input.put("request", describe(request, version));
    Check check = Check.of((asked, verb) -> judge(asked, verb, operation.user(), authorizer));
    input.put("authorizer", check);
    Resource resource = operation.resource();
    input.put(
        "authorizer.requestResource",
        check.withResource(resource.group(), resource.plural(), operation.subresource(), operation.namespace(), operation.name()));
    return input;
  }

  private static Map<String, Object> describe(AdmissionRequest request, String version) {
    Operation operation = request.operation();
    Resource resource = operation.resource();
    Map<String, Object> map = new LinkedHashMap<>();
    GroupVersionKind kind = request.kind();
    boolean main = kind.equals(resource.gvk(operation.version()));
    map.put("kind", Map.of("group", kind.group(), "version", main ? version : kind.version(), "kind", kind.kind()));
    map.put("resource", Map.of("group", resource.group(), "version", version, "resource", resource.plural()));
    map.put("requestKind", Map.of("group", kind.group(), "version", kind.version(), "kind", kind.kind()));
    map.put("requestResource", Map.of("group", resource.group(), "version", operation.version(), "resource", resource.plural()));
    if (!operation.subresource().isEmpty()) {
      map.put("subResource", operation.subresource());
      map.put("requestSubResource", operation.subresource());
    }
    Tree object = request.object() == null ? request.old() : request.object();
    String name = operation.name().isEmpty() && object != null ? object.tree("metadata").string("name") : operation.name();
    if (!name.isEmpty()) {
      map.put("name", name);
    }
    String namespace = request.is("", "namespaces") ? name : operation.namespace();
    if (!namespace.isEmpty()) {
      map.put("namespace", namespace);
    }
    map.put("operation", operation.verb().name());
    map.put("userInfo", user(operation.user()));
    map.put("dryRun", operation.dryRun());
    map.put("options", CelValues.dynamic(request.options() == null ? new Tree() : request.options()));
    return map;
  }

  private static Map<String, Object> user(UserInfo user) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("username", user.name());
    if (!user.uid().isEmpty()) {
      map.put("uid", user.uid());
    }
    map.put("groups", List.copyOf(user.groups()));
    if (!user.extra().isEmpty()) {
      map.put("extra", user.extra());
    }
    return map;
  }

  private static Decision judge(Check check, String verb, UserInfo requester, Authorizer authorizer) {
    UserInfo who = requester;
    if (!check.serviceAccount().isEmpty()) {
      String namespace = check.serviceAccount().substring(0, check.serviceAccount().indexOf(':'));
      who =
          UserInfo.of(
              "system:serviceaccount:" + check.serviceAccount(), "system:serviceaccounts", "system:serviceaccounts:" + namespace,
                  "system:authenticated");
    }
    Attributes attributes =
        check.path().isEmpty()
            ? Attributes.resource(who, verb, check.group(), "*", check.namespace(), check.resource(), check.subresource(), check.name())
            : Attributes.path(who, verb, check.path());
    Verdict verdict = authorizer.authorize(attributes);
    return new Decision(verdict.allows(), verdict.reason(), "");
  }
}
