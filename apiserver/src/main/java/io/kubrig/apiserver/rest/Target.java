package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.ResourceCatalog;
import io.kubrig.apiserver.status.ApiException;

/**
 * What a call is about.
 *
 * @param name "" for the collection
 */
public record Target(Resource resource, String version, String subresource, String namespace, String name) {

  /** @throws ApiException when there is no such path */
  static Target of(RequestInfo info, ResourceCatalog catalog) {
    Resource resource = catalog.served(info.group(), info.version(), info.resourceName()).orElseThrow(ApiException::noSuchPath);
    boolean collection = info.parts().size() < 2;
    String namespace = resource.namespaced() ? info.namespace() : "";
    boolean inNamespace = !info.namespace().isEmpty() && !info.resourceName().equals("namespaces");
    if (inNamespace != resource.namespaced() && (inNamespace || !collection)) {
      throw ApiException.noSuchPath();
    }
    String name = collection ? "" : info.parts().get(1);
    if (!info.subresource().isEmpty() && !resource.custom() && !resource.hasSubresource(info.subresource())) {
      throw ApiException.noSuchPath();
    }
    if (!info.subresource().isEmpty() && resource.custom() && !resource.behaviour().hasSubresource(info.version(), info.subresource())) {
      throw ApiException.notFound(resource.group(), resource.plural(), name);
    }
    if (info.parts().size() > 3 && !info.subresource().equals("proxy")) {
      throw ApiException.noSuchPath();
    }
    if (name.equals(".") || name.equals("..")) {
      throw ApiException.badRequest("Name parameter invalid: \"" + name + "\": may not be '" + name + "'");
    }
    return new Target(resource, info.version(), info.subresource(), namespace, name);
  }

  boolean isCollection() {
    return name.isEmpty();
  }

  public boolean isMain() {
    return subresource.isEmpty();
  }
}
