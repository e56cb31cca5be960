package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Locale;

/** Embedded resources have a type and sound metadata. (Source: apiextensions-apiserver/pkg/apiserver/schema/objectmeta.) */
final class EmbeddedRules {
  private EmbeddedRules() {}

  static void check(Object value, Schema schema, FieldPath path, FieldErrors errors) {
    if (schema == null) {
      return;
    }
    switch (value) {
      case Tree tree -> {
        if (schema.embeddedResource()) {
          resource(tree, path, errors);
        }
        tree.forEach(
            (name, member) -> {
              Schema.Field field = schema.fields().get(name);
              if (field != null) {
                check(member, field.schema(), path.child(name), errors);
              } else if (schema.type() == Type.MAP) {
                check(member, schema.items(), path.key(name), errors);
              }
            });
      }
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          check(list.get(i), schema.items(), path.index(i), errors);
        }
      }
      case null, default -> { }
    }
  }

  private static void resource(Tree tree, FieldPath path, FieldErrors errors) {
    for (String name : List.of("apiVersion", "kind")) {
      if (!tree.has(name)) {
        errors.required(path.child(name), "");
      } else if (!(tree.get(name) instanceof String text)) {
        errors.invalid(path.child(name), tree.get(name), "must be a string");
      } else if (text.isEmpty()) {
        errors.invalid(path.child(name), text, "must not be empty");
      }
    }
    String apiVersion = tree.string("apiVersion");
    if (apiVersion.chars().filter(c -> c == '/').count() > 1) {
      errors.invalid(path.child("apiVersion"), apiVersion, "unexpected GroupVersion string: " + apiVersion);
    }
    String kind = tree.string("kind");
    List<String> wrong = kind.isEmpty() ? List.of() : Names.dns1035Label(kind.toLowerCase(Locale.ROOT));
    if (!wrong.isEmpty()) {
      errors.invalid(path.child("kind"), kind, "may have mixed case, but should otherwise match: " + String.join(",", wrong));
    }
    if (tree.has("metadata")) {
      metadata(tree.tree("metadata"), path, errors);
    }
  }

  private static void metadata(Tree metadata, FieldPath path, FieldErrors errors) {
    Tree named = metadata.copy();
    if (named.string("name").isEmpty()) {
      named.set("name", "fakename");
    }
    FieldErrors own = new FieldErrors();
    MetadataRules.check(Tree.of("metadata", named), !named.string("namespace").isEmpty(), NameRule.PATH_SEGMENT, false, own);
    own.causes().forEach(cause -> errors.add(cause.reason(), path.child(cause.field()), cause.message()));
  }
}
