package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.BootstrapPolicy;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.apiserver.rest.Registry;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/**
 * The objects that are there from the start, as kube-apiserver makes them; what is there already stays, default roles are brought up to
 * date.
 */
final class Bootstrap {
  private static final UserInfo SELF = UserInfo.of("system:apiserver", "system:masters", "system:authenticated");
  private static final Tree NO_OPTIONS = Tree.of("kind", "CreateOptions", "apiVersion", "meta.k8s.io/v1");

  private final Registry registry;
  private final Clock clock;

  Bootstrap(Registry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  void run() {
    for (String name : List.of("kube-system", "kube-public", "kube-node-lease", "default")) {
      create("", "namespaces", Tree.of("metadata", Tree.of("name", name)));
    }
    priorityClass("system-node-critical", 2_000_001_000L, "Used for system critical pods that must not be moved from their current node.");
    priorityClass("system-cluster-critical", 2_000_000_000L,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.");
    BootstrapPolicy.Defaults policy = BootstrapPolicy.load();
    policy.clusterRoles().forEach(role -> reconcile("clusterroles", role));
    policy.clusterRoleBindings().forEach(binding -> reconcile("clusterrolebindings", binding));
    policy.roles().forEach(role -> reconcile("roles", role));
    policy.roleBindings().forEach(binding -> reconcile("rolebindings", binding));
    new FlowControlObjects(this).create();
  }

  private void priorityClass(String name, long value, String description) {
    create(
        "scheduling.k8s.io",
        "priorityclasses",
        Tree.of("metadata", Tree.of("name", name), "value", value, "description", description, "preemptionPolicy", "PreemptLowerPriority"));
  }

  private void reconcile(String plural, Tree wanted) {
    Resource resource = registry.catalog().resource("rbac.authorization.k8s.io", plural).orElseThrow();
    Tree metadata = wanted.tree("metadata");
    Optional<Tree> stored = registry.store().get(resource, metadata.string("namespace"), metadata.string("name"));
    if (stored.isEmpty()) {
      create(resource.group(), plural, wanted);
      return;
    }
    BootstrapPolicy.reconcile(stored.get(), wanted).ifPresent(better -> update(resource, better));
  }

  private void update(Resource resource, Tree better) {
    Operation operation = operation(resource, Operation.Verb.UPDATE, better);
    Writer.Update update = new Writer.Update(Lens.OBJECT, current -> better.copy(), false, false, true, false, NO_OPTIONS);
    registry.writer().update(operation, update);
  }

  /** Creates an object, or makes the members that are given what they are here. */
  void apply(String group, String plural, Tree object) {
    Resource resource = registry.catalog().resource(group, plural).orElseThrow();
    Tree metadata = object.tree("metadata");
    if (registry.store().entry(resource, metadata.string("namespace"), metadata.string("name")).isEmpty()) {
      create(group, plural, object);
      return;
    }
    Writer.Change change =
        current -> {
          object.forEach((member, value) -> {
            if (value instanceof List<?> list && list.isEmpty()) {
              current.remove(member);
            } else if (!member.equals("metadata")) {
              current.set(member, Tree.copyOf(value));
            }
          });
          add(metadata, current.need("metadata"), "labels");
          add(metadata, current.need("metadata"), "annotations");
          return current;
        };
    Operation operation = operation(resource, Operation.Verb.UPDATE, object);
    registry.writer().update(operation, new Writer.Update(Lens.OBJECT, change, false, false, true, false, NO_OPTIONS));
  }

  private static void add(Tree wanted, Tree metadata, String member) {
    if (wanted.has(member)) {
      Tree all = metadata.need(member);
      wanted.stringMap(member).forEach(all::set);
    }
  }

  /** Creates an object unless it is there. */
  void create(String group, String plural, Tree object) {
    Resource resource = registry.catalog().resource(group, plural).orElseThrow();
    Tree metadata = object.tree("metadata");
    if (registry.store().entry(resource, metadata.string("namespace"), metadata.string("name")).isPresent()) {
      return;
    }
    String version = resource.versions().getFirst();
    Tree whole = Tree.of("kind", resource.kind(), "apiVersion", resource.apiVersion(version));
    object.copy().forEach(whole::add);
    Tree normal = registry.forms().normalise(resource.schema(version).orElseThrow(), false, whole);
    resource.behaviour().applyDefaults(normal, version);
    try {
      registry.writer().create(operation(resource, Operation.Verb.CREATE, object), normal, NO_OPTIONS);
    } catch (ApiException e) {
      if (!e.reason().equals("AlreadyExists")) {
        throw e;
      }
    }
  }

  private Operation operation(Resource resource, Operation.Verb verb, Tree object) {
    Tree metadata = object.tree("metadata");
    Operation.Options options = new Operation.Options(false, "kube-apiserver", false, Operation.FieldValidation.IGNORE);
    return new Operation(
        verb, resource, resource.versions().getFirst(), "", metadata.string("namespace"), metadata.string("name"), SELF, options,
            clock.now());
  }
}
