package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** Writes AdmissionReviews. (Source: API reference admission.k8s.io/v1.) */
final class Reviews {
  private static final String GROUP = "admission.k8s.io/";

  private Reviews() {}

  /** The first version that both sides know; "" when there is none. */
  static String version(Hook hook) {
    return hook.stated().strings("admissionReviewVersions").stream().filter(List.of("v1", "v1beta1")::contains).findFirst().orElse("");
  }

  static String apiVersion(String version) {
    return GROUP + version;
  }

  /**
   * @param object in the kind of the invocation, or null
   * @param old likewise
   */
  static Tree write(String version, String uid, AdmissionRequest request, Invocation invocation, Tree object, Tree old) {
    Operation operation = request.operation();
    Resource resource = operation.resource();
    Tree asked = Tree.of("uid", uid, "kind", kind(invocation.kind()), "resource", resource(invocation.resource(), invocation.version()));
    add(asked, "subResource", operation.subresource());
    asked.set("requestKind", kind(request.kind()));
    asked.set("requestResource", resource(resource, operation.version()));
    add(asked, "requestSubResource", operation.subresource());
    Tree named = request.object() == null ? request.old() : request.object();
    String name = operation.name().isEmpty() && named != null ? named.tree("metadata").string("name") : operation.name();
    add(asked, "name", name);
    add(asked, "namespace", request.is("", "namespaces") ? name : operation.namespace());
    asked.set("operation", operation.verb().name());
    asked.set("userInfo", user(operation.user()));
    asked.set("object", object).set("oldObject", old);
    asked.set("dryRun", operation.dryRun());
    asked.set("options", request.options() == null || request.options().isEmpty() ? null : request.options());
    return Tree.of("kind", "AdmissionReview", "apiVersion", apiVersion(version), "request", asked);
  }

  private static void add(Tree tree, String member, String value) {
    if (!value.isEmpty()) {
      tree.set(member, value);
    }
  }

  private static Tree kind(GroupVersionKind kind) {
    return Tree.of("group", kind.group(), "version", kind.version(), "kind", kind.kind());
  }

  private static Tree resource(Resource resource, String version) {
    return Tree.of("group", resource.group(), "version", version, "resource", resource.plural());
  }

  private static Tree user(UserInfo user) {
    Tree tree = new Tree();
    add(tree, "username", user.name());
    add(tree, "uid", user.uid());
    if (!user.groups().isEmpty()) {
      tree.set("groups", new ArrayList<Object>(user.groups()));
    }
    if (!user.extra().isEmpty()) {
      Tree extra = new Tree();
      user.extra().forEach((key, values) -> extra.set(key, new ArrayList<Object>(values)));
      tree.set("extra", extra);
    }
    return tree;
  }
}
