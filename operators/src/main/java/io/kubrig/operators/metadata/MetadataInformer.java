package io.kubrig.operators.metadata;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Activity;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Key;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All objects of one kind, by metadata, kept current by one thread: list, watch from there, and list again when the server no longer
 * knows the revision. Of the metadata only what says who an object is, to whom it belongs, and whether and how it is going is kept.
 */
public final class MetadataInformer implements MetadataFeed {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataInformer.class);
  private static final int GONE = 410;
  private static final Duration WATCH = Duration.ofMinutes(8);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

  private final ResourceType type;
  private final MetadataClient client;
  private final Clock clock;
  private final Listener listener;
  private final Map<Key, ObjectMeta> known = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean synced; // written by the thread, read by anyone
  private Activity.Work beginning; // open whenever no watch runs, but for pauses
  private String revision = ""; // empty means: list; only the thread's

  /** Starts to watch a kind. */
  public MetadataInformer(ResourceType type, MetadataClient client, Clock clock, Listener listener) {
    this.type = type;
    this.client = client;
    this.clock = clock;
    this.listener = listener;
    this.beginning = begin();
    this.thread = Thread.ofVirtual().name("metadata-" + type.groupResource()).start(this::run);
  }

  @Override
  public ResourceType type() {
    return type;
  }

  @Override
  public boolean synced() {
    return synced;
  }

  /** The objects of a namespace. */
  public List<ObjectMeta> inNamespace(String namespace) {
    return known.entrySet().stream().filter(entry -> entry.getKey().namespace().equals(namespace)).map(Map.Entry::getValue).toList();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          if (revision.isEmpty()) {
            list();
          }
          client.watch(type, revision, WATCH, this::apply, beginning::close);
          beginning = begin();
          pause = FIRST_PAUSE;
        } catch (KubernetesClientException e) {
          beginning.close();
          beginning = begin();
          if (e.getCode() == GONE) {
            revision = "";
            continue;
          }
          LOG.debug("{}: {}", type, ApiErrors.message(e));
          clock.sleepAtWork(pause);
          pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : pause.multipliedBy(2);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      beginning.close();
    }
  }

  private Activity.Work begin() {
    return clock.activity().begin("list of " + type.groupResource());
  }

  private void list() {
    MetadataClient.Listing listing = client.list(type, "");
    Set<Key> left = new HashSet<>(known.keySet());
    for (ObjectMeta object : listing.items()) {
      left.remove(key(object));
      put(object);
    }
    left.forEach(key -> tell(known.remove(key), null));
    revision = listing.revision();
    synced = true;
  }

  private void apply(MetadataClient.Change change) {
    ObjectMeta object = change.object();
    String reached = object.getResourceVersion();
    switch (change.type()) {
      case "ADDED", "MODIFIED" -> put(object);
      case "DELETED" -> {
        known.remove(key(object));
        tell(slim(object), null);
      }
      default -> LOG.trace("{}: {}", type, change.type());
    }
    revision = reached;
  }

  private void put(ObjectMeta object) {
    ObjectMeta after = slim(object);
    ObjectMeta before = known.put(key(object), after);
    if (before != null && !before.getUid().equals(after.getUid())) {
      tell(before, null);
      before = null;
    }
    tell(before, after);
  }

  private void tell(ObjectMeta before, ObjectMeta after) {
    try {
      listener.changed(type, before, after);
    } catch (RuntimeException e) {
      LOG.error("a listener of {} failed", type, e);
    }
  }

  /** What is kept: there may be a hundred thousand of them. */
  private static ObjectMeta slim(ObjectMeta object) {
    ObjectMeta kept = new ObjectMeta();
    kept.setAdditionalProperties(object.getAdditionalProperties());
    kept.setAnnotations(null);
    kept.setLabels(null);
    kept.setManagedFields(null);
    kept.setNamespace(object.getNamespace() == null ? null : object.getNamespace().intern()); // few, and of many objects each
    kept.setName(object.getName());
    kept.setUid(object.getUid());
    kept.setOwnerReferences(object.getOwnerReferences());
    kept.setFinalizers(object.getFinalizers());
    kept.setDeletionTimestamp(object.getDeletionTimestamp());
    return kept;
  }

  private static Key key(ObjectMeta object) {
    return new Key(object.getNamespace(), object.getName());
  }
}
