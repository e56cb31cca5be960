package io.kubrig.scheduler.plugins.volumebinding;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PreBindPlugin;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.ReservePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.PodVolumes;
import io.kubrig.scheduler.state.NodeInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Chooses volumes together with the node: bound volumes must be reachable from it; for claims that wait for their consumer a free volume is
 * found there, or their provisioner is told the node. The pod is bound when all its claims are.
 */
public final class VolumeBinding implements PreFilterPlugin, FilterPlugin, ReservePlugin, PreBindPlugin, EnqueueExtensions {
  private static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
  private static final Duration POLL = Duration.ofMillis(200);

  private final PluginContext context;
  private final Duration timeout;

  public VolumeBinding(ConfigNode args, PluginContext context) {
    this.context = context;
    this.timeout = Duration.ofSeconds(args.integer("bindTimeoutSeconds").orElse(600L));
  }

  /** What is to be written for a pod on its node. */
  private record Changes(List<PersistentVolume> volumes, List<PersistentVolumeClaim> claims, List<PersistentVolumeClaim> awaited)
      implements CycleState.Data {}

  @Override
  public String name() {
    return "VolumeBinding";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    if (PodVolumes.claims(pod).isEmpty()) {
      return PreFilterResult.SKIP;
    }
    PodClaims.Read read = PodClaims.of(pod, context.state().objects());
    if (!read.problem().isSuccess()) {
      return PreFilterResult.of(read.problem());
    }
    state.put(this, read.claims());
    state.put(VolumeFinder.class, new VolumeFinder(context.state().objects(), read.claims()));
    return PreFilterResult.ALL_NODES;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    PodClaims claims = state.get(this, PodClaims.class);
    VolumeFinder.Found found = state.get(VolumeFinder.class, VolumeFinder.class).find(node.node());
    if (!found.reasons().isEmpty()) {
      return Status.unresolvable(found.reasons().toArray(String[]::new));
    }
    if (!claims.waiting().isEmpty()) {
      claims.offers().put(node.name(), found.offer());
    }
    return Status.SUCCESS;
  }

  @Override
  public Status reserve(CycleState state, Pod pod, String node) {
    PodClaims claims = state.get(this, PodClaims.class);
    Offer offer = claims == null ? null : claims.offers().get(node);
    if (offer == null || claims.waiting().isEmpty()) {
      return Status.SUCCESS;
    }
    List<PersistentVolume> volumes = new ArrayList<>();
    for (Offer.Match m : offer.matches()) {
      PersistentVolume v = reserved(m);
      context.state().objects().volumes().assume(v);
      volumes.add(v);
    }
    List<PersistentVolumeClaim> provisioned = new ArrayList<>();
    for (PersistentVolumeClaim c : offer.toProvision()) {
      PersistentVolumeClaim told = new PersistentVolumeClaimBuilder(c).editMetadata().addToAnnotations(PodClaims.SELECTED_NODE, node)
          .endMetadata()
          .build();
      context.state().objects().claims().assume(told);
      provisioned.add(told);
    }
    state.put(Changes.class, new Changes(volumes, provisioned, List.copyOf(claims.waiting())));
    return Status.SUCCESS;
  }

  private static PersistentVolume reserved(Offer.Match m) {
    var meta = m.claim().getMetadata();
    var builder = new PersistentVolumeBuilder(m.volume());
    if (m.volume().getSpec().getClaimRef() == null) {
      builder.editMetadata().addToAnnotations(BOUND_BY_CONTROLLER, "yes").endMetadata();
    }
    return builder.editSpec().withNewClaimRef().withApiVersion("v1").withKind("PersistentVolumeClaim").withNamespace(meta.getNamespace())
        .withName(meta.getName()).withUid(meta.getUid()).withResourceVersion(meta.getResourceVersion()).endClaimRef().endSpec().build();
  }

