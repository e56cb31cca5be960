package io.kubrig.operators.volumeprotection;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatus;
import io.fabric8.kubernetes.api.model.storage.VolumeAttributesClass;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps VolumeAttributesClasses that a claim or volume names. Keys are classes. */
public final class AttributesClassProtectionController implements Controller {
  private final Cached<VolumeAttributesClass> classes;
  private final Cached<PersistentVolumeClaim> claims;
  private final Cached<PersistentVolume> volumes;
  private final Api api;
  private final Finalizers finalizers;

  /** A controller in a manager. */
  public AttributesClassProtectionController(ControllerContext context) {
    this.api = context.api();
    this.classes = context.caches().of(VolumeAttributesClass.class);
    this.claims = context.caches().of(PersistentVolumeClaim.class);
    this.volumes = context.caches().of(PersistentVolume.class);
    this.finalizers = new Finalizers(api, "kubernetes.io/vac-protection");
  }

  @Override
  public void watch(Queue queue) {
    classes.watch(added -> queue.add(Key.of(added)), (before, after) -> queue.add(Key.of(after)), gone -> { });
    claims.watch(added -> { }, (before, after) -> names(before).forEach(name -> queue.add(Key.of(name))),
        gone -> names(gone).forEach(name -> queue.add(Key.of(name))));
    volumes.watch(added -> { }, (before, after) -> names(before).forEach(name -> queue.add(Key.of(name))),
        gone -> names(gone).forEach(name -> queue.add(Key.of(name))));
  }

  private static Stream<String> names(PersistentVolume volume) {
    return volume.getSpec() == null ? Stream.empty() : Stream.ofNullable(volume.getSpec().getVolumeAttributesClassName());
  }

  private static Stream<String> names(PersistentVolumeClaim claim) {
    PersistentVolumeClaimStatus status = claim.getStatus() == null ? new PersistentVolumeClaimStatus() : claim.getStatus();
    String target = status.getModifyVolumeStatus() == null ? null : status.getModifyVolumeStatus().getTargetVolumeAttributesClassName();
    String wanted = claim.getSpec() == null ? null : claim.getSpec().getVolumeAttributesClassName();
    return Stream.of(wanted, status.getCurrentVolumeAttributesClassName(), target)
        .filter(Objects::nonNull);
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<VolumeAttributesClass> attributes = classes.get(key);
    attributes.filter(finalizers::isMissing).ifPresent(finalizers::add);
    attributes.filter(c -> finalizers.holds(c) && !isUsed(key.name())).ifPresent(finalizers::remove);
    return Outcome.DONE;
  }

  /** The caches may say yes; only the server says no. */
  private boolean isUsed(String name) {
    return isUsed(name, claims.list(), volumes.list()) || isUsed(name,
        api.client().resources(PersistentVolumeClaim.class).inAnyNamespace().list().getItems(),
        api.client().resources(PersistentVolume.class).list().getItems());
  }

  private static boolean isUsed(String name, List<PersistentVolumeClaim> claims, List<PersistentVolume> volumes) {
    return claims.stream().flatMap(AttributesClassProtectionController::names).anyMatch(name::equals)
        || volumes.stream().flatMap(AttributesClassProtectionController::names).anyMatch(name::equals);
  }
}
