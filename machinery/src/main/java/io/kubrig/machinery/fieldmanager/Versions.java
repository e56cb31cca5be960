package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.Optional;

/** The versions of one kind: entries of other versions than the request's need the object in theirs. */
public interface Versions {

  /** The schema of the kind in a version such as {@code apps/v1}; empty when the version is no longer served. */
  Optional<Schema> schema(String apiVersion);

  /** The object in a version that {@link #schema} knows; may answer the object itself when it has that version. */
  Tree convert(Tree object, String apiVersion);

  /** A kind that has only one version. */
  static Versions single(String apiVersion, Schema schema) {
    return new Versions() {
      @Override
      public Optional<Schema> schema(String version) {
        return version.equals(apiVersion) ? Optional.of(schema) : Optional.empty();
      }

      @Override
      public Tree convert(Tree object, String version) {
        return object;
      }
    };
  }
}
