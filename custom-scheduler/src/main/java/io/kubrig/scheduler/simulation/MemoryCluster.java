package io.kubrig.scheduler.simulation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A cluster in memory that answers the scheduler as an API server would: for simulations, benchmarks and tests. It has no controllers and
 * no kubelet; whoever uses it plays them.
 *
 * <p>What comes in is copied. What is stored is never changed: a new version of an object shares with the old one what is the same in both,
 * and is what listeners, {@link #find} and {@link #list} show.
 *
 * <p>Thread-safe; listeners are called in the order of the changes, with the lock held, and must not call back.
 */
public final class MemoryCluster implements ClusterApi {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final Clock clock;
  private final PodAdmission admission;
  private final Map<Key, HasMetadata> objects = new LinkedHashMap<>();
  private final List<Listener> listeners = new ArrayList<>();
  private final Set<Class<?>> lacking = new HashSet<>();
  private long revision;

  public MemoryCluster(Clock clock) {
    this.clock = clock;
    this.admission = new PodAdmission(this, clock);
  }

  private record Key(Class<?> kind, String namespace, String name) {
    static Key of(HasMetadata o) {
      return new Key(o.getClass(), o.getMetadata().getNamespace(), o.getMetadata().getName());
    }
  }

  /** An independent copy; of the kinds that come often, without the way through text. */
  @SuppressWarnings("unchecked") // each builder makes what it was given
  private static <T extends HasMetadata> T copy(T object) {
    return switch (object) {
      case Pod p -> (T) new PodBuilder(p).build();
      case Event e -> (T) new EventBuilder(e).build();
      case ResourceClaim c -> (T) new ResourceClaimBuilder(c).build();
      default -> JSON.clone(object);
    };
  }

  @Override
  public synchronized void watch(Listener listener) {
    objects.values().forEach(listener::added);
    listeners.add(listener);
  }

  @Override
  public synchronized <T extends HasMetadata> T create(T object) {
    T o = copy(object);
    ObjectMeta meta = o.getMetadata();
    if (meta.getName() == null) {
      meta.setName(meta.getGenerateName() + Long.toString(revision + 1, 36));
    }
    if (objects.containsKey(Key.of(o))) {
      throw new ClusterApiException(409, o.getKind() + " \"" + meta.getName() + "\" already exists");
    }
    meta.setUid(UUID.randomUUID().toString());
    meta.setCreationTimestamp(Timestamps.format(clock.now()));
    if (o instanceof Pod pod) {
      admission.admit(pod);
    }
    put(o, false);
    return o;
  }

  private void put(HasMetadata o, boolean update) {
    o.getMetadata().setResourceVersion(Long.toString(++revision));
    objects.put(Key.of(o), o);
    listeners.forEach(l -> {
      if (update) {
        l.updated(o);
      } else {
        l.added(o);
      }
    });
    notifyAll();
  }

  private void drop(HasMetadata o) {
    revision++;
    objects.remove(Key.of(o));
    listeners.forEach(l -> l.deleted(o));
    notifyAll();
  }

  /** The object as stored; not to be changed. */
  public synchronized <T extends HasMetadata> Optional<T> find(Class<T> kind, String namespace, String name) {
    return Optional.ofNullable(kind.cast(objects.get(new Key(kind, namespace, name))));
  }

  @Override
  public synchronized <T extends HasMetadata> List<T> list(Class<T> kind) {
    return objects.values().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Answers from now on, or no longer, as a server that does not have a kind. */
  public synchronized void lack(Class<? extends HasMetadata> kind, boolean lacks) {
    if (lacks) {
      lacking.add(kind);
    } else {
      lacking.remove(kind);
    }
  }

  @Override
  public synchronized boolean serves(Class<? extends HasMetadata> kind) {
    return !lacking.contains(kind);
  }

  @Override
  public <T extends HasMetadata> T read(Class<T> kind, String namespace, String name) {
    return find(kind, namespace, name).map(JSON::clone).orElse(null);
  }

  /** Changes an object by a JSON merge patch. */
  public synchronized <T extends HasMetadata> T patch(Class<T> kind, String namespace, String name, Map<String, Object> patch) {
    T old = find(kind, namespace, name)
        .orElseThrow(() -> new ClusterApiException(404, kind.getSimpleName() + " \"" + name + "\" not found"));
    T changed = MergePatch.apply(JSON, kind, old, patch);
    put(changed, true);
    return changed;
  }

  @Override
  public synchronized <T extends HasMetadata> T replace(T object) {
    HasMetadata old = objects.get(Key.of(object));
    if (old == null) {
      throw new ClusterApiException(404, object.getKind() + " \"" + object.getMetadata().getName() + "\" not found");
    }
    String version = object.getMetadata().getResourceVersion();
    if (version != null && !version.isEmpty() && !version.equals(old.getMetadata().getResourceVersion())) {
      throw new ClusterApiException(409, "Operation cannot be fulfilled on " + object.getMetadata().getName()
          + ": the object has been modified; please apply your changes to the latest version and try again");
    }
    T o = copy(object);
    put(o, true);
    return o;
  }

  @Override
  public <T extends HasMetadata> T replaceStatus(T object) {
    return replace(object);
  }

  private Pod pod(PodRef ref) {
    return find(Pod.class, ref.namespace(), ref.name()).filter(p -> p.getMetadata().getUid().equals(ref.uid()))
        .orElseThrow(() -> new ClusterApiException(404, "pods \"" + ref.name() + "\" not found"));
  }

  /** The next version of a pod: its metadata and status may be set anew, what they hold and the spec are the old version's, too. */
  private static Pod next(Pod old) {
    Pod pod = Shallow.copy(old);
    pod.setMetadata(Shallow.copy(old.getMetadata()));
    pod.setStatus(Shallow.copy(old.getStatus()));
    return pod;
  }

  @Override
  public synchronized void bind(PodRef ref, String node) {
    Pod pod = next(pod(ref));
    if (pod.getSpec().getNodeName() != null) {
      throw new ClusterApiException(409, "Operation cannot be fulfilled on pods/binding \"" + ref.name() + "\": pod " + ref.name()
          + " is already assigned to node \"" + pod.getSpec().getNodeName() + "\"");
    }
    PodSpec spec = Shallow.copy(pod.getSpec());
    spec.setNodeName(node);
    pod.setSpec(spec);
    pod.getStatus().setNominatedNodeName(null);
    PodCondition scheduled = new PodCondition();
    scheduled.setType("PodScheduled");
    scheduled.setStatus("True");
    set(pod.getStatus(), scheduled);
    put(pod, true);
  }

  @Override
  public synchronized void patchStatus(PodRef ref, StatusChange change) {
    Pod pod = next(pod(ref));
    if (change.condition() != null) {
      set(pod.getStatus(), change.condition());
    }
    if (change.nominatedNode() != null) {
      pod.getStatus().setNominatedNodeName(change.nominatedNode().isEmpty() ? null : change.nominatedNode());
    }
    put(pod, true);
  }

  @Override
  public synchronized void setExtendedClaim(PodRef ref, PodExtendedResourceClaimStatus claim) {
    Pod pod = next(pod(ref));
    pod.getStatus().setExtendedResourceClaimStatus(claim);
    put(pod, true);
  }

  @Override
  public void delete(HasMetadata object) {
    delete(object, null);
  }

  private static void set(PodStatus status, PodCondition condition) {
    List<PodCondition> all = new ArrayList<>(status.getConditions());
    all.removeIf(c -> c.getType().equals(condition.getType()));
    all.add(condition);
    status.setConditions(all);
  }

  @Override
  public void delete(PodRef ref) {
    synchronized (this) {
      delete(pod(ref), null);
    }
  }

  /**
   * Deletes an object; a pod on a node stays, terminating, until its grace period (null: its own) is over and someone deletes it with 0.
   */
  public synchronized void delete(HasMetadata object, Long gracePeriodSeconds) {
    HasMetadata o = objects.get(Key.of(object));
    if (o instanceof Pod pod && pod.getSpec().getNodeName() != null && grace(pod, gracePeriodSeconds) > 0) {
      if (pod.getMetadata().getDeletionTimestamp() == null) {
        Pod marked = next(pod);
        marked.getMetadata().setDeletionTimestamp(Timestamps.format(clock.now().plusSeconds(grace(pod, gracePeriodSeconds))));
        put(marked, true);
      }
    } else if (o != null) {
      drop(o);
    }
  }

  private static long grace(Pod pod, Long asked) {
    Long own = pod.getSpec().getTerminationGracePeriodSeconds();
    return asked != null ? asked : own != null ? own : 30;
  }

  /** Waits for the next change, at most so long. */
  public synchronized void awaitChange(long timeoutMillis) throws InterruptedException {
    wait(timeoutMillis);
  }

  @Override
  public synchronized void close() {
    listeners.clear();
  }
}
