package io.kubrig.apiserver.admission.quota;

import io.kubrig.apiserver.registry.Resource;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * What nobody may use without a quota for it.
 *
 * @param group of the objects
 * @param plural of the objects
 * @param contains parts of the names of the resources that are limited
 * @param scopes that objects must have a quota for when they are in them
 */
public record LimitedResource(String group, String plural, List<String> contains, List<Scope> scopes) {

  /** Of an apiserver.config.k8s.io ResourceQuotaConfiguration. */
  public static List<LimitedResource> of(Tree configuration) {
    List<LimitedResource> all = new ArrayList<>();
    for (Tree limited : configuration.trees("limitedResources")) {
      List<Scope> scopes = new ArrayList<>();
      for (Tree scope : limited.trees("matchScopes")) {
        scopes.add(new Scope(scope.string("scopeName"), scope.string("operator"), scope.strings("values")));
      }
      all.add(new LimitedResource(limited.string("apiGroup"), limited.string("resource"), limited.strings("matchContains"), scopes));
    }
    return all;
  }

  boolean concerns(Resource resource) {
    return resource.group().equals(group) && resource.plural().equals(plural);
  }

  boolean limits(String resource) {
    return contains.stream().anyMatch(resource::contains);
  }
}
