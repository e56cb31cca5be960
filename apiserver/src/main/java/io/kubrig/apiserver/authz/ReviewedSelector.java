package io.kubrig.apiserver.authz;

import io.kubrig.machinery.selector.FieldSelector;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.selector.SelectorException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * What is understood of a selector in an access review. Requirements are joined by and, so those that are not understood can be left out:
 * what is then asked for is more. (Source: KEP-4601, pkg/registry/authorization/util of native.)
 *
 * @param text what is understood, as in a request; "" for nothing
 * @param faulty whether something is not
 */
record ReviewedSelector(String text, boolean faulty) {

  static ReviewedSelector ofLabels(Tree selector) {
    return of(selector, LabelSelector::parse,
        requirement -> LabelSelector.of(Tree.of("matchExpressions", List.of(requirement))).toString());
  }

  static ReviewedSelector ofFields(Tree selector) {
    return of(selector, FieldSelector::parse, ReviewedSelector::term);
  }

  /** A way to read text. */
  private interface Reader {
    Object read(String text);
  }

  /** A way to write a requirement. */
  private interface Writer {
    String text(Tree requirement);
  }

  private static ReviewedSelector of(Tree selector, Reader reader, Writer writer) {
    List<String> terms = new ArrayList<>();
    boolean faulty = false;
    String raw = selector.string("rawSelector");
    if (!raw.isEmpty()) {
      try {
        reader.read(raw);
        terms.add(raw);
      } catch (SelectorException e) {
        faulty = true;
      }
    }
    for (Tree requirement : selector.trees("requirements")) {
      try {
        terms.add(writer.text(requirement));
      } catch (SelectorException e) {
        faulty = true;
      }
    }
    return new ReviewedSelector(String.join(",", terms), faulty);
  }

  private static String term(Tree requirement) {
    List<String> values = requirement.strings("values");
    String operator =
        switch (requirement.string("operator")) {
          case "In" -> "=";
          case "NotIn" -> "!=";
          default -> throw new SelectorException("fieldSelectors do not support " + requirement.string("operator"));
        };
    if (values.size() != 1) {
      throw new SelectorException("fieldSelectors must have one value");
    }
    return requirement.string("key") + operator + values.getFirst();
  }

  /** What a review says of it: nothing where all is understood. @param name of the selector's member */
  List<String> complaint(String name) {
    return faulty
        ? List.of("spec.resourceAttributes." + name + (text.isEmpty() ? "" : " partially") + " ignored due to parse error")
        : List.of();
  }
}
