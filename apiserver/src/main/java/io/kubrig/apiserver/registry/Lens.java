package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/**
 * How an object is seen and changed through a path: the object itself, its status, its scale. Every lens is updated and patched by the same
 * code.
 */
public interface Lens {

  /** The columns of what is seen through this path, where it is another kind of object. */
  default Optional<TableColumns> columns() {
    return Optional.empty();
  }

  /** Whether what is seen through this path can be shown as a table at all. */
  default boolean hasTable() {
    return true;
  }

  /** The kind of the view where it is not the object's own (Scale). */
  default Optional<GroupVersionKind> viewKind() {
    return Optional.empty();
  }

  /** What a client reads. */
  default Tree view(Tree object) {
    return object;
  }

  /**
   * The object with a client's view put in.
   *
   * @param object the current object, a copy that may be changed and answered
   * @param view what the client sent, or the patched view
   */
  default Tree put(Tree object, Tree view) {
    return view;
  }

  /** Whether this path knows no other verb than a replacement. */
  default boolean onlyReplaced() {
    return false;
  }

  /** Whether what is seen through this path is the whole object as it is. */
  default boolean isWhole() {
    return false;
  }

  /** Restores in the new object what this path may not change, and counts generations. */
  void prepare(Tree object, Tree old, Operation operation);

  void validate(Tree object, Tree old, FieldErrors errors, Operation operation);

  /** The checks of metadata that are repeated on an update through this path. */
  default Kind.MetadataRepeat metadataRepeat(Kind kind) {
    return kind.metadataRepeat();
  }

  /** The path of the whole object. */
  Lens OBJECT =
      new Lens() {
        @Override
        public boolean isWhole() {
          return true;
        }

        @Override
        public void prepare(Tree object, Tree old, Operation operation) {
          Kind kind = operation.resource().behaviour();
          if (kind.hasStatus(operation.version())) {
            carry("status", object, old);
          }
          kind.prepareForUpdate(object, old, operation);
          if (kind.countsGenerations() && !kind.sameDesiredState(object, old)) {
            object.need("metadata").set("generation", old.tree("metadata").integer("generation") + 1);
          }
        }

        @Override
        public void validate(Tree object, Tree old, FieldErrors errors, Operation operation) {
          Kind kind = operation.resource().behaviour();
          kind.validate(object, errors, operation);
          kind.validateUpdate(object, old, errors, operation);
        }
      };

  /** The path {@code /status}: everything but status (and parts of metadata) stays. */
  Lens STATUS =
      new Lens() {
        @Override
        public boolean isWhole() {
          return true;
        }

        @Override
        public void prepare(Tree object, Tree old, Operation operation) {
          for (String name : object.names()) {
            if (!Kind.BOOKKEEPING.contains(name)) {
              object.remove(name);
            }
          }
          for (String name : old.names()) {
            if (!Kind.BOOKKEEPING.contains(name)) {
              object.set(name, Tree.copyOf(old.get(name)));
            }
          }
          if (operation.resource().behaviour().statusKeepsMetadata()) {
            for (String member : List.of("labels", "annotations", "finalizers", "ownerReferences")) {
              carry(member, object.need("metadata"), old.tree("metadata"));
            }
          }
          operation.resource().behaviour().prepareForStatusUpdate(object, old, operation);
        }

        @Override
        public void validate(Tree object, Tree old, FieldErrors errors, Operation operation) {
          operation.resource().behaviour().validateStatusUpdate(object, old, errors, operation);
        }

        @Override
        public Kind.MetadataRepeat metadataRepeat(Kind kind) {
          return kind.statusMetadataRepeat();
        }
      };

  /** Makes a member what it was. */
  static void carry(String member, Tree object, Tree old) {
    if (old.has(member)) {
      object.set(member, Tree.copyOf(old.get(member)));
    } else {
      object.remove(member);
    }
  }
}
