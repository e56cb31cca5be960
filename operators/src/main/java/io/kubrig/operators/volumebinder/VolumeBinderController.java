package io.kubrig.operators.volumebinder;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.engine.Sweeps;
import io.kubrig.operators.events.EventRecorder;
import java.time.Duration;
import java.util.List;

/** Binds claims and volumes. Keys: a claim by namespace and name, a volume by name, and the sweep over all. */
public final class VolumeBinderController implements Controller {
  private static final Key SWEEP = new Key("", "\0sweep");

  private final Cached<PersistentVolume> volumes;
  private final Cached<PersistentVolumeClaim> claims;
  private final Cached<Pod> pods;
  private final ClaimSync claimSync;
  private final VolumeSync volumeSync;
  private final Duration period;
  private final Clock clock;
  private volatile Queue work; // set by watch, before anything runs
  private volatile Sweeps sweeps; // likewise

  /** A controller in a manager. */
  public VolumeBinderController(ControllerContext context) {
    Api api = context.api();
    EventRecorder events = context.events("persistentvolume-controller");
    this.volumes = context.caches().of(PersistentVolume.class);
    this.claims = context.caches().of(PersistentVolumeClaim.class);
    this.pods = context.caches().of(Pod.class);
    this.period = context.options().duration("pvclaimbinder-sync-period");
    this.clock = context.clock();
    Binding binding = new Binding(api, clock);
    Recycler recycler = new Recycler(api, pods, context.options());
    this.claimSync = new ClaimSync(volumes, context.caches().of(StorageClass.class), pods, binding, events,
        context.options().bool("enable-dynamic-provisioning"));
    this.volumeSync = new VolumeSync(api, claims, binding, new Reclaiming(api, pods, claims, binding, events, recycler), events);
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
    sweeps = new Sweeps(SWEEP, period, clock, queue);
    volumes.watch(this::seen, (before, after) -> seen(after), this::gone);
    claims.watch(this::seen, (before, after) -> seen(after), this::gone);
    pods.onChange(pod -> Recycler.volume(pod).ifPresent(volume -> queue.add(Key.of(volume))));
  }

  private void seen(HasMetadata object) {
    work.add(Key.of(object));
    sweeps.ask();
  }

  private void gone(PersistentVolume volume) {
    work.add(Key.of(volume));
    ObjectReference ref = volume.getSpec() == null ? null : volume.getSpec().getClaimRef();
    if (ref != null && ref.getName() != null) {
      work.add(new Key(ref.getNamespace(), ref.getName()));
    }
  }

  private void gone(PersistentVolumeClaim claim) {
    String volume = claim.getSpec() == null ? null : claim.getSpec().getVolumeName();
    if (volume != null && !volume.isEmpty()) {
      work.add(Key.of(volume));
    }
  }

  @Override
  public void started() {
    work.add(SWEEP);
  }

  @Override
  public Outcome reconcile(Key key) {
    if (key.equals(SWEEP)) {
      sweeps.begun();
      List<PersistentVolume> allVolumes = volumes.list();
      List<PersistentVolumeClaim> allClaims = claims.list();
      allVolumes.forEach(volume -> work.add(Key.of(volume)));
      allClaims.forEach(claim -> work.add(Key.of(claim)));
      if (!allVolumes.isEmpty() || !allClaims.isEmpty()) {
        sweeps.ask();
      }
      return Outcome.DONE;
    }
    if (key.namespace().isEmpty()) {
      volumes.get(key).ifPresentOrElse(volume -> volumeSync.sync(volume, work::add), () -> volumeSync.gone(key.name()));
    } else {
      claims.get(key).ifPresent(claimSync::sync);
    }
    return Outcome.DONE;
  }
}
