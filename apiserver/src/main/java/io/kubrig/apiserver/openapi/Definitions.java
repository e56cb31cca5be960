package io.kubrig.apiserver.openapi;

import io.kubrig.machinery.tree.Tree;
import java.util.Optional;

/** The schemas that operations refer to, by name, in the form of OpenAPI 3.0. */
@FunctionalInterface
public interface Definitions {
  /** What a reference to a definition begins with. */
  String REF = "#/components/schemas/";

  /** A new tree at each call. */
  Optional<Tree> definition(String name);
}
