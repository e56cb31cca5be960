package io.kubrig.operators.ephemeralvolume;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimTemplate;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.ownership.Claims;
import java.util.Optional;

/** Makes the claims of pods with ephemeral volumes; they go with their pod. Keys are pods. */
public final class EphemeralVolumeController implements Controller {
  private final Api api;
  private final Cached<Pod> pods;
  private final Cached<PersistentVolumeClaim> claims;
  private final EventRecorder events;

  /** A controller in a manager. */
  public EphemeralVolumeController(ControllerContext context) {
    this.api = context.api();
    this.pods = context.caches().of(Pod.class);
    this.claims = context.caches().of(PersistentVolumeClaim.class);
    this.events = context.events("ephemeral_volume");
  }

  @Override
  public void watch(Queue queue) {
    pods.watch(pod -> wake(queue, pod), (before, after) -> { }, gone -> { });
    claims.watch(added -> { }, (before, after) -> { }, gone -> Objects.controllerOf(gone).filter(owner -> "Pod".equals(owner.getKind()))
        .ifPresent(owner -> queue.add(new Key(gone.getMetadata().getNamespace(), owner.getName()))));
  }

  private static void wake(Queue queue, Pod pod) {
    if (Objects.orEmpty(pod.getSpec().getVolumes()).stream().anyMatch(volume -> volume.getEphemeral() != null)) {
      queue.add(Key.of(pod));
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Pod> pod = pods.get(key).filter(p -> !Objects.isTerminating(p));
    if (pod.isPresent()) {
      for (Volume volume : Objects.orEmpty(pod.get().getSpec().getVolumes())) {
        if (volume.getEphemeral() != null) {
          provide(pod.get(), volume);
        }
      }
    }
    return Outcome.DONE;
  }

  private void provide(Pod pod, Volume volume) {
    String namespace = pod.getMetadata().getNamespace();
    String name = pod.getMetadata().getName() + "-" + volume.getName();
    Optional<PersistentVolumeClaim> claim = claims.get(namespace, name);
    if (claim.isPresent()) {
      if (!Claims.controls(pod, claim.get())) {
        String message = "PVC " + namespace + "/" + name + " was not created for pod " + Key.of(pod) + " (pod is not owner)";
        events.warning(pod, "FailedBinding", "ephemeral volume " + volume.getName() + ": " + message);
        throw new IllegalStateException(message);
      }
      return;
    }
    try {
      api.create(claim(pod, volume, name));
    } catch (RuntimeException e) {
      events.warning(pod, "FailedBinding", "ephemeral volume " + volume.getName() + ": create PVC " + name + ": " + ApiErrors.message(e));
      throw e;
    }
  }

  static PersistentVolumeClaim claim(Pod pod, Volume volume, String name) {
    PersistentVolumeClaimTemplate template = volume.getEphemeral().getVolumeClaimTemplate();
    ObjectMeta metadata = template.getMetadata() == null ? new ObjectMeta() : template.getMetadata();
    return new PersistentVolumeClaimBuilder().withNewMetadata().withName(name).withNamespace(pod.getMetadata().getNamespace())
        .withLabels(metadata.getLabels()).withAnnotations(metadata.getAnnotations())
        .withOwnerReferences(Claims.controllerReference(pod)).endMetadata().withSpec(Objects.copy(template.getSpec())).build();
  }
}
