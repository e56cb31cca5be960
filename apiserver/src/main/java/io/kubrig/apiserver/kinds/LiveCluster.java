package io.kubrig.apiserver.kinds;

import io.kubrig.machinery.tree.Tree;

/** A cluster in which the server itself keeps objects beside those that clients write, without asking admission: what allocation needs. */
public interface LiveCluster extends Cluster {

  /**
   * Stores a new object; uid and creation time are set here.
   *
   * @return whether the name was free
   */
  boolean create(String group, String plural, Tree object);

  /**
   * Removes an object whatever its finalizers.
   *
   * @param namespace "" for cluster-scoped resources
   */
  void remove(String group, String plural, String namespace, String name);

  /** What is stored beside the objects of resources, where no path leads: who holds which node port, which servers there are. */
  Records records();
}
