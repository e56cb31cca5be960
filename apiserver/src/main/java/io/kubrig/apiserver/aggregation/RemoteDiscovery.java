package io.kubrig.apiserver.aggregation;

import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.discovery.ServedVersion;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiSubresource;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the resources of aggregated servers into discovery. What cannot be read stays as it was, marked stale. Safe for concurrent use. */
final class RemoteDiscovery {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteDiscovery.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final ServedApis served;
  private final RemoteClient client;
  private final Map<String, ServedVersion> published = new TreeMap<>();

  RemoteDiscovery(ServedApis served, RemoteClient client) {
    this.served = served;
    this.client = client;
  }

  void read(RemoteService service) {
    try {
      RemoteClient.Answer answer = client.get(service, service.path(), Headers.of("Accept", "application/json"), TIMEOUT);
      if (answer.status() == 200 && Json.read(answer.body()) instanceof Tree document) {
        publish(service, new ApiVersion(service.group(), service.version(), true, resources(service, document)), false);
        return;
      }
      LOG.warn("APIService {} answered its discovery with status {}", service.name(), answer.status());
    } catch (IOException | JsonException e) {
      LOG.warn("the discovery of APIService {} cannot be read: {}", service.name(), e.getMessage());
    }
    markStale(service);
  }

  /** Shows what was read last, or nothing but the version. */
  synchronized void markStale(RemoteService service) {
    ServedVersion known = published.get(service.name());
    publish(service, known == null ? new ApiVersion(service.group(), service.version(), true, List.of()) : known.api(), true);
  }

  private synchronized void publish(RemoteService service, ApiVersion api, boolean stale) {
    boolean others =
        served
            .snapshot()
            .group(service.group())
            .flatMap(group -> group.version(service.version()))
            .map(version -> version.origin() != ServedVersion.Origin.AGGREGATED)
            .orElse(false);
    if (others) {
      return; // this server serves the version itself
    }
    ServedVersion version =
        new ServedVersion(api, service.groupPriority(), service.versionPriority(), ServedVersion.Origin.AGGREGATED, stale);
    published.put(service.name(), version);
    served.put(version);
  }

  synchronized void gone(String apiService) {
    ServedVersion known = published.remove(apiService);
    if (known != null) {
      served.remove(known.group(), known.version());
    }
  }

  /** Turns an APIResourceList into resources with their subresources. */
  private static List<ApiResource> resources(RemoteService service, Tree document) {
    Map<String, Tree> main = new TreeMap<>();
    Map<String, List<Tree>> parts = new TreeMap<>();
    for (Tree resource : document.trees("resources")) {
      String name = resource.string("name");
      int slash = name.indexOf('/');
      if (slash < 0) {
        main.put(name, resource);
      } else {
        parts.computeIfAbsent(name.substring(0, slash), key -> new ArrayList<>()).add(resource);
      }
    }
    // some publish parts of resources that are not theirs (custom metrics of pods): those stand alone, without verbs
    parts.forEach(
        (plural, own) -> main.computeIfAbsent(plural, key -> Tree.of("name", key, "namespaced", own.getFirst().bool("namespaced"))));
    List<ApiResource> resources = new ArrayList<>();
    main.forEach((plural, resource) -> resources.add(resource(service, plural, resource, parts.getOrDefault(plural, List.of()))));
    return resources;
  }

  private static ApiResource resource(RemoteService service, String plural, Tree resource, List<Tree> parts) {
    List<ApiSubresource> subresources = new ArrayList<>();
    for (Tree part : parts) {
      String name = part.string("name").substring(plural.length() + 1);
      boolean foreign = !part.string("group").isEmpty() || !part.string("version").isEmpty();
      subresources.add(new ApiSubresource(name, kind(service, part), part.strings("verbs"), foreign));
    }
    return new ApiResource(
        resource.has("kind") ? kind(service, resource) : new GroupVersionKind("", "", ""),
        plural,
        resource.string("singularName"),
        resource.bool("namespaced") ? ApiResource.Scope.NAMESPACED : ApiResource.Scope.CLUSTER,
        resource.strings("verbs"),
        resource.strings("shortNames"),
        resource.strings("categories"),
        "",
        resource.string("storageVersionHash"),
        subresources);
  }

  private static GroupVersionKind kind(RemoteService service, Tree resource) {
    return new GroupVersionKind(
        resource.string("group", service.group()), resource.string("version", service.version()), resource.string("kind"));
  }
}
