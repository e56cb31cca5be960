package io.kubrig.operators.selinuxwarning;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.pods.Pods;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Warns of conflicting SELinux labels. Keys are claims. */
public final class SelinuxWarningController implements Controller {
  private final Cached<Pod> pods;
  private final Cached<PersistentVolumeClaim> claims;
  private final Cached<PersistentVolume> volumes;
  private final Cached<CSIDriver> drivers;
  private final EventRecorder events;

  /** A controller in a manager. */
  public SelinuxWarningController(ControllerContext context) {
    this.pods = context.caches().of(Pod.class);
    this.claims = context.caches().of(PersistentVolumeClaim.class);
    this.volumes = context.caches().of(PersistentVolume.class);
    this.drivers = context.caches().of(CSIDriver.class);
    this.events = context.events("selinux_warning");
  }

  @Override
  public void watch(Queue queue) {
    pods.watch(pod -> Objects.orEmpty(pod.getSpec().getVolumes()).forEach(volume ->
        claim(pod, volume).ifPresent(name -> queue.add(new Key(pod.getMetadata().getNamespace(), name)))), (before, after) -> { },
            gone -> { });
    claims.watch(added -> { }, (before, after) -> {
      if (!java.util.Objects.equals(before.getSpec().getVolumeName(), after.getSpec().getVolumeName())) {
        queue.add(Key.of(after));
      }
    }, gone -> { });
  }

  private static Optional<String> claim(Pod pod, Volume volume) {
    if (volume.getPersistentVolumeClaim() != null) {
      return Optional.of(volume.getPersistentVolumeClaim().getClaimName());
    }
    return volume.getEphemeral() == null ? Optional.empty() : Optional.of(pod.getMetadata().getName() + "-" + volume.getName());
  }

  @Override
  public Outcome reconcile(Key key) {
    boolean mounts = claims.get(key).map(claim -> claim.getSpec().getVolumeName()).flatMap(name -> volumes.get("", name))
        .map(volume -> volume.getSpec().getCsi()).flatMap(csi -> drivers.get("", csi.getDriver()))
        .filter(driver -> Boolean.TRUE.equals(driver.getSpec().getSeLinuxMount())).isPresent();
    if (mounts) {
      List<LabelUse> uses = uses(key);
      for (int i = 0; i < uses.size(); i++) {
        for (LabelUse other : uses.subList(i + 1, uses.size())) {
          LabelUse.conflicts(uses.get(i), other).forEach(conflict -> events.normal(conflict.pod(), conflict.reason(), conflict.message()));
        }
      }
    }
    return Outcome.DONE;
  }

  private List<LabelUse> uses(Key claim) {
    List<LabelUse> uses = new ArrayList<>();
    for (Pod pod : pods.inNamespace(claim.namespace())) {
      if (!Pods.isFinished(pod)) {
        Objects.orEmpty(pod.getSpec().getVolumes()).stream().filter(volume -> claim(pod, volume).filter(claim.name()::equals).isPresent())
            .forEach(volume -> uses.add(LabelUse.of(pod, volume.getName())));
      }
    }
    return uses;
  }
}
