package io.kubrig.apiserver.kinds.admissionregistration;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.HookClients;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Given;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Configurations of mutating and of validating webhooks. (Source: pkg/apis/admissionregistration.) */
final class WebhookConfigurationKind implements Kind {
  private static final FieldPath WEBHOOKS = FieldPath.of("webhooks");
  private static final List<String> FAILURE_POLICIES = List.of("Fail", "Ignore");
  private static final List<String> SIDE_EFFECTS = List.of("None", "NoneOnDryRun");
  private static final List<String> REVIEWS = List.of("v1", "v1beta1");

  private static final TableColumns COLUMNS =
      Columns.of(
          (configuration, now) ->
              Columns.row(Columns.name(configuration), (long) configuration.list("webhooks").size(), Columns.age(configuration, now)),
          Columns.NAME,
          Columns.number("Webhooks", "Webhooks indicates the number of webhooks registered in this configuration"),
          Columns.AGE);

  private final boolean mutating;
  private final Expressions expressions;

  WebhookConfigurationKind(boolean mutating, Expressions expressions) {
    this.mutating = mutating;
    this.expressions = expressions;
  }

  /** Natively compared by {@code reflect.DeepEqual}: a list that was given empty differs from none, which is what is stored. */
  @Override
  public boolean sameDesiredState(Tree object, Tree old) {
    return Given.alike(object.given("webhooks"), old.given("webhooks"));
  }

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.RULES;
  }

  @Override
  public boolean qualifiesFinalizers() {
    return false;
  }

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    for (Tree webhook : object.trees("webhooks")) {
      webhook.fill("failurePolicy", "Fail");
      MatchRules.applyDefaults(webhook, "rules");
      webhook.fill("timeoutSeconds", 10L);
      if (mutating) {
        webhook.fill("reinvocationPolicy", "Never");
      }
      if (webhook.tree("clientConfig").get("service") instanceof Tree service) {
        service.fill("port", 443L);
      }
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Set<String> names = new HashSet<>();
    List<Tree> webhooks = object.trees("webhooks");
    for (int i = 0; i < webhooks.size(); i++) {
      Tree webhook = webhooks.get(i);
      FieldPath path = WEBHOOKS.index(i);
      webhook(webhook, path, errors);
      reviewVersions(webhook.strings("admissionReviewVersions"), path.child("admissionReviewVersions"), errors);
      if (!webhook.string("name").isEmpty() && !names.add(webhook.string("name"))) {
        errors.duplicate(path.child("name"), webhook.string("name"));
      }
    }
  }

  private static void reviewVersions(List<String> versions, FieldPath path, FieldErrors errors) {
    if (versions.isEmpty()) {
      errors.required(path, "must specify one of v1, v1beta1");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < versions.size(); i++) {
      String version = versions.get(i);
      FieldPath at = path.index(i);
      if (!seen.add(version)) {
        errors.invalid(at, version, "duplicate version");
        continue;
      }
      Names.dns1035Label(version).forEach(text -> errors.invalid(at, version, text));
    }
    if (versions.stream().noneMatch(REVIEWS::contains)) {
      errors.invalid(path, new ArrayList<Object>(versions), "must include at least one of v1, v1beta1");
    }
  }

  private void webhook(Tree webhook, FieldPath path, FieldErrors errors) {
    String name = webhook.string("name");
    fullName(name, path.child("name"), errors);
    MatchRules.rules(webhook.trees("rules"), path.child("rules"), errors);
    if (webhook.get("failurePolicy") != null && !FAILURE_POLICIES.contains(webhook.string("failurePolicy"))) {
      errors.notSupported(path.child("failurePolicy"), webhook.string("failurePolicy"), FAILURE_POLICIES);
    }
    MatchRules.selectors(webhook, path, errors);
    String effects = webhook.string("sideEffects");
    if (webhook.get("sideEffects") == null) {
      errors.required(path.child("sideEffects"), "must specify one of None, NoneOnDryRun");
    } else if (!SIDE_EFFECTS.contains(effects)) {
      errors.notSupported(path.child("sideEffects"), effects, SIDE_EFFECTS);
    }
    long timeout = webhook.integer("timeoutSeconds");
    if (webhook.get("timeoutSeconds") != null && (timeout < 1 || timeout > 30)) {
      errors.invalid(path.child("timeoutSeconds"), timeout, "the timeout value must be between 1 and 30 seconds");
    }
    String again = webhook.string("reinvocationPolicy");
    if (mutating && webhook.get("reinvocationPolicy") != null && !List.of("IfNeeded", "Never").contains(again)) {
      errors.notSupported(path.child("reinvocationPolicy"), again, List.of("IfNeeded", "Never"));
    }
    client(webhook.tree("clientConfig"), path.child("clientConfig"), errors);
    MatchConditions.check(webhook.trees("matchConditions"), path.child("matchConditions"), expressions, errors);
  }

  private static void fullName(String name, FieldPath path, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path, "");
      return;
    }
    List<String> wrong = Names.dnsSubdomain(name);
    wrong.forEach(text -> errors.invalid(path, name, text));
    if (wrong.isEmpty() && name.split("\\.").length < 3) {
      errors.invalid(path, name, "should be a domain with at least three segments separated by dots");
    }
  }

  private static void client(Tree client, FieldPath path, FieldErrors errors) {
    boolean url = client.get("url") != null;
    boolean service = client.get("service") != null;
    if (url == service) {
      errors.required(path, "exactly one of url or service is required");
    } else if (url) {
      HookClients.url(client.string("url"), path.child("url"), errors);
    } else {
      HookClients.service(client.tree("service"), path.child("service"), errors);
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
