package io.kubrig.apiserver.rest;

import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/** The objects of a resource of which nothing is stored: each is made when it is asked for, whole, in the resource's one version. */
public interface ComputedObjects {
  List<Tree> list();

  Optional<Tree> get(String name);
}
