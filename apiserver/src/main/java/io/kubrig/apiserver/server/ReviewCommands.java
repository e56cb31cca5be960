package io.kubrig.apiserver.server;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.authn.TokenRequests;
import io.kubrig.apiserver.authz.AccessReviews;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.negotiation.Representation;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.rest.Bodies;
import io.kubrig.apiserver.rest.Call;
import io.kubrig.apiserver.rest.Responses;
import io.kubrig.apiserver.rest.Subresource;
import io.kubrig.apiserver.rest.Target;
import io.kubrig.apiserver.rest.WriteOptions;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.fieldmanager.FieldManager;
import io.kubrig.machinery.fieldmanager.Versions;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The resources that are questions and answers: reviews and token requests. Decodes the question, answers 201. */
final class ReviewCommands {
  /** What of an object's metadata is the server's to say. */
  private static final List<String> SYSTEM_FIELDS =
      List.of("uid", "selfLink", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds");

  private final SchemaCatalog schemas;
  private final Bodies bodies;
  private final Responses responses;
  private final AdmissionChain admission;
  private final WriteOptions options;
  private final Map<String, FieldManager> managers = new ConcurrentHashMap<>();

  ReviewCommands(SchemaCatalog schemas, Bodies bodies, Responses responses, AdmissionChain admission) {
    options = new WriteOptions(schemas);
    this.admission = admission;
    this.schemas = schemas;
    this.bodies = bodies;
    this.responses = responses;
  }

  /** What turns a question into an answer. */
  @FunctionalInterface
  private interface Answer {
    Tree to(Call call, Target target, Tree question);
  }

  /** Commands by {@code plural.group/subresource}; reviews are commands of their resource itself. */
  Map<String, Subresource> of(AccessReviews reviews, TokenRequests tokens, StoredObjects objects) {
    Map<String, Subresource> commands = new HashMap<>();
    String authz = ".authorization.k8s.io/";
    commands.put("subjectaccessreviews" + authz, own((call, target, review) -> reviews.subjectAccessReview(review)));
    commands.put("localsubjectaccessreviews" + authz,
        own((call, target, review) -> reviews.localSubjectAccessReview(review, target.namespace())));
    commands.put("selfsubjectaccessreviews" + authz, own((call, target, review) -> reviews.selfSubjectAccessReview(review, call.user())));
    commands.put("selfsubjectrulesreviews" + authz, own((call, target, review) -> reviews.selfSubjectRulesReview(review, call.user())));
    String authn = ".authentication.k8s.io/";
    commands.put("selfsubjectreviews" + authn, own((call, target, review) -> reviews.selfSubjectReview(review, call.user())));
    commands.put("tokenreviews" + authn, own((call, target, review) -> reviews.tokenReview(review)));
    GroupVersionKind request = GroupVersionKind.of("authentication.k8s.io/v1", "TokenRequest");
    commands.put(
        "serviceaccounts/token",
        (call, target, warnings) ->
            answer(call, target, request, warnings, tokens::applyExpiration, (c, t, question) -> token(tokens, objects, c, t, question)));
    return commands;
  }

  private Tree token(TokenRequests tokens, StoredObjects objects, Call call, Target target, Tree question) {
    Operation operation =
        new Operation(Operation.Verb.CREATE, target.resource(), target.version(), "token", target.namespace(), target.name(), call.user(),
            Operation.Options.NONE, call.received())
            .noted(call.audit());
    AdmissionRequest request =
        new AdmissionRequest(operation, question, null, Tree.of("kind", "CreateOptions", "apiVersion", "meta.k8s.io/v1"));
    admission.mutate(request);
    tokens.checkName(question, target.name());
    Tree account =
        objects
            .get("", "serviceaccounts", target.namespace(), target.name())
            .orElseThrow(() -> ApiException.notFound("", "serviceaccounts", target.name()));
    tokens.applyAudiences(question);
    admission.validate(request);
    return tokens.issue(account, question);
  }

  private Subresource own(Answer answer) {
    return (call, target, warnings) -> answer(call, target, target.resource().gvk(target.version()), warnings, question -> { }, answer);
  }

  private void answer(
      Call call, Target target, GroupVersionKind kind, List<String> warnings, Consumer<Tree> defaults, Answer answer)
      throws IOException {
    if (target.subresource().isEmpty() && !target.name().isEmpty()) {
      throw ApiException.noSuchPath(); // reviews have no objects
    }
    if (!call.exchange().method().equals("POST")) {
      throw ApiException.methodNotAllowed();
    }
    Representation representation = Negotiation.answer(call.accept(), call.pretty(), Negotiation.Offer.METADATA, true);
    Operation.Options write = options.readCreate(call).options();
    Bodies.Expected expected = new Bodies.Expected(kind, schemas.kind(kind).orElseThrow(), false);
    Tree question = bodies.object(call, expected, write.fieldValidation(), warnings::add);
    SYSTEM_FIELDS.forEach(question.need("metadata")::remove);
    fitNamespace(question, target);
    defaults.accept(question);
    manager(kind, target.subresource()).update(Tree.empty(), question, write.fieldManager(), call.received());
    responses.send(call, 201, representation, answer.to(call, target, question), warnings);
  }

  private static void fitNamespace(Tree question, Target target) {
    Tree metadata = question.need("metadata");
    if (!target.resource().namespaced()) {
      metadata.remove("namespace");
    } else if (metadata.string("namespace").isEmpty()) {
      metadata.set("namespace", target.namespace());
    } else if (!metadata.string("namespace").equals(target.namespace())) {
      throw ApiException.badRequest("the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  /** Questions are owned like objects that are kept. */
  private FieldManager manager(GroupVersionKind kind, String subresource) {
    return managers.computeIfAbsent(
        kind.kind() + "/" + subresource,
        key -> FieldManager.builtIn(kind, subresource, Versions.single(kind.apiVersion(), schemas.kind(kind).orElseThrow()), Map.of()));
  }
}
