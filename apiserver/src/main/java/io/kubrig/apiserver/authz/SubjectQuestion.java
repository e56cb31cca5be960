package io.kubrig.apiserver.authz;

import io.kubrig.machinery.selector.FieldSelector;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.selector.SelectorException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an authorizer is asked, as the spec of a SubjectAccessReview. */
final class SubjectQuestion {
  private SubjectQuestion() {}

  /** @param groups the member with the user's groups: {@code groups}, or {@code group} in v1beta1 */
  static Tree spec(Attributes asked, String groups) {
    Tree spec = new Tree();
    if (asked.resourceRequest()) {
      spec.set("resourceAttributes", resource(asked));
    } else {
      spec.set("nonResourceAttributes", filled("path", asked.path(), "verb", asked.verb()));
    }
    put(spec, "user", asked.user().name());
    if (!asked.user().groups().isEmpty()) {
      spec.set(groups, new ArrayList<Object>(asked.user().groups()));
    }
    if (!asked.user().extra().isEmpty()) {
      Tree extra = new Tree();
      asked.user().extra().forEach((key, values) -> extra.set(key, new ArrayList<Object>(values)));
      spec.set("extra", extra);
    }
    put(spec, "uid", asked.user().uid());
    return spec;
  }

  private static Tree resource(Attributes asked) {
    Tree resource =
        filled(
            "namespace", asked.namespace(), "verb", asked.verb(), "group", asked.group(), "version", asked.version(), "resource",
                asked.resource(),
            "subresource", asked.subresource(), "name", asked.name());
    fields(asked.fieldSelector()).ifPresent(requirements -> resource.set("fieldSelector", Tree.of("requirements", requirements)));
    labels(asked.labelSelector()).ifPresent(requirements -> resource.set("labelSelector", Tree.of("requirements", requirements)));
    return resource;
  }

  private static Tree filled(String... namesAndValues) {
    Tree tree = new Tree();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      put(tree, namesAndValues[i], namesAndValues[i + 1]);
    }
    return tree;
  }

  private static void put(Tree tree, String name, String value) {
    if (!value.isEmpty()) {
      tree.set(name, value);
    }
  }

  /** Empty for no selector, and for one that cannot be read: the request itself will be refused for it. */
  private static Optional<List<Object>> fields(String selector) {
    try {
      List<Object> requirements = new ArrayList<>();
      FieldSelector.parse(selector).terms()
          .forEach(term -> requirements.add(requirement(term.field(), term.equal() ? "In" : "NotIn", List.of(term.value()))));
      return requirements.isEmpty() ? Optional.empty() : Optional.of(requirements);
    } catch (SelectorException e) {
      return Optional.empty();
    }
  }

  private static Optional<List<Object>> labels(String selector) {
    try {
      List<Object> requirements = new ArrayList<>();
      LabelSelector.parse(selector)
          .requirements()
          .forEach(
              requirement -> {
                switch (requirement.operator()) {
                  case IN, EQUALS, DOUBLE_EQUALS -> requirements.add(requirement(requirement.key(), "In", requirement.values()));
                  case NOT_IN, NOT_EQUALS -> requirements.add(requirement(requirement.key(), "NotIn", requirement.values()));
                  case EXISTS -> requirements.add(requirement(requirement.key(), "Exists", List.of()));
                  case DOES_NOT_EXIST -> requirements.add(requirement(requirement.key(), "DoesNotExist", List.of()));
                  case GREATER_THAN, LESS_THAN -> { } // native leaves them out
                }
              });
      return requirements.isEmpty() ? Optional.empty() : Optional.of(requirements);
    } catch (SelectorException e) {
      return Optional.empty();
    }
  }

  private static Tree requirement(String key, String operator, List<String> values) {
    Tree requirement = Tree.of("key", key, "operator", operator);
    if (!values.isEmpty()) {
      requirement.set("values", new ArrayList<Object>(values));
    }
    return requirement;
  }
}
