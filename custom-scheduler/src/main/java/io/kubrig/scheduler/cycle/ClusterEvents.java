package io.kubrig.scheduler.cycle;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.api.model.scheduling.v1alpha2.PodGroup;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.queue.Changes;
import io.kubrig.scheduler.queue.SchedulingQueue;
import io.kubrig.scheduler.state.ClusterState;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Brings what the API tells into the state and the queue. Objects are read on the caller's thread, applied on the scheduling thread. */
final class ClusterEvents implements ClusterApi.Listener {
  private static final Map<Class<?>, Subject> SUBJECTS = Map.ofEntries(
      Map.entry(PersistentVolume.class, Subject.PERSISTENT_VOLUME),
      Map.entry(PersistentVolumeClaim.class, Subject.PERSISTENT_VOLUME_CLAIM),
      Map.entry(StorageClass.class, Subject.STORAGE_CLASS),
      Map.entry(CSINode.class, Subject.CSI_NODE),
      Map.entry(CSIDriver.class, Subject.CSI_DRIVER),
      Map.entry(CSIStorageCapacity.class, Subject.CSI_STORAGE_CAPACITY),
      Map.entry(VolumeAttachment.class, Subject.VOLUME_ATTACHMENT),
      Map.entry(ResourceClaim.class, Subject.RESOURCE_CLAIM),
      Map.entry(ResourceSlice.class, Subject.RESOURCE_SLICE),
      Map.entry(DeviceClass.class, Subject.DEVICE_CLASS),
      Map.entry(PodGroup.class, Subject.POD_GROUP));

  private final EventLoop loop;
  private final ClusterState state;
  private final SchedulingQueue queue;
  private final Predicate<Pod> isOurs;
  private final boolean keepSources;
  private final Placements placements;
  /** Pods without a node that wait for other schedulers, by uid. */
  private final Map<String, Pod> others = new LinkedHashMap<>();
  /** As read last, by uid; for the threads that tell of pods. */
  private final Map<String, Pod> withoutNode = new ConcurrentHashMap<>();

  /** Hears of pods on nodes. */
  interface Placements {
    /** A pod came to a node without having been assumed there. */
    void placedByOthers(Pod pod);

    /** A pod has left its node. */
    void left(Pod pod);
  }

  /** With {@code keepSources} the API objects of pods on nodes are kept, because someone needs them. */
  ClusterEvents(EventLoop loop, ClusterState state, SchedulingQueue queue, Predicate<Pod> isOurs, boolean keepSources,
      Placements placements) {
    this.placements = placements;
    this.loop = loop;
    this.state = state;
    this.queue = queue;
    this.isOurs = isOurs;
    this.keepSources = keepSources;
  }

  @Override
  public void added(HasMetadata object) {
    updated(object);
  }

  @Override
  public void updated(HasMetadata object) {
    switch (object) {
      case io.fabric8.kubernetes.api.model.Pod p -> {
        Pod pod = read(p);
        loop.post(() -> podSeen(pod));
      }
      case io.fabric8.kubernetes.api.model.Node n -> {
        Node node = Node.of(n);
        loop.post(() -> nodeSeen(node));
      }
      default -> loop.post(() -> objectSeen(object));
    }
  }

  @Override
  public void deleted(HasMetadata object) {
    switch (object) {
      case io.fabric8.kubernetes.api.model.Pod p -> {
        String uid = p.getMetadata().getUid();
        withoutNode.remove(uid);
        loop.post(() -> podGone(uid));
      }
      case io.fabric8.kubernetes.api.model.Node n -> {
        String name = n.getMetadata().getName();
        loop.post(() -> nodeGone(name));
      }
      default -> loop.post(() -> objectGone(object));
    }
  }

  private Pod read(io.fabric8.kubernetes.api.model.Pod p) {
    String uid = p.getMetadata().getUid();
    Pod before = withoutNode.get(uid);
    Pod pod = before == null ? Pod.of(p) : Pod.of(p, before);
    if (!pod.isAssigned() && !pod.isFinished()) {
      withoutNode.put(uid, pod);
    } else if (before != null) {
      withoutNode.remove(uid);
    }
    return pod;
  }

