package io.kubrig.apiserver.registry;

import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Objects;

/** Who owns which field: keeps {@code metadata.managedFields} across writes. */
public interface Ownership {

  /**
   * The new object with its managed fields brought up to date for an update by the operation's field manager.
   *
   * @param old empty for a creation
   */
  Tree updated(Operation operation, Tree old, Tree object, Lens lens);

  /**
   * The current object with a client's intent applied (server-side apply).
   *
   * @param current empty where there is none yet
   * @param intent the object as the client sent it, not decoded
   * @return has to be brought into normal form and defaulted
   */
  Tree applied(Operation operation, Tree current, Tree intent, Lens lens);

  /** The lens through which an intent is applied: its views carry the managed fields that are about them. */
  Lens owned(Operation operation, Lens lens);

  /** Whether two versions differ in nothing but the times of their managed fields: then nothing is written. */
  static boolean sameButForTimes(Tree object, Tree old) {
    if (object.size() != old.size()) {
      return false;
    }
    for (String name : object.names()) {
      boolean same =
          name.equals("metadata")
              ? sameMetadata(object.tree("metadata"), old.tree("metadata"))
              : Objects.equals(object.get(name), old.get(name));
      if (!same || !old.has(name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMetadata(Tree metadata, Tree old) {
    Tree mine = metadata.copy();
    Tree theirs = old.copy();
    List<Tree> myFields = mine.trees("managedFields");
    List<Tree> theirFields = theirs.trees("managedFields");
    myFields.forEach(entry -> entry.remove("time"));
    theirFields.forEach(entry -> entry.remove("time"));
    return mine.equals(theirs);
  }
}
