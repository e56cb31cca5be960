package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.selector.SelectorException;
import io.kubrig.machinery.tree.Tree;
import java.util.Optional;
import java.util.function.Function;

/**
 * A workload seen as an {@code autoscaling/v1 Scale}: how many replicas there are and should be.
 *
 * @param selector the text of the selector that finds the replicas
 */
public record ScaleLens(Function<Tree, String> selector) implements Lens {
  private static final GroupVersionKind SCALE = GroupVersionKind.of("autoscaling/v1", "Scale");

  private static final TableColumns COLUMNS =
      Columns.of(
          (scale, now) ->
              Columns.row(
                  scale.tree("metadata").string("name"), scale.tree("spec").integer("replicas"), scale.tree("status").integer("replicas"),
                  Columns.age(scale, now)),
          Columns.text("Name", Columns.NAME.description()),
          Columns.number("Desired", "replicas is the desired number of instances for the scaled object."),
          Columns.number("Available", "replicas is the actual number of observed instances of the scaled object."),
          Columns.AGE);

  /** For kinds whose {@code spec.selector} is a {@code LabelSelector}. */
  public static final ScaleLens BY_LABEL_SELECTOR = new ScaleLens(ScaleLens::labelSelector);

  /** For kinds whose {@code spec.selector} is a plain map of labels. */
  public static final ScaleLens BY_LABELS =
      new ScaleLens(object -> LabelSelector.ofLabels(object.tree("spec").stringMap("selector")).toString());

  private static String labelSelector(Tree object) {
    if (!(object.tree("spec").get("selector") instanceof Tree selector)) {
      return "";
    }
    try {
      return LabelSelector.of(selector).toString();
    } catch (SelectorException e) {
      throw new IllegalStateException("a stored selector cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<TableColumns> columns() {
    return Optional.of(COLUMNS);
  }

  @Override
  public Optional<GroupVersionKind> viewKind() {
    return Optional.of(SCALE);
  }

  @Override
  public Tree view(Tree object) {
    Tree metadata = new Tree();
    Tree own = object.tree("metadata");
    for (String member : new String[] {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
      if (own.has(member)) {
        metadata.set(member, Tree.copyOf(own.get(member)));
      }
    }
    Tree spec = new Tree();
    long replicas = object.tree("spec").integer("replicas");
    if (replicas != 0) {
      spec.set("replicas", replicas);
    }
    Tree status = Tree.of("replicas", object.tree("status").integer("replicas"));
    String text = selector.apply(object);
    if (!text.isEmpty()) {
      status.set("selector", text);
    }
    return Tree.of("kind", "Scale", "apiVersion", "autoscaling/v1", "metadata", metadata, "spec", spec, "status", status);
  }

  @Override
  public Tree put(Tree object, Tree view) {
    check(view);
    object.need("spec").set("replicas", view.tree("spec").integer("replicas"));
    Tree metadata = object.need("metadata");
    Tree given = view.tree("metadata");
    metadata.set("resourceVersion", given.string("resourceVersion"));
    if (!given.string("uid").isEmpty()) {
      metadata.set("uid", given.string("uid"));
    }
    return object;
  }

  @Override
  public void prepare(Tree object, Tree old, Operation operation) {
    if (!operation.resource().behaviour().sameDesiredState(object, old)) {
      object.need("metadata").set("generation", old.tree("metadata").integer("generation") + 1);
    }
  }

  /** What is wrong with a scale is said of it, not of the object behind it. */
  private static void check(Tree scale) {
    long replicas = scale.tree("spec").integer("replicas");
    if (replicas < 0) {
      FieldErrors errors = new FieldErrors().invalid(FieldPath.of("spec", "replicas"), replicas, "must be greater than or equal to 0");
      throw ApiException.invalid("autoscaling", "Scale", scale.tree("metadata").string("name"), errors);
    }
  }

  @Override
  public void validate(Tree object, Tree old, FieldErrors errors, Operation operation) {}
}
