package io.kubrig.operators.garbagecollector;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Batches;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.ResourceType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes what lost its owners. Keys are uids, under the name of what is to be done. */
public final class GarbageCollector implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(GarbageCollector.class);
  private static final String DELETE = "delete";
  private static final String ORPHAN = "orphan";
  private static final String MERGE = "application/merge-patch+json";
  private static final String STRATEGIC = "application/strategic-merge-patch+json";
  private static final Duration SYNC = Duration.ofMillis(100);
  private static final int ATTEMPTS = 5;

  private final MetadataClient objects;
  private final EventRecorder events;
  private final AbsentOwners absent = new AbsentOwners();
  private final Monitors monitors;
  private final boolean enabled;
  private volatile OwnerGraph graph; // set by watch, before anything reads it
  private volatile Queue work; // likewise

  /** A controller in a manager. */
  public GarbageCollector(ControllerContext context) {
    this.objects = new MetadataClient(context.api().client());
    this.events = context.events("garbage-collector-controller");
    this.enabled = context.options().bool("enable-garbage-collector");
    this.monitors = new Monitors(objects, context.caches(), context.clock(), this::changed);
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
    graph = new OwnerGraph(absent, new OwnerGraph.Hints() {
      @Override
      public void mayGo(String uid) {
        queue.add(new Key(DELETE, uid));
      }

      @Override
      public void orphans(String uid) {
        queue.add(new Key(ORPHAN, uid));
      }

      @Override
      public void outOfReach(Identity dependent, Identity owner) {
        events.record(dependent.reference(), EventRecorder.WARNING, "OwnerRefInvalidNamespace",
            "ownerRef " + owner + " does not exist in namespace \"" + dependent.namespace() + "\"");
      }
    });
  }

  @Override
  public void started() {
    if (enabled) {
      monitors.start();
    }
  }

  @Override
  public void stopped() {
    monitors.close();
  }

  private void changed(ResourceType type, ObjectMeta before, ObjectMeta after) {
    if (after == null) {
      graph.gone(Identity.of(type, before));
    } else {
      graph.seen(Identity.of(type, after), before, after);
    }
  }

  @Override
  public Outcome reconcile(Key key) throws InterruptedException {
    if (!monitors.synced()) {
      return Outcome.after(SYNC);
    }
    Optional<OwnerGraph.View> node = graph.view(key.name());
    if (node.isEmpty()) {
      return Outcome.DONE;
    }
    return key.namespace().equals(ORPHAN) ? orphan(node.get()) : collect(node.get());
  }

  private Outcome collect(OwnerGraph.View node) {
    if (node.terminating() && !node.deletesDependents()) {
      return Outcome.DONE;
    }
    Optional<ResourceType> type = monitors.kind(node.identity().apiVersion(), node.identity().kind());
    if (type.isEmpty()) {
      LOG.debug("garbage-collector-controller: no such kind: {}", node.identity());
      return Outcome.RETRY;
    }
    if (type.get().namespaced() && node.identity().namespace().isEmpty()) {
      return Outcome.DONE; // a cluster-scoped object cannot be owned from inside a namespace
    }
    Optional<ObjectMeta> live = objects.get(type.get(), node.identity().namespace(), node.identity().name());
    if (live.isEmpty() || !node.identity().uid().equals(live.get().getUid())) {
      graph.missing(node.identity());
      return Outcome.DONE;
    }
    if (node.deletesDependents()) {
      return finishForeground(type.get(), node);
    }
    return decide(type.get(), node, live.get());
  }

  private Outcome finishForeground(ResourceType type, OwnerGraph.View node) {
    List<OwnerGraph.Dependent> blocking = node.dependents().stream().filter(OwnerGraph.Dependent::blocks).toList();
    if (blocking.isEmpty()) {
      removeFinalizer(type, node.identity(), OwnerGraph.FOREGROUND);
    }
    blocking.stream().filter(dependent -> !dependent.deletesDependents())
        .forEach(dependent -> work.add(new Key(DELETE, dependent.identity().uid())));
    return Outcome.DONE;
  }

  private Outcome decide(ResourceType type, OwnerGraph.View node, ObjectMeta live) {
    Map<String, Verdict.Owner> owners = new HashMap<>();
    for (OwnerReference ref : Identity.owners(live)) {
      Optional<Verdict.Owner> owner = owner(ref, node.identity().namespace());
      if (owner.isEmpty()) {
        return Outcome.RETRY;
      }
      owners.put(ref.getUid(), owner.get());
    }
    switch (Verdict.of(live, owners, node.dependents())) {
      case Verdict.Keep keep -> LOG.trace("{} stays", node.identity());
      case Verdict.Disown disown -> disown(type, node.identity(), disown.uids());
      case Verdict.Delete delete -> {
        if (delete.unblock()) {
          unblock(type, live);
        }
        delete(type, live, delete);
      }
    }
    return node.virtual() ? Outcome.RETRY : Outcome.DONE;
  }

  /** How an owner is; empty when that cannot be known. */
  private Optional<Verdict.Owner> owner(OwnerReference ref, String namespace) {
    Identity here = Identity.of(ref, namespace);
    if (absent.contains(here) || absent.contains(here.in(""))) {
      return Optional.of(Verdict.Owner.ABSENT);
    }
    Optional<ResourceType> type = monitors.kind(ref.getApiVersion(), ref.getKind());
    if (type.isEmpty()) {
      return Optional.empty();
    }
    Identity owner = type.get().namespaced() ? here : here.in("");
    if (type.get().namespaced() && namespace.isEmpty()) {
      return Optional.of(Verdict.Owner.SOLID); // it cannot exist, yet nothing is deleted on the word of a mistake
    }
    Optional<ObjectMeta> live = objects.get(type.get(), owner.namespace(), owner.name());
    if (live.isEmpty() || !owner.uid().equals(live.get().getUid())) {
      absent.add(owner);
      return Optional.of(Verdict.Owner.ABSENT);
    }
    boolean waits = live.get().getDeletionTimestamp() != null
        && Objects.orEmpty(live.get().getFinalizers()).contains(OwnerGraph.FOREGROUND);
    return Optional.of(waits ? Verdict.Owner.WAITING : Verdict.Owner.SOLID);
  }

  private void delete(ResourceType type, ObjectMeta live, Verdict.Delete verdict) {
    // an object whose owners changed since it was read must be judged again; unblocking changes it ourselves
    String revision = verdict.unblock() ? null : live.getResourceVersion();
    try {
      objects.delete(type, live.getNamespace(), live.getName(), new Api.Deletion(live.getUid(), revision, null, verdict.propagation()));
    } catch (KubernetesClientException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  private void unblock(ResourceType type, ObjectMeta live) {
    List<OwnerReference> free = new ArrayList<>();
    Objects.orEmpty(live.getOwnerReferences()).forEach(ref -> {
      OwnerReference copy = Objects.copy(ref);
      if (Boolean.TRUE.equals(copy.getBlockOwnerDeletion())) {
        copy.setBlockOwnerDeletion(false);
      }
      free.add(copy);
    });
    patchMetadata(type, live, Map.of("ownerReferences", tree(free), "uid", live.getUid()));
  }

  private Outcome orphan(OwnerGraph.View node) throws InterruptedException {
    String uid = node.identity().uid();
    List<Callable<Void>> freeing = node.dependents().stream().map(dependent -> (Callable<Void>) () -> {
      Optional<ResourceType> type = monitors.kind(dependent.identity().apiVersion(), dependent.identity().kind());
      if (type.isPresent()) {
        disown(type.get(), dependent.identity(), List.of(uid));
      }
      return null;
    }).toList();
    Optional<RuntimeException> failure = Batches.all(freeing).failure();
    if (failure.isPresent()) {
      throw failure.get();
    }
    monitors.kind(node.identity().apiVersion(), node.identity().kind())
        .ifPresent(type -> removeFinalizer(type, node.identity(), OwnerGraph.ORPHAN));
    return Outcome.DONE;
  }

  /** Takes owners off an object; one that is gone or is another by now needs nothing. */
  private void disown(ResourceType type, Identity object, List<String> owners) {
    List<Map<String, Object>> deletions = new ArrayList<>();
    owners.forEach(uid -> deletions.add(Map.of("$patch", "delete", "uid", uid)));
    try {
      objects.patch(type, object.namespace(), object.name(), STRATEGIC,
          Map.of("metadata", Map.of("ownerReferences", deletions, "uid", object.uid())));
    } catch (KubernetesClientException e) {
      if (e.getCode() == 415) {
        disownByMerge(type, object, owners);
      } else if (!ApiErrors.isNotFound(e) && !isOther(type, object)) {
        throw e;
      }
    }
  }

  private boolean isOther(ResourceType type, Identity object) {
    return objects.get(type, object.namespace(), object.name()).filter(live -> live.getUid().equals(object.uid())).isEmpty();
  }

  /** For kinds that know no strategic merge: custom resources. */
  private void disownByMerge(ResourceType type, Identity object, List<String> owners) {
    Optional<ObjectMeta> live = objects.get(type, object.namespace(), object.name()).filter(found -> object.uid().equals(found.getUid()));
    if (live.isEmpty()) {
      return;
    }
    List<OwnerReference> left = Objects.orEmpty(live.get().getOwnerReferences()).stream().filter(ref -> !owners.contains(ref.getUid()))
        .toList();
    patchMetadata(type, live.get(), Map.of("ownerReferences", tree(left)));
  }

  private void removeFinalizer(ResourceType type, Identity object, String finalizer) {
    for (int attempt = 1; ; attempt++) {
      Optional<ObjectMeta> live = objects.get(type, object.namespace(), object.name()).filter(found -> object.uid().equals(found.getUid()));
      if (live.isEmpty() || !Objects.orEmpty(live.get().getFinalizers()).contains(finalizer)) {
        return;
      }
      List<String> left = live.get().getFinalizers().stream().filter(other -> !finalizer.equals(other)).toList();
      try {
        patchMetadata(type, live.get(), Map.of("finalizers", left));
        return;
      } catch (KubernetesClientException e) {
        if (!ApiErrors.isConflict(e) || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void patchMetadata(ResourceType type, ObjectMeta live, Map<String, Object> fields) {
    Map<String, Object> metadata = new LinkedHashMap<>(fields);
    metadata.put("resourceVersion", live.getResourceVersion());
    try {
      objects.patch(type, live.getNamespace(), live.getName(), MERGE, Map.of("metadata", metadata));
    } catch (KubernetesClientException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  private static List<?> tree(List<OwnerReference> references) {
    return Objects.parse(Objects.json(references), List.class);
  }
}
