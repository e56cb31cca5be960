package io.kubrig.apiserver.kinds.networking;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.Map;
import java.util.Set;

/** IP addresses in use by services. Their name is the address, canonically written. */
final class IpAddressKind implements Kind {
  private static final FieldPath PARENT = FieldPath.of("spec", "parentRef");

  private static final TableColumns COLUMNS =
      Columns.of(
          (address, now) -> Columns.row(Columns.name(address), parent(address), Columns.age(address, now)),
          Columns.NAME,
          Columns.text("ParentRef", "ParentRef references the resource that an IPAddress is attached to."),
          Columns.AGE);

  @Override
  public NameRule nameRule() {
    return NameRule.ANY;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    String name = object.tree("metadata").string("name");
    if (!name.isEmpty()) {
      Addresses.strict(name, FieldPath.of("metadata", "name"), errors);
    }
    if (!(object.tree("spec").get("parentRef") instanceof Tree parent)) {
      errors.required(PARENT, "");
      return;
    }
    String group = parent.string("group");
    if (!group.isEmpty()) {
      Names.dnsSubdomain(group).forEach(text -> errors.invalid(PARENT.child("group"), group, text));
    }
    segment(parent, "resource", true, errors);
    segment(parent, "name", true, errors);
    segment(parent, "namespace", false, errors);
  }

  private static void segment(Tree parent, String member, boolean needed, FieldErrors errors) {
    String value = parent.string(member);
    if (value.isEmpty()) {
      if (needed) {
        errors.required(PARENT.child(member), "");
      }
    } else {
      Names.pathSegment(value, false).forEach(text -> errors.invalid(PARENT.child(member), value, text));
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Object before = old.tree("spec").get("parentRef");
    MetadataRules.immutable("networking.ParentReference", object.tree("spec").get("parentRef"), before, PARENT, errors);
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    Tree parent = object.tree("spec").tree("parentRef");
    return Map.of(
        "spec.parentRef.group", parent.string("group"),
        "spec.parentRef.resource", parent.string("resource"),
        "spec.parentRef.namespace", parent.string("namespace"),
        "spec.parentRef.name", parent.string("name"));
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of();
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String parent(Tree address) {
    Tree parent = address.tree("spec").tree("parentRef");
    StringBuilder text = new StringBuilder(parent.string("resource"));
    if (!parent.string("group").isEmpty()) {
      text.append('.').append(parent.string("group"));
    }
    text.append('/');
    if (!parent.string("namespace").isEmpty()) {
      text.append(parent.string("namespace")).append('/');
    }
    return text.append(parent.string("name")).toString();
  }
}