  @Override
  public void unreserve(CycleState state, Pod pod, String node) {
    state.find(Changes.class, Changes.class).ifPresent(c -> {
      c.volumes.forEach(v -> context.state().objects().volumes().restore(null, v.getMetadata().getName()));
      c.claims.forEach(p -> context.state().objects().claims().restore(p.getMetadata().getNamespace(), p.getMetadata().getName()));
    });
  }

  @Override
  public Status preBindPreFlight(CycleState state, Pod pod, String node) {
    return state.find(Changes.class, Changes.class).isPresent() ? Status.SUCCESS : Status.SKIP;
  }

  @Override
  public boolean beginsEarly() {
    return true;
  }

  @Override
  public Status beginPreBind(CycleState state, Pod pod, String node) {
    Changes changes = state.get(Changes.class, Changes.class);
    try {
      changes.volumes.forEach(context.api()::replace);
      changes.claims.forEach(context.api()::replace);
    } catch (ClusterApiException e) {
      return Status.error(e.getMessage());
    }
    return Status.SUCCESS;
  }

  @Override
  public Status preBind(CycleState state, Pod pod, String node) throws InterruptedException {
    Changes changes = state.get(Changes.class, Changes.class);
    Instant end = context.clock().now().plus(timeout);
    while (context.clock().now().isBefore(end)) {
      Status s = onLoop(changes, node);
      if (!s.isWait()) {
        return s;
      }
      context.clock().sleepAtWork(POLL);
    }
    return Status.error("binding volumes: context deadline exceeded");
  }

  private Status onLoop(Changes changes, String node) throws InterruptedException {
    CompletableFuture<Status> answer = new CompletableFuture<>();
    context.loop().post(() -> answer.complete(progress(changes, node)));
    try {
      return answer.get();
    } catch (ExecutionException e) {
      return Status.error(e.getMessage());
    }
  }

  /** {@link Status#WAIT} while some claim is not bound. */
  private Status progress(Changes changes, String node) {
    for (PersistentVolumeClaim c : changes.awaited) {
      var now = context.state().objects().claims().find(c.getMetadata().getNamespace(), c.getMetadata().getName());
      if (now.isEmpty()) {
        return Status.error("binding volumes: persistentvolumeclaim \"" + c.getMetadata().getName() + "\" not found");
      }
      if (!PodClaims.isBound(now.get())) {
        boolean lost = changes.claims.stream().anyMatch(p -> p.getMetadata().getName().equals(c.getMetadata().getName()))
            && !PodClaims.selectedNode(now.get()).equals(Optional.of(node));
        return lost ? Status.error("binding volumes: provisioning failed for PVC \"" + c.getMetadata().getName() + "\"") : Status.WAIT;
      }
    }
    return Status.SUCCESS;
  }

  @Override
  public List<Registration> events() {
    return List.of(
        Registration.of(EventKind.of(Subject.STORAGE_CLASS, Action.ADD, Action.UPDATE)),
        new Registration(EventKind.of(Subject.PERSISTENT_VOLUME_CLAIM, Action.ADD, Action.UPDATE), (pod, before, after) ->
            ((HasMetadata) after).getMetadata().getNamespace().equals(pod.namespace())
                && PodVolumes.claims(pod).stream().anyMatch(u -> u.name().equals(((HasMetadata) after).getMetadata().getName()))),
        Registration.of(EventKind.of(Subject.PERSISTENT_VOLUME, Action.ADD, Action.UPDATE)),
        Registration.of(EventKind.of(Subject.NODE, Action.ADD, Action.UPDATE_NODE_LABEL)),
        Registration.of(EventKind.of(Subject.CSI_NODE, Action.ADD, Action.UPDATE)),
        Registration.of(EventKind.of(Subject.CSI_DRIVER, Action.UPDATE)),
        Registration.of(EventKind.of(Subject.CSI_STORAGE_CAPACITY, Action.ADD, Action.UPDATE)));
  }
}
