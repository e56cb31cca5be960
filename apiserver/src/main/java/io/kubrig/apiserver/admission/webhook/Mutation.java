package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.registry.Forms;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.fieldmanager.FieldManager;
import io.kubrig.machinery.patch.JsonPatch;
import io.kubrig.machinery.patch.PatchException;
import io.kubrig.machinery.schema.DecodeException;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;

/** Applies the patches of webhooks: in the version that the webhook saw, back into the normal form, with defaults. */
final class Mutation {
  private static final String BAD_FIELDS =
      ".metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission"
          + " controller; please fix your requests: ";

  private final WebhookServices services;

  Mutation(WebhookServices services) {
    this.services = services;
  }

  /** Changes the object of the request. Answers whether it is another one now. */
  boolean apply(AdmissionRequest request, Invocation invocation, JsonPatch patch) {
    Tree before = request.seen();
    GroupVersionKind own = request.kind();
    Tree changed = patched(request, request.inVersion(before, invocation.kind().apiVersion()).copy(), invocation, patch);
    Tree back = request.inVersion(changed, own.apiVersion());
    if (back.equals(before)) {
      return false;
    }
    keepManagedFields(request, before, back);
    request.replaceSeen(back);
    return true;
  }

  private Tree patched(AdmissionRequest request, Tree object, Invocation invocation, JsonPatch patch) {
    Resource resource = request.operation().resource();
    GroupVersionKind kind = invocation.kind();
    try {
      Tree changed = patch.apply(object);
      boolean main = kind.kind().equals(resource.kind());
      Schema schema = (main ? invocation.resource().schema(invocation.version()) : services.schemas().kind(kind)).orElse(null);
      if (schema == null) {
        return changed;
      }
      boolean custom = main && resource.custom();
      Tree normal = services.forms().normalise(schema, custom, changed);
      normal.set("kind", kind.kind()).set("apiVersion", kind.apiVersion());
      Forms.applyDefaults(schema, custom, normal);
      if (main) {
        invocation.resource().behaviour().applyDefaults(normal, invocation.version());
      }
      return normal;
    } catch (PatchException | DecodeException e) {
      throw ApiException.internal(e.getMessage());
    }
  }

  /** Who owns which field is the server's to say: a webhook that spoils it is overruled. */
  private static void keepManagedFields(AdmissionRequest request, Tree before, Tree after) {
    Tree metadata = after.need("metadata");
    FieldManager.problem(metadata.list("managedFields"))
        .ifPresent(
            problem -> {
              request.operation().warn(BAD_FIELDS + problem);
              if (before.tree("metadata").has("managedFields")) {
                metadata.set("managedFields", Tree.copyOf(before.tree("metadata").get("managedFields")));
              } else {
                metadata.remove("managedFields");
              }
            });
  }
}
