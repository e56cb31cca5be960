package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.BearerToken;
import io.kubrig.apiserver.authn.Identity;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The resources that are questions: SubjectAccessReview and its relatives, TokenReview, SelfSubjectReview. Each takes the decoded object
 * and answers it with its status; nothing is stored. (Source: pkg/registry/authorization and pkg/registry/authentication.)
 */
public final class AccessReviews {
  private static final String GROUP = "authorization.k8s.io";

  private final Authorizer authorizer;
  private final BearerToken tokens;
  private final List<String> audiences;
  private final Clock clock;

  private static final String EMPTY = "must be empty";

  /** @param audiences of this server, for token reviews that name none */
  public AccessReviews(Authorizer authorizer, BearerToken tokens, List<String> audiences, Clock clock) {
    this.authorizer = authorizer;
    this.tokens = tokens;
    this.audiences = List.copyOf(audiences);
    this.clock = clock;
  }

  public Tree subjectAccessReview(Tree review) {
    Tree spec = review.tree("spec");
    FieldErrors errors = new FieldErrors();
    validateSubject(spec, errors);
    validate(spec, errors);
    validateMetadata(review, EMPTY, errors);
    refuse(errors);
    return decided(review, userOf(spec));
  }

  /** @param namespace of the request */
  public Tree localSubjectAccessReview(Tree review, String namespace) {
    Tree spec = review.tree("spec");
    FieldErrors errors = new FieldErrors();
    validateSubject(spec, errors);
    validate(spec, errors);
    validateMetadata(review, EMPTY + " except for namespace", errors);
    if (!spec.tree("resourceAttributes").string("namespace").equals(namespace) && spec.has("resourceAttributes")) {
      errors.invalid(
          FieldPath.of("spec", "resourceAttributes", "namespace"),
          spec.tree("resourceAttributes").string("namespace"),
          "must match metadata.namespace");
    }
    if (spec.get("nonResourceAttributes") != null) {
      errors.invalid(FieldPath.of("spec", "nonResourceAttributes"), spec.tree("nonResourceAttributes"),
          "disallowed on this kind of request");
    }
    refuse(errors);
    if (!review.tree("metadata").string("namespace").isEmpty() && !review.tree("metadata").string("namespace").equals(namespace)) {
      throw ApiException.badRequest(
          "spec.resourceAttributes.namespace must match namespace: " + namespace);
    }
    return decided(review, userOf(spec));
  }

  public Tree selfSubjectAccessReview(Tree review, UserInfo user) {
    FieldErrors errors = new FieldErrors();
    validate(review.tree("spec"), errors);
    validateMetadata(review, EMPTY, errors);
    refuse(errors);
    return decided(review, user);
  }

  private static void refuse(FieldErrors errors) {
    if (!errors.isEmpty()) {
      throw ApiException.invalid(GROUP, "", "", errors);
    }
  }

  private static void validateSubject(Tree spec, FieldErrors errors) {
    if (spec.string("user").isEmpty() && spec.list("groups").isEmpty()) {
      errors.invalid(FieldPath.of("spec", "user"), spec.string("user"), "at least one of user or group must be specified");
    }
  }

  private static void validate(Tree spec, FieldErrors errors) {
    boolean resource = spec.get("resourceAttributes") != null;
    boolean path = spec.get("nonResourceAttributes") != null;
    if (resource && path) {
      errors.invalid(
          FieldPath.of("spec", "nonResourceAttributes"),
          InternalForm.of("authorization.NonResourceAttributes", spec.tree("nonResourceAttributes")),
          "cannot be specified in combination with resourceAttributes");
    }
    if (!resource && !path) {
      errors.invalid(
          FieldPath.of("spec", "resourceAttributes"), null, "exactly one of nonResourceAttributes or resourceAttributes must be specified");
    }
    for (String selector : List.of("fieldSelector", "labelSelector")) {
      if (spec.tree("resourceAttributes").get(selector) instanceof Tree given) {
        validateSelector(given, selector.equals("labelSelector"), FieldPath.of("spec", "resourceAttributes", selector), errors);
      }
    }
  }

  private static void validateSelector(Tree selector, boolean ofLabels, FieldPath path, FieldErrors errors) {
    List<Tree> requirements = selector.trees("requirements");
    boolean raw = !selector.string("rawSelector").isEmpty();
    if (raw && !requirements.isEmpty()) {
      errors.invalid(path.child("rawSelector"), selector.string("rawSelector"), "may not specified at the same time as requirements");
    }
    if (!raw && requirements.isEmpty()) {
      errors.required(path.child("requirements"), "when " + path + " is specified, requirements or rawSelector is required");
    }
    for (int i = 0; i < requirements.size(); i++) {
      Tree requirement = requirements.get(i);
      FieldPath at = path.child("requirements").index(i);
      // operators of newer servers are let pass
      if (ofLabels) {
        Selectors.requirement(requirement, true, at, errors);
      } else {
        if (requirement.string("key").isEmpty()) {
          errors.required(at.child("key"), "must be specified");
        }
        Selectors.operator(requirement, true, at, errors);
      }
    }
  }

