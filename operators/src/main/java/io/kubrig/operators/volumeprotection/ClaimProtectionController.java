package io.kubrig.operators.volumeprotection;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.pods.Pods;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps claims that a pod on a node uses. Keys are claims. */
public final class ClaimProtectionController implements Controller {
  private final Api api;
  private final Cached<PersistentVolumeClaim> claims;
  private final Cached<Pod> pods;
  private final Finalizers finalizers;

  /** A controller in a manager. */
  public ClaimProtectionController(ControllerContext context) {
    this.api = context.api();
    this.claims = context.caches().of(PersistentVolumeClaim.class);
    this.pods = context.caches().of(Pod.class);
    this.finalizers = new Finalizers(api, "kubernetes.io/pvc-protection");
  }

  @Override
  public void watch(Queue queue) {
    claims.watch(added -> queue.add(Key.of(added)), (before, after) -> queue.add(Key.of(after)), gone -> { });
    pods.onChange(pod -> names(pod).forEach(name -> queue.add(new Key(pod.getMetadata().getNamespace(), name))));
  }

  private static Stream<String> names(Pod pod) {
    return Objects.orEmpty(pod.getSpec().getVolumes()).stream().flatMap(volume -> name(pod, volume).stream());
  }

  private static Optional<String> name(Pod pod, Volume volume) {
    if (volume.getPersistentVolumeClaim() != null) {
      return Optional.of(volume.getPersistentVolumeClaim().getClaimName());
    }
    return volume.getEphemeral() == null ? Optional.empty() : Optional.of(pod.getMetadata().getName() + "-" + volume.getName());
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<PersistentVolumeClaim> claim = claims.get(key);
    claim.filter(finalizers::isMissing).ifPresent(finalizers::add);
    claim.filter(c -> finalizers.holds(c) && !isUsed(c)).ifPresent(finalizers::remove);
    return Outcome.DONE;
  }

  /** The cache may say yes; only the server says no. */
  private boolean isUsed(PersistentVolumeClaim claim) {
    String namespace = claim.getMetadata().getNamespace();
    return isUsed(claim, pods.inNamespace(namespace)) || isUsed(claim, api.client().pods().inNamespace(namespace).list().getItems());
  }

  static boolean isUsed(PersistentVolumeClaim claim, Collection<Pod> pods) {
    String name = claim.getMetadata().getName();
    return pods.stream().anyMatch(pod -> Pods.isAssigned(pod) && names(pod).anyMatch(name::equals));
  }
}
