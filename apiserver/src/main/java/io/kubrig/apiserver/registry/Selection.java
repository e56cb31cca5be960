package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.selector.FieldSelector;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.selector.SelectorException;
import io.kubrig.machinery.tree.Tree;
import java.util.Optional;
import java.util.Set;

/** Which objects of a collection are wanted: a label selector and a field selector that the resource supports. */
public final class Selection {
  private final LabelSelector labels;
  private final FieldSelector fields;

  private Selection(LabelSelector labels, FieldSelector fields) {
    this.labels = labels;
    this.fields = fields;
  }

  /** Parses both selectors; fails with 400 in native's words. */
  public static Selection of(Resource resource, ListOptions options) {
    try {
      LabelSelector labels = LabelSelector.parse(options.labelSelector());
      FieldSelector fields = FieldSelector.parse(options.fieldSelector());
      checkSupported(resource, fields);
      return new Selection(labels, fields);
    } catch (SelectorException e) {
      throw ApiException.badRequest(e.getMessage());
    }
  }

  private static void checkSupported(Resource resource, FieldSelector fields) {
    Set<String> known = resource.behaviour().selectableFieldLabels();
    for (FieldSelector.Term term : fields.terms()) {
      String field = term.field();
      boolean everywhere = field.equals("metadata.name")
          || (field.equals("metadata.namespace")
              && (resource.namespaced() || (!resource.custom() && resource.behaviour().selectableByNamespace())));
      if (!everywhere && !known.contains(field)) {
        throw ApiException.badRequest(unsupported(resource, field));
      }
    }
  }

  private static String unsupported(Resource resource, String field) {
    return resource.behaviour().unsupportedField(field);
  }

  public boolean everything() {
    return labels.isEmpty() && fields.isEmpty();
  }

  /** Whether an object that is not stored is selected. */
  public boolean test(Resource resource, Tree object) {
    return test(Facts.of(resource, object));
  }

  public boolean test(Facts facts) {
    return labels.matches(facts.labels()) && fields.matches(field -> facts.fields().getOrDefault(field, ""));
  }

  /** The name when exactly one is asked for. */
  public Optional<String> singleName() {
    return fields.exactValue("metadata.name");
  }
}
