package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Operation;
import io.kubrig.machinery.tree.Tree;

/**
 * A write on its way to storage, as admission sees it.
 *
 * @param object the new state in the version of the request, null for a deletion; mutating plugins change it in place
 * @param old the state so far, null for a creation; not to be changed
 * @param options the CreateOptions, UpdateOptions, PatchOptions or DeleteOptions of the request; for CONNECT what the subresource takes
 */
public record AdmissionRequest(Operation operation, Tree object, Tree old, Tree options) {

  public boolean is(String group, String plural) {
    return operation.resource().group().equals(group) && operation.resource().plural().equals(plural);
  }

  /** Whether the main resource is written, no subresource of it. */
  public boolean isMain() {
    return operation.subresource().isEmpty();
  }
}
