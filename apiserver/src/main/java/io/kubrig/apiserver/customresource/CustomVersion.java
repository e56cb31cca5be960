package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.Optional;
import java.util.Set;

/** One version of a custom kind, with what is made of its schema when it is first needed. */
final class CustomVersion {
  private final Definition.Version stated;
  private final Schema schema;
  private final PrinterColumns columns;
  private static final Set<String> BLOCKING =
      Set.of("FieldValueNotSupported", "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid");

  private volatile ValueValidator validator;
  private volatile ValueValidator statusValidator;
  private volatile RuleNode rules;
  private volatile boolean rulesKnown;

  CustomVersion(Definition.Version stated) {
    this.stated = stated;
    this.schema = StructuralSchemas.of(stated.schema());
    this.columns = new PrinterColumns(stated.columns());
  }

  Definition.Version stated() {
    return stated;
  }

  Schema schema() {
    return schema;
  }

  PrinterColumns columns() {
    return columns;
  }

  ValueValidator validator() {
    if (validator == null) {
      validator = ValueValidator.of(stated.schema());
    }
    return validator;
  }

  ValueValidator statusValidator() {
    if (statusValidator == null) {
      statusValidator = ValueValidator.of(stated.schema().at("properties", "status"));
    }
    return statusValidator;
  }

  Optional<CustomScale> scale() {
    return Optional.ofNullable(stated.scale()).map(CustomScale::new);
  }

  /** Checks the validation rules, unless what was found so far makes that pointless. */
  void checkRules(Tree object, Tree old, FieldErrors errors) {
    RuleNode node = rules();
    if (node == null) {
      return;
    }
    if (errors.causes().stream().anyMatch(cause -> BLOCKING.contains(cause.reason()))) {
      errors.invalid(
          FieldPath.NONE,
          null,
          "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation");
      return;
    }
    new RuleValidator(errors).check(node, object, old, FieldPath.NONE);
  }

  private RuleNode rules() {
    if (!rulesKnown) {
      rules = RuleNode.of(schema, true);
      rulesKnown = true;
    }
    return rules;
  }
}
