package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What the claims that sets and pods make must look like. (Source: ValidatePersistentVolumeClaimSpec of core validation.) */
public final class ClaimRules {
  private static final List<String> MODES = List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
  private static final String ALONE = "ReadWriteOncePod";

  private ClaimRules() {}

  /** Warnings for amounts that are no whole number of bytes. */
  public static List<String> warnings(Tree spec, FieldPath path) {
    List<String> warnings = new ArrayList<>();
    for (String list : List.of("requests", "limits")) {
      ResourceAmounts.amount(spec.tree("resources").tree(list).get("storage"))
          .filter(amount -> amount.amount().stripTrailingZeros().scale() > 0)
          .ifPresent(
              amount ->
                  warnings.add(
                      path.child("resources", list).key("storage") + ": fractional byte value \"" + amount
                          + "\" is invalid, must be an integer"));
    }
    return warnings;
  }

  public static void spec(Tree spec, FieldPath path, FieldErrors errors) {
    spec(spec, false, path, errors);
  }

  /** @param anyGroup whether groups of data sources may be malformed, as they are already */
  public static void spec(Tree spec, boolean anyGroup, FieldPath path, FieldErrors errors) {
    List<String> modes = spec.strings("accessModes");
    if (modes.isEmpty()) {
      errors.required(path.child("accessModes"), "at least 1 access mode is required");
    }
    if (spec.get("selector") instanceof Tree selector) {
      Selectors.check(selector, path.child("selector"), errors);
    }
    modes(modes, path.child("accessModes"), errors);
    storage(spec.at("resources", "requests"), path.child("resources"), errors);
    className(spec, "storageClassName", path, errors);
    Checks.oneOf(spec, "volumeMode", List.of("Block", "Filesystem"), path, errors);
    dataSources(spec, anyGroup, path, errors);
    className(spec, "volumeAttributesClassName", path, errors);
  }

  /** How volumes may be mounted, but for there being at least one mode. */
  public static void modes(List<String> modes, FieldPath path, FieldErrors errors) {
    modes.stream().filter(mode -> !MODES.contains(mode)).forEach(mode -> errors.notSupported(path, mode, MODES));
    if (modes.contains(ALONE) && modes.stream().anyMatch(mode -> MODES.contains(mode) && !mode.equals(ALONE))) {
      errors.forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }
  }

  private static void className(Tree spec, String member, FieldPath path, FieldErrors errors) {
    if (!spec.string(member).isEmpty()) {
      Checks.dnsSubdomain(spec.string(member), path.child(member), errors);
    }
  }

  private static void dataSources(Tree spec, boolean anyGroup, FieldPath path, FieldErrors errors) {
    boolean old = spec.get("dataSource") instanceof Tree;
    Tree source = spec.tree("dataSource");
    if (old) {
      dataSource(source, anyGroup, path.child("dataSource"), errors);
    }
    if (!(spec.get("dataSourceRef") instanceof Tree reference)) {
      return;
    }
    FieldPath at = path.child("dataSourceRef");
    dataSource(reference, anyGroup, at, errors);
    if (!reference.string("namespace").isEmpty()) {
      Checks.dnsLabel(reference.string("namespace"), at.child("namespace"), errors);
      if (old) {
        errors.add("FieldValueInvalid", path, "Invalid value: {}: may not be specified when dataSourceRef.namespace is specified");
      }
    } else if (old && !same(source, reference)) {
      errors.add("FieldValueInvalid", path, "Invalid value: {}: must match dataSourceRef");
    }
  }

  private static boolean same(Tree old, Tree reference) {
    return List.of("apiGroup", "kind", "name").stream().allMatch(member -> Objects.equals(old.get(member), reference.get(member)));
  }

  private static void dataSource(Tree source, boolean anyGroup, FieldPath path, FieldErrors errors) {
    Checks.required(source, "name", path, errors);
    Checks.required(source, "kind", path, errors);
    String group = source.string("apiGroup");
    if (group.isEmpty() && !source.string("kind").equals("PersistentVolumeClaim")) {
      errors.invalid(path, source.string("kind"), "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
    }
    if (!group.isEmpty() && !anyGroup) {
      Checks.dnsSubdomain(group, path.child("apiGroup"), errors);
    }
  }

  private static void storage(Tree requests, FieldPath path, FieldErrors errors) {
    Optional<Quantity> storage = ResourceAmounts.amount(requests.get("storage"));
    if (storage.isEmpty()) {
      errors.required(path.key("storage"), "");
    } else if (storage.get().sign() <= 0) {
      errors.invalid(path.key("storage"), storage.get().toString(), "must be greater than zero");
    }
  }
}
