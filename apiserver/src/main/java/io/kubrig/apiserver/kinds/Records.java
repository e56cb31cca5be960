package io.kubrig.apiserver.kinds;

import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Objects that are stored and shared with the other servers on the same storage, but are of no resource. Each has a kind, an apiVersion and
 * metadata, with a resource version when it is read.
 */
public interface Records {

  /** @param key begins with {@code /registry/} */
  Optional<Tree> get(String key);

  /** Those whose keys begin alike and whose time is not over, by their keys. */
  List<Tree> list(String prefix);

  /**
   * Changes a record, over again when another server did meanwhile.
   *
   * @param change from what is there, which is empty for nothing, to what is to be there; an equal one for no change. What it throws leaves
   *     everything as it is
   * @param life how long the record lasts when it is not changed again; zero for ever
   */
  void revise(String key, UnaryOperator<Tree> change, Duration life);

  /** @return whether it was there */
  boolean remove(String key);
}
