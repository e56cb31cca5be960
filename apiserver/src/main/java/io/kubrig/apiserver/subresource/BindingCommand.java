package io.kubrig.apiserver.subresource;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.negotiation.Representation;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.rest.Bodies;
import io.kubrig.apiserver.rest.Call;
import io.kubrig.apiserver.rest.Registry;
import io.kubrig.apiserver.rest.ResourceHandler.Target;
import io.kubrig.apiserver.rest.Responses;
import io.kubrig.apiserver.rest.Subresource;
import io.kubrig.apiserver.rest.WriteOptions;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Binds a pod to a node: {@code pods/binding}, and the older {@code bindings} resource. (Source: pkg/registry/core/pod/storage of native.) */
public final class BindingCommand implements Subresource {
  private static final GroupVersionKind BINDING = new GroupVersionKind("", "v1", "Binding");

  private final Registry registry;
  private final Bodies bodies;
  private final Responses responses;
  private final WriteOptions writeOptions;
  private final AdmissionChain admission;

  public BindingCommand(Registry registry, Bodies bodies, Responses responses, WriteOptions writeOptions, AdmissionChain admission) {
    this.registry = registry;
    this.bodies = bodies;
    this.responses = responses;
    this.writeOptions = writeOptions;
    this.admission = admission;
  }

  @Override
  public void handle(Call call, Target target, List<String> warnings) throws IOException {
    if (!call.exchange().method().equals("POST")) {
      throw ApiException.methodNotAllowed();
    }
    Representation representation = Negotiation.answer(call.accept(), call.pretty(), Negotiation.Offer.OBJECT, true);
    WriteOptions.Read options = writeOptions.readCreate(call);
    Bodies.Expected expected = new Bodies.Expected(BINDING, registry.schemas().kind(BINDING).orElseThrow(), false);
    Tree binding = bodies.object(call, expected, options.options().fieldValidation(), warnings::add);
    String name = target.subresource().isEmpty() ? binding.tree("metadata").string("name") : target.name();
    Resource pods = registry.catalog().resource("", "pods").orElseThrow();
    Operation operation =
        new Operation(
            Operation.Verb.CREATE, pods, "v1", "binding", target.namespace(), name, call.user(), options.options(), call.received());
    check(binding, name);
    AdmissionRequest request = new AdmissionRequest(operation, binding, null, options.tree());
    admission.mutate(request);
    admission.validate(request);
    bind(operation, binding);
    Tree success = Tree.of("kind", "Status", "apiVersion", "v1", "metadata", new Tree(), "status", "Success", "code", 201L);
    responses.send(call, 201, representation, success, warnings);
  }

  private static void check(Tree binding, String name) {
    String own = binding.tree("metadata").string("name");
    if (!own.isEmpty() && !own.equals(name)) {
      throw ApiException.badRequest("the name of the object (" + own + ") does not match the name on the URL (" + name + ")");
    }
    String kind = binding.tree("target").string("kind");
    if (!kind.isEmpty() && !kind.equals("Node")) {
      throw refused("target.kind: Unsupported value: \"" + kind + "\": supported values: \"Node\", \"<empty>\"");
    }
    if (binding.tree("target").string("name").isEmpty()) {
      throw refused("target.name: Required value");
    }
  }

  /** Native answers these with the bare text of the field error. */
  private static ApiException refused(String message) {
    return new ApiException(500, "", message, Tree.empty());
  }

  private void bind(Operation operation, Tree binding) {
    ObjectStore store = registry.store();
    Resource pods = operation.resource();
    while (true) {
      Entry entry =
          store
              .entry(pods, operation.namespace(), operation.name())
              .orElseThrow(() -> ApiException.notFound("", "pods", operation.name()));
      Tree pod = ObjectStore.tree(entry);
      checkPreconditions(operation, binding, pod);
      assign(operation, binding, pod);
      if (operation.dryRun() || store.put(pods, pod, entry.modified(), operation.now()) instanceof Outcome.Committed) {
        return;
      }
    }
  }

  private static void checkPreconditions(Operation operation, Tree binding, Tree pod) {
    Tree wanted = binding.tree("metadata");
    Tree metadata = pod.tree("metadata");
    precondition(operation, "UID", wanted.string("uid"), metadata.string("uid"));
    precondition(operation, "ResourceVersion", wanted.string("resourceVersion"), metadata.string("resourceVersion"));
    if (metadata.get("deletionTimestamp") != null) {
      throw cannot(operation, "pod " + operation.name() + " is being deleted, cannot be assigned to a host");
    }
    String node = pod.tree("spec").string("nodeName");
    if (!node.isEmpty()) {
      throw cannot(operation, "pod " + operation.name() + " is already assigned to node \"" + node + "\"");
    }
    if (!pod.tree("spec").list("schedulingGates").isEmpty()) {
      throw cannot(operation, "pod " + operation.name() + " has non-empty .spec.schedulingGates");
    }
  }

  private static void precondition(Operation operation, String what, String wanted, String actual) {
    if (!wanted.isEmpty() && !wanted.equals(actual)) {
      throw ApiException.conflict(
          "",
          "pods",
          operation.name(),
          "StorageError: invalid object, Code: 4, Key: " + operation.resource().key(operation.namespace(), operation.name())
              + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: " + what + " in precondition: " + wanted + ", " + what
              + " in object meta: " + actual);
    }
  }

  private static ApiException cannot(Operation operation, String why) {
    return ApiException.conflict("", "pods/binding", operation.name(), why);
  }

  private static void assign(Operation operation, Tree binding, Tree pod) {
    pod.need("spec").set("nodeName", binding.tree("target").string("name"));
    for (String map : List.of("annotations", "labels")) {
      binding.tree("metadata").stringMap(map).forEach((key, value) -> pod.need("metadata").need(map).set(key, value));
    }
    Tree status = pod.need("status");
    status.remove("nominatedNodeName");
    String now = operation.now().truncatedTo(ChronoUnit.SECONDS).toString();
    for (Tree condition : status.trees("conditions")) {
      if (condition.string("type").equals("PodScheduled")) {
        if (!condition.string("status").equals("True")) {
          condition.set("status", "True").set("lastTransitionTime", now);
        }
        condition.remove("reason");
        condition.remove("message");
        return;
      }
    }
    status
        .needList("conditions")
        .add(Tree.of("type", "PodScheduled", "status", "True", "lastProbeTime", null, "lastTransitionTime", now));
  }
}
