package io.kubrig.apiserver.validation;

import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What metadata must look like, for every kind. (Source: apimachinery/pkg/api/validation/objectmeta.go.) */
public final class MetadataRules {
  private static final FieldPath METADATA = FieldPath.of("metadata");
  private static final int MAX_MANAGER_BYTES = 128;
  private static final int MAX_ANNOTATIONS_BYTES = 256 << 10;
  private static final Set<String> STANDARD_FINALIZERS =
      Set.of("kubernetes", "kubernetes.io/pv-protection", "kubernetes.io/pvc-protection", "orphan", "foregroundDeletion");

  private MetadataRules() {}

  /** @param qualified whether finalizers must be standard ones or have a path, as those of native's own kinds */
  public static void check(Tree object, boolean namespaced, NameRule names, boolean qualified, FieldErrors errors) {
    Tree metadata = object.tree("metadata");
    String generateName = metadata.string("generateName");
    if (!generateName.isEmpty()) {
      names.check(generateName, true).forEach(text -> errors.invalid(METADATA.child("generateName"), generateName, text));
    }
    String name = metadata.string("name");
    if (name.isEmpty()) {
      errors.required(METADATA.child("name"), "name or generateName is required");
    } else {
      names.check(name, false).forEach(text -> errors.invalid(METADATA.child("name"), name, text));
    }
    namespace(metadata.string("namespace"), namespaced, errors);
    if (metadata.integer("generation") < 0) {
      errors.invalid(METADATA.child("generation"), metadata.integer("generation"), "must be greater than or equal to 0");
    }
    labels(metadata, METADATA.child("labels"), errors);
    annotations(metadata, METADATA.child("annotations"), errors);
    ownerReferences(metadata.trees("ownerReferences"), errors);
    finalizers(metadata.strings("finalizers"), METADATA.child("finalizers"), errors);
    managers(metadata.trees("managedFields"), errors);
    if (qualified) {
      checkQualified(object, errors);
    }
  }

  public static void checkUpdate(Tree object, Tree old, FieldErrors errors) {
    Tree metadata = object.tree("metadata");
    Tree before = old.tree("metadata");
    if (before.get("deletionTimestamp") != null) {
      List<String> added = new ArrayList<>(metadata.strings("finalizers"));
      added.removeAll(before.strings("finalizers"));
      if (!added.isEmpty()) {
        StringBuilder text = new StringBuilder("no new finalizers can be added if the object is being deleted, found new finalizers "
            + "[]string{");
        for (int i = 0; i < added.size(); i++) {
          text.append(i == 0 ? "" : ", ").append('"').append(added.get(i)).append('"');
        }
        errors.forbidden(METADATA.child("finalizers"), text.append('}').toString());
      }
    }
    labels(metadata, METADATA.child("labels"), errors);
    annotations(metadata, METADATA.child("annotations"), errors);
    ownerReferences(metadata.trees("ownerReferences"), errors);
    managers(metadata.trees("managedFields"), errors);
    if (metadata.integer("generation") < before.integer("generation")) {
      errors.invalid(METADATA.child("generation"), metadata.integer("generation"), "must not be decremented");
    }
    for (String member : List.of("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")) {
      immutable(metadata.get(member), before.get(member), METADATA.child(member), errors);
    }
  }

  private static void managers(List<Tree> entries, FieldErrors errors) {
    for (int i = 0; i < entries.size(); i++) {
      manager(entries.get(i).string("manager"), METADATA.child("managedFields").index(i).child("manager"), errors);
    }
  }

