package io.kubrig.machinery.schema;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * An object in its normal form, with what a strict decoder would not have accepted.
 *
 * @param remarks complaints of the text's format (YAML duplicates)
 * @param strictErrors {@code unknown field "spec.foo"}, {@code duplicate field "data.k"}, in order of discovery, each once
 */
public record Decoded(Tree tree, List<String> remarks, List<String> strictErrors) {

  public boolean isStrict() {
    return remarks.isEmpty() && strictErrors.isEmpty();
  }

  /** The texts of the warnings under {@code fieldValidation=Warn}. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>(remarks);
    warnings.addAll(strictErrors);
    return warnings;
  }

  /** The message of the refusal under {@code fieldValidation=Strict}. */
  public String strictMessage() {
    List<String> parts = new ArrayList<>();
    if (!remarks.isEmpty()) {
      parts.add("yaml: unmarshal errors:\n  " + String.join("\n  ", remarks));
    }
    parts.addAll(strictErrors);
    return "strict decoding error: " + String.join(", ", parts);
  }
}
