package io.kubrig.apiserver.kinds.rbac;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Role bindings and cluster role bindings. What they refer to never changes. */
final class BindingKind implements Kind {
  private static final String GROUP = "rbac.authorization.k8s.io";
  private static final FieldPath REFERENCE = FieldPath.of("roleRef");

  private static final TableColumns COLUMNS =
      Columns.of(
          BindingKind::row,
          Columns.NAME,
          Columns.text("Role", "RoleRef can only reference a Role in the current namespace or a ClusterRole in the global namespace."),
          Columns.AGE,
          Columns.wide("Users", "Users in the roleBinding"),
          Columns.wide("Groups", "Groups in the roleBinding"),
          Columns.wide("ServiceAccounts", "ServiceAccounts in the roleBinding"));

  private final boolean namespaced;

  BindingKind(boolean namespaced) {
    this.namespaced = namespaced;
  }

  @Override
  public NameRule nameRule() {
    return NameRule.PATH_SEGMENT;
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree reference = object.need("roleRef");
    if (reference.string("apiGroup").isEmpty()) {
      reference.set("apiGroup", GROUP);
    }
    for (Tree subject : object.trees("subjects")) {
      if (subject.string("apiGroup").isEmpty() && (subject.string("kind").equals("User") || subject.string("kind").equals("Group"))) {
        subject.set("apiGroup", GROUP);
      }
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree reference = object.tree("roleRef");
    if (!reference.string("apiGroup").equals(GROUP)) {
      errors.notSupported(REFERENCE.child("apiGroup"), reference.string("apiGroup"), List.of(GROUP));
    }
    List<String> kinds = namespaced ? List.of("Role", "ClusterRole") : List.of("ClusterRole");
    if (!kinds.contains(reference.string("kind"))) {
      errors.notSupported(REFERENCE.child("kind"), reference.string("kind"), kinds);
    }
    String name = reference.string("name");
    if (name.isEmpty()) {
      errors.required(REFERENCE.child("name"), "");
    } else {
      Names.pathSegment(name, false).forEach(text -> errors.invalid(REFERENCE.child("name"), name, text));
    }
    List<Tree> subjects = object.trees("subjects");
    for (int i = 0; i < subjects.size(); i++) {
      subject(subjects.get(i), FieldPath.of("subjects").index(i), errors);
    }
  }

  private void subject(Tree subject, FieldPath path, FieldErrors errors) {
    String name = subject.string("name");
    if (name.isEmpty()) {
      errors.required(path.child("name"), "");
    }
    String group = subject.string("apiGroup");
    switch (subject.string("kind")) {
      case "ServiceAccount" -> {
        if (!name.isEmpty()) {
          Names.dnsSubdomain(name).forEach(text -> errors.invalid(path.child("name"), name, text));
        }
        if (!group.isEmpty()) {
          errors.notSupported(path.child("apiGroup"), group, List.of(""));
        }
        if (!namespaced && subject.string("namespace").isEmpty()) {
          errors.required(path.child("namespace"), "");
        }
      }
      case "User", "Group" -> {
        if (!group.equals(GROUP)) {
          errors.notSupported(path.child("apiGroup"), group, List.of(GROUP));
        }
      }
      default -> errors.notSupported(path.child("kind"), subject.string("kind"), List.of("ServiceAccount", "User", "Group"));
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    if (!object.tree("roleRef").equals(old.tree("roleRef"))) {
      errors.invalid(REFERENCE, InternalForm.of("rbac.RoleRef", object.tree("roleRef")), "cannot change roleRef");
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree binding, Instant now) {
    List<String> users = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    List<String> accounts = new ArrayList<>();
    for (Tree subject : binding.trees("subjects")) {
      switch (subject.string("kind")) {
        case "User" -> users.add(subject.string("name"));
        case "Group" -> groups.add(subject.string("name"));
        case "ServiceAccount" -> accounts.add(subject.string("namespace") + "/" + subject.string("name"));
        default -> { }
      }
    }
    Tree reference = binding.tree("roleRef");
    return Columns.row(
        Columns.name(binding),
        reference.string("kind") + "/" + reference.string("name"),
        Columns.age(binding, now),
        String.join(", ", users),
        String.join(", ", groups),
        String.join(", ", accounts));
  }
}
