package io.kubrig.operators.garbagecollector;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Caches;
import io.kubrig.operators.metadata.CachedMetadata;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.MetadataFeed;
import io.kubrig.operators.metadata.MetadataInformer;
import io.kubrig.operators.metadata.ResourceType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metadata of every kind that can be listed, watched and deleted, following discovery; of cached kinds from their caches. */
final class Monitors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Monitors.class);
  private static final Duration DISCOVERY = Duration.ofSeconds(30);
  private static final int CORE_EVERY = 20;
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Set<String> IGNORED = Set.of("events.", "events.events.k8s.io");

  private final MetadataClient client;
  private final Clock clock;
  private final Caches caches;
  private final MetadataFeed.Listener listener;
  private final Map<String, MetadataFeed> running = new HashMap<>(); // by group and resource, guarded by this
  private volatile Discovery discovery; // null until the server has answered; replaced as a whole
  private List<String> documents = List.of(); // that discovery was read from: the core group's and the others'; only the timer's
  private int round; // only the timer's
  private Clock.Timer again; // guarded by this
  private boolean closed; // guarded by this

  Monitors(MetadataClient client, Caches caches, Clock clock, MetadataFeed.Listener listener) {
    this.client = client;
    this.caches = caches;
    this.clock = clock;
    this.listener = listener;
  }

  /** Begins to watch. */
  synchronized void start() {
    again = clock.after(Duration.ZERO, this::follow);
  }

  private void follow() {
    Duration pause = sync() ? DISCOVERY : SOON;
    synchronized (this) {
      if (!closed) {
        again = clock.after(pause, this::follow);
      }
    }
  }

  private boolean sync() {
    try {
      List<String> answered = ask();
      if (!answered.equals(documents)) {
        Discovery fresh = Discovery.of(answered);
        discovery = fresh;
        replace(fresh);
        documents = answered;
      }
      return true;
    } catch (KubernetesClientException e) {
      LOG.warn("garbage-collector-controller: cannot discover resources: {}", ApiErrors.message(e));
      return false;
    }
  }

  /** The core group changes with the server only, which nearly always changes others, too: it need not be asked for each time. */
  private List<String> ask() {
    String groups = Discovery.groups(client);
    boolean same = documents.size() == 2 && documents.getLast().equals(groups);
    boolean all = !same || round++ % CORE_EVERY == 0;
    return all ? List.of(Discovery.core(client), groups) : documents;
  }

  private synchronized void replace(Discovery fresh) {
    if (closed) {
      return;
    }
    Map<String, ResourceType> wanted = fresh.preferred().stream()
        .filter(type -> type.serves("delete", "list", "watch") && !IGNORED.contains(type.groupResource()))
        .collect(Collectors.toMap(ResourceType::groupResource, type -> type, (first, second) -> first));
    running.entrySet().removeIf(entry -> {
      boolean stale = !entry.getValue().type().equals(wanted.get(entry.getKey())) && !isUndiscovered(fresh, entry.getValue().type());
      if (stale) {
        entry.getValue().close();
      }
      return stale;
    });
    wanted.forEach((name, type) -> running.computeIfAbsent(name, n -> feed(type)));
  }

  private MetadataFeed feed(ResourceType type) {
    Optional<Cached<?>> cached = caches.of(type.apiVersion(), type.kind());
    return cached.isPresent() ? new CachedMetadata(type, cached.get(), listener) : new MetadataInformer(type, client, clock, listener);
  }

  private static boolean isUndiscovered(Discovery discovery, ResourceType type) {
    return discovery.failures().containsKey(type.apiVersion());
  }

  /** Whether all objects of all kinds have been listed once. */
  synchronized boolean synced() {
    return discovery != null && running.values().stream().allMatch(MetadataFeed::synced);
  }

  /** The resource of a kind; the server is asked again for one that is not known. */
  Optional<ResourceType> kind(String apiVersion, String kind) {
    Discovery known = discovery;
    return known == null ? Optional.empty() : known.kind(apiVersion, kind);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (again != null) {
      again.cancel();
    }
    running.values().forEach(MetadataFeed::close);
    running.clear();
  }
}
