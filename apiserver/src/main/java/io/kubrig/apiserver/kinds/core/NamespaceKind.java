package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.registry.Deleter;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Namespaces: kept by {@code spec.finalizers} until their content is gone, which only the path {@code /finalize} may change. */
final class NamespaceKind implements Kind {
  private static final String FINALIZER = "kubernetes";
  private static final String NAME_LABEL = "kubernetes.io/metadata.name";
  private static final String PHASE = "phase";
  private static final Set<String> STANDARD = Set.of(FINALIZER, "orphan", "foregroundDeletion");

  private static final TableColumns COLUMNS =
      Columns.of(
          (namespace, now) -> Columns.row(Columns.name(namespace), namespace.tree("status").string(PHASE), Columns.age(namespace, now)),
          Columns.NAME,
          Columns.text("Status", "The status of the namespace"),
          Columns.AGE);

  @Override
  public NameRule nameRule() {
    return NameRule.DNS_LABEL;
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public boolean countsGenerations() {
    return false;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    object.need("status").fill(PHASE, "Active");
    String name = object.tree("metadata").string("name");
    if (!name.isEmpty()) {
      object.need("metadata").need("labels").set(NAME_LABEL, name);
    }
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    object.set("status", Tree.of(PHASE, "Active"));
    Tree metadata = object.need("metadata");
    metadata.need("labels").set(NAME_LABEL, metadata.string("name"));
    List<Object> finalizers = object.need("spec").needList("finalizers");
    if (!finalizers.contains(FINALIZER)) {
      finalizers.add(FINALIZER);
    }
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    Lens.carry("finalizers", object.need("spec"), old.tree("spec"));
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    finalizers(object.tree("spec").strings("finalizers"), errors);
  }

  /** Reported under the list itself where the object is created, unlike those of metadata. */
  private static void finalizers(List<String> finalizers, FieldErrors errors) {
    FieldPath path = FieldPath.of("spec", "finalizers");
    finalizers.forEach(finalizer -> finalizer(finalizer, path, errors));
  }

  private static void finalizer(String finalizer, FieldPath path, FieldErrors errors) {
    Names.qualifiedName(finalizer).forEach(text -> errors.invalid(path, finalizer, text));
    if (!finalizer.contains("/") && !STANDARD.contains(finalizer)) {
      errors.invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    String phase = object.tree("status").string(PHASE);
    String wanted = object.tree("metadata").get("deletionTimestamp") == null ? "Active" : "Terminating";
    if (!phase.equals(wanted)) {
      String when = wanted.equals("Active") ? "empty" : "not empty";
      errors.invalid(
          FieldPath.of("status", "Phase"), phase, "may only be '" + wanted + "' if `deletionTimestamp` is " + when);
    }
  }

  @Override
  public boolean holdsItself(Tree object) {
    return !object.tree("spec").list("finalizers").isEmpty();
  }

  /** The first deletion only begins it, whatever the finalizers. */
  @Override
  public boolean goesInTwoSteps() {
    return true;
  }

  @Override
  public void beginDeletion(Tree object, Tree options, Instant now) {
    object.need("metadata").set("deletionTimestamp", Timestamps.format(now));
    object.need("status").set(PHASE, "Terminating");
    Deleter.setPropagationFinalizers(this, options, object);
  }

  @Override
  public Optional<Lens> lens(String subresource) {
    return subresource.equals("finalize") ? Optional.of(FINALIZE) : Optional.empty();
  }

  /** The path that changes the finalizers of the spec, and nothing else but metadata. */
  private static final Lens FINALIZE =
      new Lens() {
        @Override
        public boolean onlyReplaced() {
          return true;
        }

        @Override
        public void prepare(Tree object, Tree old, Operation operation) {
          Lens.carry("status", object, old);
        }

        @Override
        public void validate(Tree object, Tree old, FieldErrors errors, Operation operation) {
          List<String> finalizers = object.tree("spec").strings("finalizers");
          for (int i = 0; i < finalizers.size(); i++) {
            finalizer(finalizers.get(i), FieldPath.of("spec", "finalizers").index(i), errors);
          }
        }

        @Override
        public MetadataRepeat metadataRepeat(Kind kind) {
          return MetadataRepeat.CHANGE;
        }
      };

  @Override
  public boolean selectableByNamespace() {
    return false;
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    return Map.of("status.phase", object.tree("status").string(PHASE));
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of("status.phase");
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
