package io.kubrig.apiserver.server;

import io.kubrig.apiserver.admission.OwnWrites;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Operation.FieldValidation;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.apiserver.rest.Registry;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.util.function.Supplier;

/** The server as a client of itself. */
final class ServerWrites implements OwnWrites {
  private static final UserInfo SELF = UserInfo.of("system:apiserver", "system:authenticated", "system:masters");

  private final Supplier<Registry> registry;
  private final Clock clock;

  /** @param registry asked late: admission, which writes, is part of what it is made of */
  ServerWrites(Supplier<Registry> registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  @Override
  public void create(String group, String plural, Tree object) {
    Operation operation = operation(Verb.CREATE, group, plural, "", object);
    registry.get().writer().create(operation, object.copy(), options("CreateOptions"));
  }

  @Override
  public void delete(String group, String plural, String namespace, String name) {
    Operation operation = operation(Verb.DELETE, group, plural, "", Tree.of("metadata", Tree.of("namespace", namespace, "name", name)));
    try {
      registry.get().deleter().delete(operation, options("DeleteOptions"));
    } catch (ApiException e) {
      if (e.code() != 404) {
        throw e;
      }
    }
  }

  @Override
  public boolean replaceStatus(String group, String plural, Tree object) {
    Operation operation = operation(Verb.UPDATE, group, plural, "status", object);
    Writer.Update update =
        new Writer.Update(
            registry.get().lens(operation.resource(), "status"), current -> object.copy(), false, false, false, true,
                options("UpdateOptions"));
    try {
      registry.get().writer().update(operation, update);
      return true;
    } catch (ApiException e) {
      if (e.code() == 404 || e.code() == 409) {
        return false;
      }
      throw e;
    }
  }

  private Operation operation(Verb verb, String group, String plural, String subresource, Tree object) {
    Resource resource =
        registry.get().catalog().resource(group, plural)
            .orElseThrow(() -> new IllegalArgumentException("nothing serves " + plural + "." + group));
    Tree metadata = object.tree("metadata");
    return new Operation(
        verb,
        resource,
        resource.versions().getFirst(),
        subresource,
        metadata.string("namespace"),
        metadata.string("name"),
        SELF,
        new Operation.Options(false, "kube-apiserver", false, FieldValidation.IGNORE),
        clock.now());
  }

  private static Tree options(String kind) {
    return Tree.of("kind", kind, "apiVersion", "meta.k8s.io/v1");
  }
}
