package io.kubrig.operators.resourcequota;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.MetadataFeed;
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

  private static final Set<String> IGNORED = Set.of("events.", "events.events.k8s.io");

  private final MetadataClient client;
  private final Clock clock;
  private final MetadataFeed.Listener listener;
  private final Map<String, MetadataInformer> watched = new HashMap<>(); // by group and resource, guarded by this

  Counts(MetadataClient client, Clock clock, MetadataFeed.Listener listener) {
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

  /** Whether the server has such objects; those that it does not have, and events, are not counted at all. Asks it, if need be. */
  synchronized boolean has(String resource) {
    if (IGNORED.contains(resource)) {
      return false;
    }
    if (watched.containsKey(resource)) {
      return true;
    }
    Optional<ResourceType> type = Discovery.of(client).preferred().stream()
        .filter(t -> t.groupResource().equals(resource) && t.serves("list", "watch")).findFirst();
    type.ifPresent(found -> watched.put(resource, new MetadataInformer(found, client, clock, listener)));
    return type.isPresent();
  }

  /** The number of objects that {@link #has} knows; empty while it is not known yet. */
  synchronized OptionalInt of(String resource, String namespace) {
    MetadataInformer informer = watched.get(resource);
    return informer.synced() ? OptionalInt.of(informer.inNamespace(namespace).size()) : OptionalInt.empty();
  }

  @Override
  public synchronized void close() {
    watched.values().forEach(MetadataInformer::close);
    watched.clear();
  }
}
