package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.net.URI;
import java.net.URISyntaxException;

/** The approval that definitions in the community's own groups need. */
final class GroupApproval {
  private static final String APPROVAL = "api-approved.kubernetes.io";

  private GroupApproval() {}

  private enum Approval {
    APPROVED,
    BYPASSED,
    MISSING,
    INVALID
  }

  /** @param old null for a new definition */
  static void check(Tree object, Tree old, FieldErrors errors) {
    String group = object.tree("spec").string("group");
    if (!group.equals("k8s.io") && !group.endsWith(".k8s.io") && !group.equals("kubernetes.io") && !group.endsWith(".kubernetes.io")) {
      return;
    }
    String stated = object.at("metadata", "annotations").string(APPROVAL);
    Approval state = approval(stated);
    if (old != null && approval(old.at("metadata", "annotations").string(APPROVAL)) == state) {
      return;
    }
    FieldPath path = FieldPath.of("metadata", "annotations").key(APPROVAL);
    if (state == Approval.INVALID) {
      errors.invalid(
          path,
          stated,
          "protected groups must have approval annotation \"" + APPROVAL
              + "\" with either a URL or a reason starting with \"unapproved\", see"
              + " https://github.com/kubernetes/enhancements/pull/1111");
    } else if (state == Approval.MISSING) {
      errors.required(
          path, "protected groups must have approval annotation \"" + APPROVAL
              + "\", see https://github.com/kubernetes/enhancements/pull/1111");
    }
  }

  private static Approval approval(String stated) {
    if (stated.isEmpty()) {
      return Approval.MISSING;
    }
    if (stated.startsWith("unapproved")) {
      return Approval.BYPASSED;
    }
    try {
      URI uri = new URI(stated);
      return uri.getHost() != null && uri.getScheme() != null ? Approval.APPROVED : Approval.INVALID;
    } catch (URISyntaxException e) {
      return Approval.INVALID;
    }
  }
}
