package io.kubrig.apiserver.kinds.flowcontrol;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Flow schemas: which requests go to which priority level. */
public final class FlowSchemaKind implements Kind {
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch");
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final long MOST = 10_000;

  private static final TableColumns COLUMNS =
      Columns.of(
          (schema, now) ->
              Columns.row(
                  Columns.name(schema),
                  schema.tree("spec").tree("priorityLevelConfiguration").string("name"),
                  schema.tree("spec").integer("matchingPrecedence"),
                  schema.tree("spec").tree("distinguisherMethod").string("type", "<none>"),
                  Columns.age(schema, now),
                  dangling(schema)),
          Columns.NAME,
          Columns.text("PriorityLevel", "priorityLevelConfiguration should reference a PriorityLevelConfiguration in the cluster."),
          Columns.text("MatchingPrecedence", "matchingPrecedence is used to choose among the FlowSchemas that match a given request."),
          Columns.text("DistinguisherMethod", "distinguisherMethod defines how to compute the flow distinguisher for requests."),
          Columns.AGE,
          Columns.text("MissingPL", "references a broken or non-existent PriorityLevelConfiguration"));

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.RULES;
  }

  @Override
  public boolean statusKeepsMetadata() {
    return true;
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    conditions(object.tree("status").trees("conditions"), errors);
  }

  /** Every condition has a type of its own. */
  static void conditions(List<Tree> conditions, FieldErrors errors) {
    Set<String> types = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      FieldPath at = FieldPath.of("status", "conditions").index(i).child("type");
      String type = conditions.get(i).string("type");
      if (!types.add(type)) {
        errors.duplicate(at, type);
      }
      if (type.isEmpty()) {
        errors.required(at, "");
      }
    }
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    if (spec.integer("matchingPrecedence") == 0) {
      spec.set("matchingPrecedence", 1000L);
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    long precedence = spec.integer("matchingPrecedence");
    if (precedence <= 0) {
      errors.invalid(SPEC.child("matchingPrecedence"), precedence, "must be a positive value");
    }
    if (precedence > MOST) {
      errors.invalid(SPEC.child("matchingPrecedence"), precedence, "must not be greater than " + MOST);
    }
    if (precedence == 1 && !object.tree("metadata").string("name").equals("exempt")) {
      errors.invalid(SPEC.child("matchingPrecedence"), precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
    }
    if (spec.get("distinguisherMethod") instanceof Tree method && !List.of("ByNamespace", "ByUser").contains(method.string("type"))) {
      errors.notSupported(SPEC.child("distinguisherMethod", "type"), method, List.of("ByNamespace", "ByUser"));
    }
    String level = spec.tree("priorityLevelConfiguration").string("name");
    FieldPath at = SPEC.child("priorityLevelConfiguration", "name");
    if (level.isEmpty()) {
      errors.required(at, "must reference a priority level");
    } else {
      Names.dnsSubdomain(level).forEach(text -> errors.invalid(at, level, text));
    }
    List<Tree> rules = spec.trees("rules");
    for (int i = 0; i < rules.size(); i++) {
      rule(rules.get(i), SPEC.child("rules").index(i), errors);
    }
  }

  private static void rule(Tree rule, FieldPath path, FieldErrors errors) {
    List<Tree> subjects = rule.trees("subjects");
    if (subjects.isEmpty()) {
      errors.required(path.child("subjects"), "subjects must contain at least one value");
    }
    for (int i = 0; i < subjects.size(); i++) {
      subject(subjects.get(i), path.child("subjects").index(i), errors);
    }
    List<Tree> resources = rule.trees("resourceRules");
    List<Tree> urls = rule.trees("nonResourceRules");
    if (resources.isEmpty() && urls.isEmpty()) {
      errors.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
    }
    for (int i = 0; i < resources.size(); i++) {
      resource(resources.get(i), path.child("resourceRules").index(i), errors);
    }
    for (int i = 0; i < urls.size(); i++) {
      FieldPath at = path.child("nonResourceRules").index(i);
      needed(urls.get(i), "verbs", "verbs", "verbs must contain at least one value", at, errors);
      verbs(urls.get(i).strings("verbs"), at.child("verbs"), errors);
      needed(urls.get(i), "nonResourceURLs", "non-resource URLs", "nonResourceURLs must contain at least one value", at, errors);
      List<String> paths = urls.get(i).strings("nonResourceURLs");
      for (int j = 0; j < paths.size() && !paths.contains("*"); j++) {
        path(paths.get(j), at.child("nonResourceURLs").index(j), errors);
      }
    }
  }

  private static void subject(Tree subject, FieldPath path, FieldErrors errors) {
    String kind = subject.string("kind");
    String own =
        switch (kind) {
          case "User" -> "user";
          case "Group" -> "group";
          case "ServiceAccount" -> "serviceAccount";
          default -> "";
        };
    if (own.isEmpty()) {
      errors.notSupported(path.child("kind"), kind, List.of("Group", "ServiceAccount", "User"));
      return;
    }
    if (subject.get(own) == null) {
      errors.required(path.child(own), own + " is required when subject kind is '" + kind + "'");
    } else if (subject.tree(own).string("name").isEmpty()) {
      errors.required(path.child(own, "name"), "");
    }
    if (own.equals("serviceAccount") && subject.get(own) instanceof Tree account) {
      serviceAccount(account, path.child(own), errors);
    }
    for (String other : List.of("user", "group", "serviceAccount")) {
      if (!other.equals(own) && subject.get(other) != null) {
        String kindName = Character.toUpperCase(other.charAt(0)) + other.substring(1);
        errors.forbidden(path.child(other), other + " is forbidden when subject kind is not '" + kindName + "'");
      }
    }
  }

  private static void serviceAccount(Tree account, FieldPath path, FieldErrors errors) {
    String name = account.string("name");
    if (!name.isEmpty() && !name.equals("*")) {
      Names.dnsSubdomain(name).forEach(text -> errors.invalid(path.child("name"), name, text));
    }
    String namespace = account.string("namespace");
    if (namespace.isEmpty()) {
      errors.required(path.child("namespace"), "must specify namespace for service account");
    } else {
      Names.dnsLabel(namespace).forEach(text -> errors.invalid(path.child("namespace"), namespace, text));
    }
  }

  private static void resource(Tree rule, FieldPath path, FieldErrors errors) {
    needed(rule, "verbs", "verbs", "verbs must contain at least one value", path, errors);
    verbs(rule.strings("verbs"), path.child("verbs"), errors);
    needed(rule, "apiGroups", "api groups", "resource rules must supply at least one api group", path, errors);
    needed(rule, "resources", "resources", "resource rules must supply at least one resource", path, errors);
    if (rule.list("namespaces").isEmpty() && !rule.bool("clusterScope")) {
      errors.required(path.child("namespaces"), "resource rules that are not cluster scoped must supply at least one namespace");
    }
    List<String> namespaces = rule.strings("namespaces");
    if (namespaces.contains("*")) {
      if (namespaces.size() > 1) {
        errors.invalid(
            path.child("namespaces"), new ArrayList<Object>(namespaces), "if '*' is present, must not specify other namespaces");
      }
      return;
    }
    for (int i = 0; i < namespaces.size(); i++) {
      String namespace = namespaces.get(i);
      FieldPath at = path.child("namespaces").index(i);
      Names.dnsLabel(namespace)
          .forEach(text -> errors.invalid(at, namespace, "each member of this list must be '*' or a DNS-1123 label; " + text));
    }
  }

  private static void verbs(List<String> verbs, FieldPath path, FieldErrors errors) {
    if (!verbs.isEmpty() && !verbs.contains("*") && !VERBS.containsAll(verbs)) {
      errors.notSupported(path, new ArrayList<Object>(verbs), VERBS);
    }
  }

  private static void path(String url, FieldPath path, FieldErrors errors) {
    int star = url.indexOf('*');
    if (url.isEmpty()) {
      errors.invalid(path, url, "must not be empty");
    } else if (!url.startsWith("/")) {
      errors.invalid(path, url, "must start with slash");
    } else if (url.contains(" ")) {
      errors.invalid(path, url, "must not contain white-space");
    } else if (url.contains("//")) {
      errors.invalid(path, url, "must not contain double slash");
    } else if (star >= 0 && (star != url.length() - 1 || !url.endsWith("/*"))) {
      errors.invalid(path, url, "wildcard can only do suffix matching");
    }
  }

  private static void needed(Tree rule, String member, String others, String words, FieldPath path, FieldErrors errors) {
    List<String> values = rule.strings(member);
    if (values.isEmpty()) {
      errors.required(path.child(member), words);
    } else if (values.contains("*") && values.size() > 1) {
      errors.invalid(path.child(member), new ArrayList<Object>(values), "if '*' is present, must not specify other " + others);
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String dangling(Tree schema) {
    return schema.tree("status").trees("conditions").stream()
        .filter(condition -> condition.string("type").equals("Dangling"))
        .map(condition -> condition.string("status"))
        .findFirst()
        .orElse("?");
  }
}
