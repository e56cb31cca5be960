package io.kubrig.operators.resourcequota;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.MetadataInformer;
import io.kubrig.operators.metadata.ResourceType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** How many objects of a kind a namespace has; a kind is watched, by metadata, from when a quota first names it. */
final class Counts implements AutoCloseable {
  private static final String PREFIX = "count/";
  private static final Set<String> LEGACY = Set.of("configmaps", "secrets", "replicationcontrollers", "resourcequotas");

  private final MetadataClient client;
  private final Clock clock;
  private final MetadataInformer.Listener listener;
  private final Map<String, MetadataInformer> watched = new HashMap<>(); // by group and resource, guarded by this

  Counts(MetadataClient client, Clock clock, MetadataInformer.Listener listener) {
    this.client = client;
    this.clock = clock;
    this.listener = listener;
  }

  /** The resource whose objects a name of a quota counts, as {@code deployments.apps} or {@code configmaps.}. */
  static Optional<String> resource(String name) {
    if (LEGACY.contains(name)) {
      return Optional.of(name + ".");
    }
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String resource = name.substring(PREFIX.length());
    return Optional.of(resource.contains(".") ? resource : resource + ".");
  }

  /** The number of objects; empty while it is not known yet. A kind that the server does not have counts as none. */
  synchronized OptionalInt of(String resource, String namespace) {
    MetadataInformer informer = watched.get(resource);
    if (informer == null) {
      Optional<ResourceType> type = Discovery.of(client).preferred().stream().filter(t -> t.groupResource().equals(resource)).findFirst();
      if (type.isEmpty() || !type.get().serves("list", "watch")) {
        return OptionalInt.of(0);
      }
      informer = new MetadataInformer(type.get(), client, clock, listener);
      watched.put(resource, informer);
    }
    return informer.synced() ? OptionalInt.of(informer.inNamespace(namespace).size()) : OptionalInt.empty();
  }

  @Override
  public synchronized void close() {
    watched.values().forEach(MetadataInformer::close);
    watched.clear();
  }
}
