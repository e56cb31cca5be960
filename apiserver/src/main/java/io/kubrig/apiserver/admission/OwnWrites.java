package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;

/**
 * What admission writes itself, as the API server's own user and through the whole path of a write. Objects are in the preferred version.
 */
public interface OwnWrites {

  /** @throws ApiException when it is refused, or the name is taken */
  void create(String group, String plural, Tree object);

  /** Deletes an object, if it is there. @param namespace "" for cluster-scoped resources */
  void delete(String group, String plural, String namespace, String name);

  /**
   * Replaces the status of an object.
   *
   * @param object as it was read, resource version included, but for its status
   * @return false when the object has been changed or deleted since it was read
   */
  boolean replaceStatus(String group, String plural, Tree object);
}
