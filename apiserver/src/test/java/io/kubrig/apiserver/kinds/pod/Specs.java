package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Pod specs for tests, written as JSON with single quotes. */
final class Specs {
  private Specs() {}

  static Tree tree(String json) {
    return Json.readTree(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  /** A spec of one container with more members, defaulted as a pod's. */
  static Tree pod(String members) {
    String container = "'containers':[{'name':'c','image':'i'}]";
    Tree spec = tree("{" + (members.contains("'containers'") ? members : container + (members.isEmpty() ? "" : "," + members)) + "}");
    PodDefaults.pod(spec);
    return spec;
  }

  /** A pod's spec with one container that has more members. */
  static Tree container(String members) {
    return pod("'containers':[{'name':'c','image':'i'," + members + "}]");
  }

  /** What is wrong with the spec of a pod, one {@code path: message} each. */
  static List<String> wrong(Tree spec) {
    FieldErrors errors = new FieldErrors();
    PodRules.spec(spec, new Scope(true, true), FieldPath.of("spec"), errors);
    return errors.causes().stream().map(cause -> cause.field() + ": " + cause.message()).toList();
  }
}
