package io.kubrig.apiserver.subresource;

import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Preconditions;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.rest.Subresource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.function.Supplier;

/**
 * Assigns pods to nodes: {@code pods/binding}, and {@code bindings}, which is the same under an older name. A pod is assigned once.
 * (Source: registry/core/pod/storage of native.)
 */
public final class Bindings {
  private static final GroupVersionKind BINDING = GroupVersionKind.of("v1", "Binding");

  private final CommandParts parts;
  private final Supplier<Resource> pods;

  public Bindings(CommandParts parts, Supplier<Resource> pods) {
    this.parts = parts;
    this.pods = pods;
  }

  public Subresource command() {
    return parts.command(BINDING, (operation, binding, options) -> bind(operation, binding));
  }

  /** The older form, whose pod is named by the object alone, and whose system fields do not count. */
  public Subresource legacyCommand() {
    return parts.command(
        BINDING,
        (operation, binding, options) -> {
          if (operation.name().isEmpty()) {
            throw ApiException.badRequest("Name parameter required.");
          }
          binding.need("metadata").remove("uid");
          bind(operation, binding);
        });
  }

  private void bind(Operation operation, Tree binding) {
    if (!operation.name().equals(binding.tree("metadata").string("name"))) {
      throw ApiException.badRequest("name in URL does not match name in Binding object");
    }
    check(binding.tree("target"));
    while (true) {
      Resource resource = pods.get();
      Entry entry =
          parts
              .store()
              .entry(resource, operation.namespace(), operation.name())
              .orElseThrow(() -> ApiException.notFound("", "pods", operation.name()));
      Tree pod = ObjectStore.tree(entry);
      checkPreconditions(operation, resource, entry, pod, binding.tree("metadata"));
      assign(pod, binding, operation);
      if (operation.dryRun() || parts.store().put(resource, pod, entry.modified(), operation.now()) instanceof Outcome.Committed) {
        return;
      }
    }
  }

  /** Native answers what is wrong with a binding as a failure of its own. */
  private static void check(Tree target) {
    FieldErrors errors = new FieldErrors();
    FieldPath path = FieldPath.of("target");
    String kind = target.string("kind");
    if (!kind.isEmpty() && !kind.equals("Node")) {
      errors.notSupported(path.child("kind"), kind, List.of("Node", "<empty>"));
    }
    if (target.string("name").isEmpty()) {
      errors.required(path.child("name"), "");
    }
    if (!errors.isEmpty()) {
      throw new ApiException(500, "", errors.message(), Tree.empty());
    }
  }

  private static void checkPreconditions(Operation operation, Resource resource, Entry entry, Tree pod, Tree wanted) {
    String uid = wanted.string("uid");
    String trouble = "";
    if (!uid.isEmpty() && !uid.equals(pod.tree("metadata").string("uid"))) {
      trouble = "UID in precondition: " + uid + ", UID in object meta: " + pod.tree("metadata").string("uid");
    }
    String version = wanted.string("resourceVersion");
    if (!version.isEmpty() && !version.equals(Long.toString(entry.modified()))) {
      trouble = "ResourceVersion in precondition: " + version + ", ResourceVersion in object meta: " + entry.modified();
    }
    if (!trouble.isEmpty()) {
      throw Preconditions.failed(operation, resource, entry, trouble);
    }
  }

  private static void assign(Tree pod, Tree binding, Operation operation) {
    String name = operation.name();
    Tree spec = pod.need("spec");
    Tree metadata = pod.need("metadata");
    if (metadata.get("deletionTimestamp") != null) {
      throw refused(name, "pod " + name + " is being deleted, cannot be assigned to a host");
    }
    if (!spec.string("nodeName").isEmpty()) {
      throw refused(name, "pod " + name + " is already assigned to node \"" + spec.string("nodeName") + "\"");
    }
    if (!spec.list("schedulingGates").isEmpty()) {
      throw refused(name, "pod " + name + " has non-empty .spec.schedulingGates");
    }
    spec.set("nodeName", binding.tree("target").string("name"));
    Tree given = binding.tree("metadata");
    given.stringMap("annotations").forEach((key, value) -> metadata.need("annotations").set(key, value));
    given.stringMap("labels").forEach((key, value) -> metadata.need("labels").set(key, value));
    pod.need("status").remove("nominatedNodeName");
    Conditions.set(pod, "PodScheduled", "", "", operation.now());
  }

  private static ApiException refused(String name, String why) {
    return ApiException.conflict("", "pods/binding", name, why);
  }
}
