package io.kubrig.apiserver.storage.etcd;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * CustomResourceDefinitions as native keeps them: in {@code apiextensions.k8s.io/v1beta1}, a version that no server serves any more, where
 * what all versions share is said once, at the top. (Source: apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go.)
 */
final class StoredDefinition {
  static final String KIND = "CustomResourceDefinition";
  static final String SERVED = "apiextensions.k8s.io/v1";
  static final String STORED = "apiextensions.k8s.io/v1beta1";

  private static final List<String> TOP = List.of("group", "names", "scope", "versions", "conversion", "preserveUnknownFields");
  private static final String COLUMNS = "additionalPrinterColumns";
  private static final String FIELDS = "selectableFields";
  private static final String REVIEWS = "conversionReviewVersions";

  private StoredDefinition() {}

  static boolean isServed(Tree object) {
    return object.string("kind").equals(KIND) && object.string("apiVersion").equals(SERVED);
  }

  static boolean isStored(Tree object) {
    return object.string("kind").equals(KIND) && object.string("apiVersion").equals(STORED);
  }

  // ---- to v1beta1 ----------------------------------------------------------------------------------------------------

  /** The stored form of a definition in {@code v1}. */
  static Tree stored(Tree definition) {
    Tree stored = definition.copy().set("apiVersion", STORED);
    stored.set("spec", storedSpec(definition.tree("spec")));
    return stored;
  }

  private static Tree storedSpec(Tree spec) {
    List<Tree> versions = spec.trees("versions").stream().map(Tree::copy).toList();
    Tree stored = Tree.of("group", spec.string("group"));
    if (!versions.isEmpty()) {
      stored.set("version", versions.getFirst().string("name"));
    }
    stored.set("names", Tree.copyOf(spec.get("names"))).set("scope", spec.string("scope"));
    raise("schema", versions, "validation", stored);
    raise("subresources", versions, "subresources", stored);
    stored.set("versions", new ArrayList<Object>(versions));
    raise(COLUMNS, versions, COLUMNS, stored);
    raise(FIELDS, versions, FIELDS, stored);
    versions.forEach(version -> rename(version, "jsonPath", "JSONPath"));
    rename(stored, "jsonPath", "JSONPath");
    if (spec.has("conversion")) {
      stored.set("conversion", storedConversion(spec.tree("conversion")));
    }
    stored.set("preserveUnknownFields", spec.bool("preserveUnknownFields"));
    spec.forEach((name, value) -> {
      if (!TOP.contains(name)) {
        stored.add(name, Tree.copyOf(value));
      }
    });
    return stored;
  }

  /** Moves a member that all versions have alike to the top. */
  private static void raise(String member, List<Tree> versions, String above, Tree spec) {
    if (versions.isEmpty()) {
      return;
    }
    Object first = meaning(versions.getFirst().get(member));
    if (versions.stream().allMatch(version -> Objects.equals(meaning(version.get(member)), first))) {
      if (first != null) {
        spec.set(above, Tree.copyOf(versions.getFirst().get(member)));
      }
      versions.forEach(version -> version.remove(member));
    }
  }

  /** An empty list says as much as none. */
  private static Object meaning(Object value) {
    return value instanceof List<?> list && list.isEmpty() ? null : value;
  }

  private static void rename(Tree holder, String from, String to) {
    for (Tree column : holder.trees(COLUMNS)) {
      if (column.has(from)) {
        Object path = column.get(from);
        column.remove(from);
        column.set(to, path);
      }
    }
  }

  private static Tree storedConversion(Tree conversion) {
    Tree stored = Tree.of("strategy", conversion.string("strategy"));
    Tree webhook = conversion.tree("webhook");
    if (webhook.has("clientConfig")) {
      stored.set("webhookClientConfig", Tree.copyOf(webhook.get("clientConfig")));
    }
    if (webhook.has(REVIEWS)) {
      stored.set(REVIEWS, Tree.copyOf(webhook.get(REVIEWS)));
    }
    return stored;
  }

  // ---- to v1 ---------------------------------------------------------------------------------------------------------

  /** The definition in {@code v1} of a stored one, with the defaults of {@code v1beta1} filled in. */
  static Tree served(Tree stored) {
    Tree served = stored.copy().set("apiVersion", SERVED);
    Tree spec = stored.tree("spec").copy();
    List<Tree> versions = versions(spec);
    lower(spec, "validation", versions, "schema");
    lower(spec, "subresources", versions, "subresources");
    lower(spec, COLUMNS, versions, COLUMNS);
    lower(spec, FIELDS, versions, FIELDS);
    versions.forEach(version -> rename(version, "JSONPath", "jsonPath"));
    Tree result = Tree.of("group", spec.string("group"), "names", names(spec.need("names")));
    result.set("scope", spec.string("scope").isEmpty() ? "Namespaced" : spec.string("scope"));
    result.set("versions", new ArrayList<Object>(versions));
    result.set("conversion", servedConversion(spec.tree("conversion")));
    if (!spec.has("preserveUnknownFields") || spec.bool("preserveUnknownFields")) {
      result.set("preserveUnknownFields", true);
    }
    served.set("spec", result);
    storedVersions(served, versions);
    return served;
  }

  private static List<Tree> versions(Tree spec) {
    List<Tree> versions = spec.trees("versions");
    return versions.isEmpty() && !spec.string("version").isEmpty()
        ? List.of(Tree.of("name", spec.string("version"), "served", true, "storage", true)) : versions;
  }

  /** Gives each version what is said at the top. */
  private static void lower(Tree spec, String above, List<Tree> versions, String member) {
    if (spec.has(above)) {
      versions.forEach(version -> version.set(member, Tree.copyOf(spec.get(above))));
    }
  }

  private static Tree names(Tree names) {
    String kind = names.string("kind");
    if (names.string("singular").isEmpty()) {
      names.set("singular", kind.toLowerCase(Locale.ROOT));
    }
    if (names.string("listKind").isEmpty() && !kind.isEmpty()) {
      names.set("listKind", kind + "List");
    }
    return names;
  }

  private static Tree servedConversion(Tree conversion) {
    String strategy = conversion.string("strategy").isEmpty() ? "None" : conversion.string("strategy");
    Tree served = Tree.of("strategy", strategy);
    List<Object> reviews = new ArrayList<>(conversion.list(REVIEWS));
    if (strategy.equals("Webhook") && reviews.isEmpty()) {
      reviews.add("v1beta1");
    }
    if (conversion.has("webhookClientConfig") || !reviews.isEmpty()) {
      Tree webhook = new Tree();
      if (conversion.has("webhookClientConfig")) {
        Tree client = conversion.tree("webhookClientConfig").copy();
        if (client.has("service") && !client.tree("service").has("port")) {
          client.need("service").set("port", 443L);
        }
        webhook.set("clientConfig", client);
      }
      webhook.set(REVIEWS, reviews);
      served.set("webhook", webhook);
    }
    return served;
  }

  private static void storedVersions(Tree definition, List<Tree> versions) {
    if (definition.tree("status").list("storedVersions").isEmpty()) {
      versions.stream().filter(version -> version.bool("storage")).findFirst()
          .ifPresent(version -> definition.need("status").set("storedVersions", new ArrayList<Object>(List.of(version.string("name")))));
    }
  }
}
