package io.kubrig.apiserver.kinds.networking;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Ingress classes. */
final class IngressClassKind implements Kind {
  private static final FieldPath CONTROLLER = FieldPath.of("spec", "controller");
  private static final FieldPath PARAMETERS = FieldPath.of("spec", "parameters");

  private static final TableColumns COLUMNS =
      Columns.of(
          (type, now) ->
              Columns.row(name(type), type.tree("spec").string("controller"), parameters(type), Columns.age(type, now)),
          Columns.NAME,
          Columns.text("Controller", "Controller that is responsible for handling this class"),
          Columns.text("Parameters", "A reference to a resource with additional parameters"),
          Columns.AGE);

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    if (object.tree("spec").get("parameters") instanceof Tree parameters) {
      parameters.fill("scope", "Cluster");
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    String controller = object.tree("spec").string("controller");
    if (controller.isEmpty()) {
      errors.required(CONTROLLER, "");
    } else if (controller.length() > 250) {
      errors.tooLong(CONTROLLER, 250);
    }
    if (!controller.isEmpty() && !isPrefixedPath(controller)) {
      errors.invalid(CONTROLLER, controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
    }
    if (object.tree("spec").get("parameters") instanceof Tree parameters) {
      parameters(parameters, errors);
    }
  }

  private static boolean isPrefixedPath(String text) {
    int slash = text.indexOf('/');
    return slash > 0
        && slash < text.length() - 1
        && Names.isDnsSubdomain(text.substring(0, slash))
        && text.substring(slash + 1).matches("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");
  }

  private static void parameters(Tree parameters, FieldErrors errors) {
    for (String member : List.of("kind", "name")) {
      String value = parameters.string(member);
      if (value.isEmpty()) {
        errors.required(PARAMETERS.child(member), "");
      } else {
        Names.pathSegment(value, false).forEach(text -> errors.invalid(PARAMETERS.child(member), value, text));
      }
    }
    String group = parameters.string("apiGroup");
    if (parameters.get("apiGroup") != null) {
      Names.dnsSubdomain(group).forEach(text -> errors.invalid(PARAMETERS.child("apiGroup"), group, text));
    }
    String namespace = parameters.string("namespace");
    switch (parameters.string("scope")) {
      case "Namespace" -> {
        if (namespace.isEmpty()) {
          errors.required(PARAMETERS.child("namespace"), "`parameters.scope` is set to 'Namespace'");
        } else {
          Names.dnsLabel(namespace).forEach(text -> errors.invalid(PARAMETERS.child("namespace"), namespace, text));
        }
      }
      case "Cluster" -> {
        if (!namespace.isEmpty()) {
          errors.forbidden(PARAMETERS.child("namespace"), "`parameters.scope` is set to 'Cluster'");
        }
      }
      case "" -> errors.required(PARAMETERS.child("scope"), "");
      default -> errors.notSupported(PARAMETERS.child("scope"), parameters.string("scope"), List.of("Cluster", "Namespace"));
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    MetadataRules.immutable(object.tree("spec").string("controller"), old.tree("spec").string("controller"), CONTROLLER, errors);
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String name(Tree type) {
    boolean preset = type.at("metadata", "annotations").string("ingressclass.kubernetes.io/is-default-class").equals("true");
    return Columns.name(type) + (preset ? " (default)" : "");
  }

  private static String parameters(Tree type) {
    if (!(type.tree("spec").get("parameters") instanceof Tree parameters)) {
      return "<none>";
    }
    String group = parameters.string("apiGroup");
    return parameters.string("kind") + (group.isEmpty() ? "" : "." + group) + "/" + parameters.string("name");
  }
}