  /** Reviews are no objects: their metadata says nothing, but where they are. */
  private static void validateMetadata(Tree review, String text, FieldErrors errors) {
    Tree metadata = review.tree("metadata").copy();
    metadata.remove("managedFields");
    metadata.remove("namespace"); // that of the request, which it agrees with
    if (metadata.names().stream().anyMatch(member -> metadata.get(member) != null)) {
      errors.invalid(FieldPath.of("metadata"), review.tree("metadata"), text);
    }
  }

  private static UserInfo userOf(Tree spec) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    Tree given = spec.tree("extra");
    for (String key : given.names()) {
      extra.put(key.toLowerCase(Locale.ROOT), given.strings(key));
    }
    return new UserInfo(spec.string("user"), spec.string("uid"), spec.strings("groups"), extra);
  }

  private Tree decided(Tree review, UserInfo user) {
    Tree asked = review.tree("spec").tree("resourceAttributes");
    ReviewedSelector fields = ReviewedSelector.ofFields(asked.tree("fieldSelector"));
    ReviewedSelector labels = ReviewedSelector.ofLabels(asked.tree("labelSelector"));
    Verdict verdict = authorizer.authorize(attributes(review.tree("spec"), user, fields, labels));
    Tree status = Tree.of("allowed", verdict.allows());
    if (verdict.decision() == Verdict.Decision.DENY) {
      status.set("denied", true);
    }
    if (!verdict.reason().isEmpty()) {
      status.set("reason", verdict.reason());
    }
    List<String> faults = new ArrayList<>(verdict.error().isEmpty() ? List.of() : List.of(verdict.error()));
    faults.addAll(fields.complaint("fieldSelector"));
    faults.addAll(labels.complaint("labelSelector"));
    if (!faults.isEmpty()) {
      status.set("evaluationError", String.join("; ", faults));
    }
    return review.copy().set("status", status);
  }

  private static Attributes attributes(Tree spec, UserInfo user, ReviewedSelector fields, ReviewedSelector labels) {
    Tree asked = spec.tree("resourceAttributes");
    if (spec.get("resourceAttributes") == null) {
      return Attributes.path(user, spec.tree("nonResourceAttributes").string("verb"), spec.tree("nonResourceAttributes").string("path"));
    }
    return new Attributes(user, true, asked.string("verb"), asked.string("group"), asked.string("version"), asked.string("namespace"),
        asked.string("resource"), asked.string("subresource"), asked.string("name"), "", fields.text(), labels.text());
  }

  public Tree selfSubjectRulesReview(Tree review, UserInfo user) {
    String namespace = review.tree("spec").string("namespace");
    if (namespace.isEmpty()) {
      throw ApiException.badRequest("no namespace on request");
    }
    Authorizer.UserRules found = authorizer.rulesFor(user, namespace);
    List<Object> resources = new ArrayList<>();
    List<Object> paths = new ArrayList<>();
    for (PolicyRule rule : found.rules()) {
      if (!rule.resources().isEmpty()) {
        resources.add(rule.tree());
      }
      if (!rule.urls().isEmpty()) {
        paths.add(rule.tree());
      }
    }
    Tree status = Tree.of("resourceRules", resources, "nonResourceRules", paths, "incomplete", found.incomplete());
    if (!found.error().isEmpty()) {
      status.set("evaluationError", found.error());
    }
    return Tree.of(
        "kind", review.string("kind"), "apiVersion", review.string("apiVersion"), "metadata", new Tree(), "spec", new Tree(), "status",
        status);
  }

  public Tree selfSubjectReview(Tree review, UserInfo user) {
    Tree metadata = Tree.of("creationTimestamp", clock.now().truncatedTo(ChronoUnit.SECONDS).toString());
    Tree answer = Tree.of("kind", review.string("kind"), "apiVersion", review.string("apiVersion"), "metadata", metadata);
    return answer.set("status", Tree.of("userInfo", tree(user)));
  }

  public Tree tokenReview(Tree review) {
    String token = review.tree("spec").string("token");
    if (token.isEmpty()) {
      throw ApiException.badRequest("token is required for TokenReview in authentication");
    }
    List<String> wanted = review.tree("spec").strings("audiences");
    Tree status = new Tree();
    switch (tokens.identify(token, wanted.isEmpty() ? audiences : wanted)) {
      case Identity.Known known -> {
        status.set("authenticated", true).set("user", tree(io.kubrig.apiserver.authn.Authenticators.withAuthenticated(known.user())));
        if (!known.audiences().isEmpty()) {
          status.set("audiences", new ArrayList<Object>(known.audiences()));
        }
      }
      case Identity.Bad bad -> status.set("user", new Tree()).set("error", bad.error());
      case Identity.NotMine ignored -> status.set("user", new Tree());
    }
    return review.copy().set("status", status);
  }

  /** A user as {@code authentication.k8s.io/v1 UserInfo}. */
  public static Tree tree(UserInfo user) {
    Tree tree = Tree.of("username", user.name());
    if (!user.uid().isEmpty()) {
      tree.set("uid", user.uid());
    }
    if (!user.groups().isEmpty()) {
      tree.set("groups", new ArrayList<Object>(user.groups()));
    }
    if (!user.extra().isEmpty()) {
      Tree extra = new Tree();
      new TreeMap<>(user.extra()).forEach((key, values) -> extra.set(key, new ArrayList<Object>(values)));
      tree.set("extra", extra);
    }
    return tree;
  }
}
