package io.kubrig.apiserver.server;

import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.ResourceCatalog;
import io.kubrig.apiserver.storage.Storage;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** How much is stored: objects by resource, bytes in all; counted when metrics are read. */
final class StorageGauges {
  private final MeterRegistry registry;
  private final Storage storage;
  private final Supplier<ResourceCatalog> catalog;
  private final Set<String> computed;
  private final Map<String, List<Meter>> gauges = new HashMap<>();

  /** @param computed resources that are not stored */
  StorageGauges(MeterRegistry registry, Storage storage, Supplier<ResourceCatalog> catalog, Set<String> computed) {
    this.registry = registry;
    this.storage = storage;
    this.catalog = catalog;
    this.computed = computed;
    Gauge.builder("apiserver_storage_size_bytes", storage, Storage::sizeInBytes)
        .tag("storage_cluster_id", "etcd-0")
        .description("Size of the storage database file physically allocated in bytes.")
        .register(registry);
  }

  /** Has a gauge for each resource that is served, and for no other. */
  synchronized void refresh() {
    Map<String, Resource> served =
        catalog.get().all().stream()
            .filter(resource -> resource.can("list") && !computed.contains(resource.qualifiedName()))
            .collect(Collectors.toMap(Resource::qualifiedName, resource -> resource, (one, same) -> one));
    gauges.entrySet().removeIf(known -> {
      boolean gone = !served.containsKey(known.getKey());
      if (gone) {
        known.getValue().forEach(registry::remove);
      }
      return gone;
    });
    served.forEach((name, resource) -> gauges.computeIfAbsent(name, key -> gauges(resource)));
  }

  private List<Meter> gauges(Resource resource) {
    String what = "Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.";
    Supplier<Number> count = () -> objects(resource);
    Meter old =
        Gauge.builder("apiserver_storage_objects", count)
            .tag("resource", resource.qualifiedName())
            .description("[DEPRECATED, consider using apiserver_resource_objects instead] " + what)
            .register(registry);
    Meter current =
        Gauge.builder("apiserver_resource_objects", count)
            .tags("group", resource.group(), "resource", resource.plural())
            .description(what)
            .register(registry);
    return List.of(old, current);
  }

  private int objects(Resource resource) {
    String prefix = resource.prefix("");
    return storage.keyspace().current().count(prefix, prefix);
  }
}
