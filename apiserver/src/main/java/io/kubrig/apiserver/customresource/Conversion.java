package io.kubrig.apiserver.customresource;

import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** How objects go from one version of a custom kind to another. */
@FunctionalInterface
interface Conversion {

  /**
   * The object in another version; the tree may be changed and answered.
   *
   * @throws io.kubrig.apiserver.status.ApiException when that does not work
   */
  Tree convert(Tree object, String apiVersion);

  /** Several objects at once, in order. */
  default List<Tree> convertAll(List<Tree> objects, String apiVersion) {
    return objects.stream().map(object -> convert(object, apiVersion)).toList();
  }

  /** Strategy None: nothing but the version changes. */
  Conversion NONE = (object, apiVersion) -> object.set("apiVersion", apiVersion);
}
