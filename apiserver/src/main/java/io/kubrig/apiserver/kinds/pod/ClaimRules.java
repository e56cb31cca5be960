package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/** What the claims that sets and pods make must look like. (Source: ValidatePersistentVolumeClaimSpec of core validation.) */
public final class ClaimRules {
  private static final List<String> MODES = List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");

  private ClaimRules() {}

  public static void spec(Tree spec, FieldPath path, FieldErrors errors) {
    List<String> modes = spec.strings("accessModes");
    if (modes.isEmpty()) {
      errors.required(path.child("accessModes"), "at least 1 access mode is required");
    }
    if (spec.get("selector") instanceof Tree selector) {
      Selectors.check(selector, path.child("selector"), errors);
    }
    modes.stream().filter(mode -> !MODES.contains(mode)).forEach(mode -> errors.notSupported(path.child("accessModes"), mode, MODES));
    if (modes.contains("ReadWriteOncePod") && modes.size() > 1) {
      errors.forbidden(path.child("accessModes"), "may not use ReadWriteOncePod with other access modes");
    }
    storage(spec.at("resources", "requests"), path.child("resources"), errors);
    Checks.oneOf(spec, "volumeMode", List.of("Block", "Filesystem"), path, errors);
    for (String member : List.of("storageClassName", "volumeAttributesClassName")) {
      if (!spec.string(member).isEmpty()) {
        Checks.dnsSubdomain(spec.string(member), path.child(member), errors);
      }
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
