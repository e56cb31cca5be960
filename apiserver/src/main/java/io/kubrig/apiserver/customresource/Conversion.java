package io.kubrig.apiserver.customresource;

import io.kubrig.machinery.tree.Tree;

/** How objects go from one version of a custom kind to another. */
@FunctionalInterface
interface Conversion {

  /** The object in another version; the tree may be changed and answered. */
  Tree convert(Tree object, String apiVersion);

  /** Strategy None: nothing but the version changes. */
  Conversion NONE = (object, apiVersion) -> object.set("apiVersion", apiVersion);
}