  private void podSeen(Pod pod) {
    if (pod.isFinished()) {
      podGone(pod.uid());
    } else if (pod.isAssigned()) {
      others.remove(pod.uid());
      assignedSeen(keepSources ? pod : pod.withoutSource());
    } else if (isOurs.test(pod)) {
      waitingSeen(pod);
    } else {
      others.put(pod.uid(), pod.withoutSource());
    }
  }

  private void assignedSeen(Pod pod) {
    queue.delete(pod.uid());
    state.nominations().remove(pod);
    boolean wasAssumed = state.isAssumed(pod);
    Optional<Pod> before = state.observe(pod);
    if (before.isEmpty()) {
      placements.placedByOthers(pod);
    }
    if (before.isEmpty() || wasAssumed) {
      queue.happened(EventKind.of(Subject.ASSIGNED_POD, Action.ADD), null, pod);
    } else {
      Changes.between(before.get(), pod, Subject.ASSIGNED_POD).forEach(kind -> queue.happened(kind, before.get(), pod));
    }
  }

  private void waitingSeen(Pod pod) {
    if (state.isAssumed(pod)) {
      return;
    }
    boolean isNew = !queue.contains(pod.uid());
    state.groups().waits(pod);
    queue.update(pod);
    if (isNew && GroupCycle.concerns(pod)) {
      queue.happened(EventKind.of(Subject.UNSCHEDULED_POD, Action.ADD), null, pod);
    }
    pod.nominatedNode().ifPresentOrElse(n -> state.nominations().add(pod, n), () -> state.nominations().update(pod));
  }

  /** The pods without a node that wait for other schedulers. On the scheduling thread. */
  Collection<Pod> others() {
    return others.values();
  }

  private void podGone(String uid) {
    others.remove(uid);
    Optional<Pod> waiting = queue.pod(uid);
    queue.delete(uid);
    Optional<Pod> assigned = state.pod(uid).flatMap(state::removePod);
    waiting.ifPresent(pod -> {
      state.groups().leaves(pod);
      boolean nominated = state.nominations().node(pod).isPresent();
      state.nominations().remove(pod);
      if (nominated && assigned.isEmpty()) {
        queue.happened(EventKind.of(Subject.ASSIGNED_POD, Action.DELETE), pod, null);
      }
    });
    assigned.ifPresent(pod -> {
      placements.left(pod);
      queue.happened(EventKind.of(Subject.ASSIGNED_POD, Action.DELETE), pod, null);
    });
  }

  private void nodeSeen(Node node) {
    Optional<Node> before = state.observe(node);
    if (before.isEmpty()) {
      queue.happened(EventKind.of(Subject.NODE, Action.ADD), null, node);
    } else {
      Changes.between(before.get(), node).ifPresent(kind -> queue.happened(kind, before.get(), node));
    }
  }

  private void nodeGone(String name) {
    Optional<Node> before = state.node(name).map(n -> n.node());
    state.removeNode(name);
    before.ifPresent(n -> queue.happened(EventKind.of(Subject.NODE, Action.DELETE), n, null));
  }

  private void objectSeen(HasMetadata object) {
    Optional<? extends HasMetadata> before = state.observe(object);
    Subject subject = SUBJECTS.get(object.getClass());
    if (subject != null) {
      queue.happened(EventKind.of(subject, before.isEmpty() ? Action.ADD : Action.UPDATE), before.orElse(null), object);
    }
  }

  private void objectGone(HasMetadata object) {
    Optional<? extends HasMetadata> before = state.remove(object);
    Subject subject = SUBJECTS.get(object.getClass());
    if (subject != null) {
      queue.happened(EventKind.of(subject, Action.DELETE), before.isPresent() ? before.get() : object, null);
    }
  }
}