  /** The name of who manages fields: not too long, and printable. */
  public static void manager(String name, FieldPath path, FieldErrors errors) {
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_MANAGER_BYTES) {
      errors.tooLong(path, MAX_MANAGER_BYTES);
    }
    int at = 0;
    for (int c : name.codePoints().toArray()) {
      if (Character.isISOControl(c)) {
        errors.invalid(path, name, String.format("invalid character U+%04X (at position %d)", c, at));
      }
      at += new String(Character.toChars(c)).getBytes(StandardCharsets.UTF_8).length;
    }
  }

  /** A value that must stay what it was. */
  public static void immutable(Object value, Object old, FieldPath path, FieldErrors errors) {
    if (!Objects.equals(value, old)) {
      errors.invalid(path, value, "field is immutable");
    }
  }

  /** As {@link #immutable(Object, Object, FieldPath, FieldErrors)} of a structure, which is shown in its internal form. */
  public static void immutable(String type, Object value, Object old, FieldPath path, FieldErrors errors) {
    if (!Objects.equals(value, old)) {
      errors.invalid(path, InternalForm.of(type, value), "field is immutable");
    }
  }

  private static void namespace(String namespace, boolean namespaced, FieldErrors errors) {
    FieldPath path = METADATA.child("namespace");
    if (!namespaced) {
      if (!namespace.isEmpty()) {
        errors.forbidden(path, "not allowed on this type");
      }
    } else if (namespace.isEmpty()) {
      errors.required(path, "");
    } else {
      Names.dnsLabel(namespace).forEach(text -> errors.invalid(path, namespace, text));
    }
  }

  /** The labels under {@code holder.labels}, reported under a path. */
  public static void labels(Tree holder, FieldPath path, FieldErrors errors) {
    labels(holder.stringMap("labels"), path, errors);
  }

  public static void labels(Map<String, String> labels, FieldPath path, FieldErrors errors) {
    labels.forEach(
        (key, value) -> {
          Names.qualifiedName(key).forEach(text -> errors.invalid(path, key, text));
          Names.labelValue(value).forEach(text -> errors.invalid(path, value, text));
        });
  }

  /** The annotations under {@code holder.annotations}, reported under a path. */
  public static void annotations(Tree holder, FieldPath path, FieldErrors errors) {
    long bytes = 0;
    for (var annotation : holder.stringMap("annotations").entrySet()) {
      String key = annotation.getKey();
      Names.qualifiedName(key.toLowerCase(Locale.ROOT)).forEach(text -> errors.invalid(path, key, text));
      bytes += utf8Length(key) + utf8Length(annotation.getValue());
    }
    if (bytes > MAX_ANNOTATIONS_BYTES) {
      errors.tooLong(path, MAX_ANNOTATIONS_BYTES);
    }
  }

  /** Metadata of what is made from a template: labels and annotations, nothing else. */
  public static void template(Tree metadata, FieldPath path, FieldErrors errors) {
    annotations(metadata, path.child("annotations"), errors);
    labels(metadata, path.child("labels"), errors);
    for (String member : metadata.givenNames()) {
      boolean allowed = member.equals("annotations") || member.equals("labels") || metadata.given(member) == null;
      if (!allowed) {
        errors.forbidden(path.child(member.equals("uid") ? "uID" : member), "cannot be set");
      }
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void ownerReferences(List<Tree> references, FieldErrors errors) {
    String controller = "";
    for (int i = 0; i < references.size(); i++) {
      Tree reference = references.get(i);
      FieldPath path = METADATA.child("ownerReferences");
      ownerReference(reference, path, errors);
      if (reference.bool("controller")) {
        if (!controller.isEmpty()) {
          errors.invalid(
              METADATA.child("ownerReferences"),
              new ArrayList<Object>(references),
              "Only one reference can have Controller set to true. Found \"true\" in references for " + controller + " and "
                  + reference.string("name"));
        } else {
          controller = reference.string("name");
        }
      }
    }
  }

  private static void ownerReference(Tree reference, FieldPath path, FieldErrors errors) {
    String apiVersion = reference.string("apiVersion");
    if (apiVersion.chars().filter(c -> c == '/').count() > 1) {
      errors.invalid(path.child("apiVersion"), apiVersion, "unexpected GroupVersion string: " + apiVersion);
      return;
    }
    if (apiVersion.substring(apiVersion.lastIndexOf('/') + 1).isEmpty()) {
      errors.invalid(path.child("apiVersion"), apiVersion, "version must not be empty");
    }
    if (reference.string("kind").isEmpty()) {
      errors.invalid(path.child("kind"), "", "must not be empty");
    }
    if (reference.string("name").isEmpty()) {
      errors.invalid(path.child("name"), "", "must not be empty");
    }
    if (reference.string("uid").isEmpty()) {
      errors.invalid(path.child("uid"), "", "must not be empty");
    }
    if (apiVersion.equals("v1") && reference.string("kind").equals("Event")) {
      errors.invalid(path, reference, "/v1, Kind=Event is disallowed from being an owner");
    }
  }

  /** Finalizers must be standard ones or have a path. */
  public static void checkQualified(Tree object, FieldErrors errors) {
    List<String> finalizers = object.tree("metadata").strings("finalizers");
    for (int i = 0; i < finalizers.size(); i++) {
      if (!finalizers.get(i).contains("/") && !STANDARD_FINALIZERS.contains(finalizers.get(i))) {
        errors.invalid(
            METADATA.child("finalizers").index(i), finalizers.get(i),
                "name is neither a standard finalizer name nor is it fully qualified");
      }
    }
  }

  private static void finalizers(List<String> finalizers, FieldPath path, FieldErrors errors) {
    boolean orphan = false;
    boolean foreground = false;
    for (int i = 0; i < finalizers.size(); i++) {
      String finalizer = finalizers.get(i);
      Names.qualifiedName(finalizer).forEach(text -> errors.invalid(path, finalizer, text));
      orphan |= finalizer.equals("orphan");
      foreground |= finalizer.equals("foregroundDeletion");
    }
    if (orphan && foreground) {
      errors.invalid(
          path,
          new ArrayList<Object>(new HashSet<>(finalizers)),
          "finalizer orphan and foregroundDeletion cannot be both set");
    }
  }
}
