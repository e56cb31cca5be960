package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who ties an object's life to an owner must be allowed to delete the object, and to hold the owner if the owner is to wait. (Source:
 * plugin/pkg/admission/gc.)
 */
public final class OwnerReferencesPermissionEnforcement implements AdmissionPlugin {
  private final Supplier<Authorizer> authorizer;
  private final KindLookup kinds;

  public OwnerReferencesPermissionEnforcement(Supplier<Authorizer> authorizer, KindLookup kinds) {
    this.authorizer = authorizer;
    this.kinds = kinds;
  }

  @Override
  public String name() {
    return "OwnerReferencesPermissionEnforcement";
  }

  @Override
  public void validate(AdmissionRequest request) {
    boolean written = request.creates() || request.updates();
    boolean podStatus = request.is("", "pods") && request.isThrough("status");
    if (!written || podStatus || owners(request.object()).equals(owners(request.old()))) {
      return;
    }
    if (!request.creates()) {
      demandDeletion(request);
    }
    for (Tree owner : newlyBlocked(request)) {
      demandHold(request, owner);
    }
  }

  private static List<Tree> owners(Tree object) {
    return object == null ? List.of() : object.tree("metadata").trees("ownerReferences");
  }

  private void demandDeletion(AdmissionRequest request) {
    Operation operation = request.operation();
    Resource resource = operation.resource();
    Verdict verdict =
        authorizer
            .get()
            .authorize(
                Attributes.resource(
                    operation.user(),
                    "delete",
                    resource.group(),
                    operation.version(),
                    operation.namespace(),
                    resource.plural(),
                    operation.subresource(),
                    operation.name()));
    if (!verdict.allows()) {
      throw request.forbidden("cannot set an ownerRef on a resource you can't delete: " + verdict.reason() + ", <nil>");
    }
  }

  /** The owners that are to wait for this object and were not before. */
  private static List<Tree> newlyBlocked(AdmissionRequest request) {
    List<Tree> blocked = new ArrayList<>();
    for (Tree owner : owners(request.object())) {
      boolean before =
          owners(request.old()).stream()
              .anyMatch(old -> old.string("uid").equals(owner.string("uid")) && old.bool("blockOwnerDeletion"));
      if (owner.bool("blockOwnerDeletion") && !before) {
        blocked.add(owner);
      }
    }
    return blocked;
  }

  private void demandHold(AdmissionRequest request, Tree owner) {
    String apiVersion = owner.string("apiVersion");
    String kind = owner.string("kind");
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    String version = apiVersion.substring(slash + 1);
    Optional<Resource> resource = kinds.resource(group, kind).filter(found -> found.serves(version));
    if (resource.isEmpty()) {
      throw request.forbidden(
          "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion " + apiVersion + " Kind " + kind
              + ": no matches for kind \"" + kind + "\" in version \"" + apiVersion + "\"");
    }
    String namespace = resource.get().namespaced() ? request.operation().namespace() : "";
    Verdict verdict =
        authorizer
            .get()
            .authorize(
                Attributes.resource(
                    request.operation().user(), "update", group, version, namespace, resource.get().plural(), "finalizers",
                        owner.string("name")));
    if (!verdict.allows()) {
      throw request.forbidden(
          "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: " + verdict.reason()
              + ", <nil>");
    }
  }
}
