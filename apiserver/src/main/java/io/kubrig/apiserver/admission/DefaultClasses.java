package io.kubrig.apiserver.admission;

import io.kubrig.machinery.tree.Tree;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The choice among classes that are marked as the default one: the newest, of those the first by name. */
final class DefaultClasses {
  private DefaultClasses() {}

  static Optional<Tree> choose(List<Tree> classes, List<String> annotations) {
    Comparator<Tree> newest = Comparator.comparing((Tree one) -> one.tree("metadata").string("creationTimestamp")).reversed();
    return classes.stream()
        .filter(one -> annotations.stream().anyMatch(mark -> one.at("metadata", "annotations").string(mark).equals("true")))
        .min(newest.thenComparing(one -> one.tree("metadata").string("name")));
  }
}
