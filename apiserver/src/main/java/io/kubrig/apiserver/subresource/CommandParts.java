package io.kubrig.apiserver.subresource;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.negotiation.Representation;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.rest.Bodies;
import io.kubrig.apiserver.rest.Call;
import io.kubrig.apiserver.rest.Responses;
import io.kubrig.apiserver.rest.Subresource;
import io.kubrig.apiserver.rest.Target;
import io.kubrig.apiserver.rest.WriteOptions;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.List;

/** What a command needs of the server, and the way from a POST to its answer: decode, admit, do, answer success. */
public record CommandParts(
    SchemaCatalog schemas, Bodies bodies, Responses responses, WriteOptions options, AdmissionChain admission, ObjectStore store) {

  /** What a command does. */
  @FunctionalInterface
  interface Action {
    /**
     * @param order the object that was sent, normalised and admitted
     * @param options CreateOptions of the request
     */
    void run(Operation operation, Tree order, Tree options);
  }

  /** A command that takes objects of one kind and answers a Status. */
  Subresource command(GroupVersionKind kind, Action action) {
    return (call, target, warnings) -> handle(call, target, kind, action, warnings);
  }

  private void handle(Call call, Target target, GroupVersionKind kind, Action action, List<String> warnings)
      throws IOException {
    if (!call.exchange().method().equals("POST")) {
      throw new ApiException(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new Tree());
    }
    Representation representation = Negotiation.answer(call.accept(), call.pretty(), Negotiation.Offer.PROJECTIONS, true);
    WriteOptions.Read read = options.readCreate(call);
    Bodies.Expected expected = new Bodies.Expected(kind, schemas.kind(kind).orElseThrow(), false);
    Tree order = bodies.object(call, expected, read.options().fieldValidation(), warnings::add);
    fitNamespace(order, target.namespace());
    String name = target.name().isEmpty() ? order.tree("metadata").string("name") : target.name();
    Operation operation =
        new Operation(
            Operation.Verb.CREATE,
            target.resource(),
            target.version(),
            target.subresource(),
            target.namespace(),
            name,
            call.user(),
            read.options(),
            call.received())
            .noted(call.audit());
    AdmissionRequest request = new AdmissionRequest(operation, order, null, read.tree());
    admission.mutate(request);
    admission.validate(request);
    action.run(operation, order, read.tree());
    operation.warnings().forEach(warnings::add);
    Tree success = Tree.of("kind", "Status", "apiVersion", "v1", "metadata", new Tree(), "status", "Success", "code", 201L);
    responses.send(call, 201, representation.plain(), success, warnings);
  }

  private static void fitNamespace(Tree order, String namespace) {
    Tree metadata = order.need("metadata");
    if (metadata.string("namespace").isEmpty()) {
      metadata.set("namespace", namespace);
    } else if (!metadata.string("namespace").equals(namespace)) {
      throw ApiException.badRequest("the namespace of the provided object does not match the namespace sent on the request");
    }
  }
}
