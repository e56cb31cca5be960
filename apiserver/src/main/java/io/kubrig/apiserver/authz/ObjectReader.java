package io.kubrig.apiserver.authz;

import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What authentication and authorization see of the stored objects: trees in the storage version, not to be changed. */
public interface ObjectReader {

  /** @param namespace "" for cluster-scoped resources */
  Optional<Tree> get(String group, String resource, String namespace, String name);

  /** @param namespace "" for all */
  List<Tree> list(String group, String resource, String namespace);

  /** Tells a follower of every object that exists, before this returns, and of every later change, in order. */
  void follow(String group, String resource, Follower follower);

  /** Is told of objects; must return soon. */
  interface Follower {
    void put(Tree object);

    /** @param object its last state */
    void removed(Tree object);

    /**
     * Whether the follower has to be told of an object; asked before it is decoded.
     *
     * @param fields its selectable fields
     */
    default boolean heeds(Map<String, String> fields) {
      return true;
    }
  }
}
