package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kubrig.kubelet.container.DownwardFields;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.probe.Probes;
import io.kubrig.kubelet.status.PodStatuses;
import io.kubrig.kubelet.status.StatusInput;
import io.kubrig.kubelet.status.StatusInput.Waiting;
import io.kubrig.kubelet.volume.VolumeException;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one pod on this node. One virtual thread; everything that concerns the pod happens on it, one thing after another.
 *
 * <p>Invariants: the pod goes through {@link Stage} in order and never back; the volumes go only when nothing of the pod runs; the
 * object in the API goes only when the volumes are gone. What comes from outside is put into the mailbox ({@code wanted}, {@code gone},
 * {@code poked}, guarded by this) and taken out between two turns.
 */
final class PodWorker {
  private static final Logger LOG = LoggerFactory.getLogger(PodWorker.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(122);

  /** How far a pod is. */
  enum Stage {
    /** It is kept as it should be. */
    SYNCING,
    /** It is being stopped. */
    TERMINATING,
    /** Nothing runs; what it had on this machine is given back. */
    TERMINATED,
    /** Nothing is left to do. */
    FINISHED
  }

  private final PodServices services;
  private final String uid;
  private final Map<String, Waiting> waiting = new HashMap<>();
  private final Thread thread;
  private Pod wanted;
  private boolean gone;
  private boolean poked = true;
  private Clock.Timer alarm;
  private volatile Stage stage = Stage.SYNCING;
  private volatile Pod current;
  private volatile RuntimePod observed;
  private PodStatus lastStatus;
  private StatusInput.Failure failure;
  private Duration retry = FIRST_RETRY;
  private Duration mountRetry = FIRST_RETRY;
  private Map<String, Path> volumes = Map.of();

  PodWorker(PodServices services, Pod pod) {
    this.services = services;
    this.uid = pod.getMetadata().getUid();
    this.wanted = pod;
    this.current = pod;
    this.observed = RuntimePod.absent(uid, pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    this.thread = Thread.ofVirtual().name("pod-" + pod.getMetadata().getNamespace() + "-" + pod.getMetadata().getName())
        .unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Stops working without touching the pod. */
  void abandon() {
    thread.interrupt();
  }

  synchronized void update(Pod pod) {
    wanted = pod;
    poke();
  }

  /** The object is gone: the pod must go too, whatever it was told before. */
  synchronized void remove() {
    gone = true;
    poke();
  }

  /** Refuses a pod before anything of it runs, or evicts it. */
  synchronized void fail(StatusInput.Failure reason) {
    failure = reason;
    poke();
  }

  /** Something changed that concerns the pod. */
  synchronized void poke() {
    poked = true;
    notifyAll();
  }

  Stage stage() {
    return stage;
  }

  synchronized boolean removed() {
    return gone;
  }

  /** The pod with the newest status. */
  Pod pod() {
    return current;
  }

  RuntimePod observed() {
    return observed;
  }

  private void run() {
    try {
      while (stage != Stage.FINISHED) {
        awaitPoke();
        turn();
      }
      services.finished(uid);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitPoke() throws InterruptedException {
    while (!poked) {
      wait();
    }
    poked = false;
    if (alarm != null) {
      alarm.cancel();
    }
    Pod pod = wanted;
    current = lastStatus == null ? pod : new PodBuilder(pod).withStatus(PodStatuses.merged(lastStatus, pod.getStatus())).build();
  }

  private void turn() throws InterruptedException {
    try {
      Optional<Duration> again =
          switch (stage) {
            case SYNCING -> sync();
            case TERMINATING -> terminate();
            case TERMINATED -> cleanUp();
            case FINISHED -> Optional.empty();
          };
      retry = FIRST_RETRY;
      again.ifPresent(this::lookAgain);
    } catch (CriException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      LOG.warn("Pod {}: {}", Containers.describe(current), e.rpcMessage());
      lookAgain(nextRetry());
    } catch (IOException e) {
      LOG.warn("Pod {}: {}", Containers.describe(current), e.toString());
      lookAgain(nextRetry());
    } catch (RuntimeException e) {
      LOG.error("Pod {}: this should not have happened", Containers.describe(current), e);
      lookAgain(nextRetry());
    }
  }

  private synchronized void lookAgain(Duration delay) {
    alarm = services.clock().after(delay, this::poke);
  }

  private Duration nextRetry() {
    Duration now = retry;
    retry = retry.multipliedBy(2).compareTo(LONGEST_RETRY) < 0 ? retry.multipliedBy(2) : LONGEST_RETRY;
    return now;
  }

  /** One turn of a living pod. */
  private Optional<Duration> sync() throws InterruptedException, IOException {
    look();
    PodStatus status = report(false);
    boolean over = status.getPhase().equals("Failed") || status.getPhase().equals("Succeeded");
    if (over || removed() || current.getMetadata().getDeletionTimestamp() != null) {
      stage = Stage.TERMINATING;
      poke();
      return Optional.empty();
    }
    Optional<Duration> hold = prepare();
    if (hold.isPresent()) {
      return hold;
    }
    SyncPlan plan = PodPlanner.plan(current, observed, services.probes());
    PodActor.Surroundings around = new PodActor.Surroundings(services.hostIps(), services.nodeName(), services.allocatable(), volumes);
    PodActor.Result result = services.actor().apply(current, observed, plan, around, waiting);
    look();
    report(false);
    Duration again = services.syncFrequency();
    return Optional.of(result.again() != null && result.again().compareTo(again) < 0 ? result.again() : again);
  }

  /** Does what comes before the first container; returns after how long to try again when that is not possible now. */
  private Optional<Duration> prepare() throws IOException {
    Optional<String> network = services.networkProblem();
    if (network.isPresent() && !Containers.isHostNetwork(current)) {
      services.events().warning(current, "", "NetworkNotReady", "network is not ready: " + network.get());
      return Optional.of(Duration.ofSeconds(1));
    }
    services.cgroups().create(current);
    try {
      List<String> ips = Containers.isHostNetwork(current) ? services.hostIps() : observed.ips();
      volumes = services.volumes()
          .setUp(current, new DownwardFields.Place(services.nodeName(), services.hostIps(), ips, services.allocatable()));
      return Optional.empty();
    } catch (VolumeException e) {
      services.events().warning(current, "", "FailedMount", e.getMessage());
      return Optional.of(nextMountRetry());
    }
  }

  private Duration nextMountRetry() {
    Duration now = mountRetry;
    mountRetry = mountRetry.multipliedBy(2).compareTo(LONGEST_RETRY) < 0 ? mountRetry.multipliedBy(2) : LONGEST_RETRY;
    return now;
  }

  /** Stops everything of the pod, and sees that it did stop. */
  private Optional<Duration> terminate() throws InterruptedException {
    services.probes().stopKilling(uid);
    look();
    if (!observed.dead()) {
      services.actor().stop(current, observed, ContainerKiller.grace(current));
    }
    look();
    if (!observed.dead()) {
      return Optional.of(nextRetry());
    }
    services.probes().forget(uid);
    report(true);
    stage = Stage.TERMINATED;
    poke();
    return Optional.empty();
  }

  /** Gives back what the pod had; then waits for its object to be deleted, and forgets what the runtime kept for its logs. */
  private Optional<Duration> cleanUp() throws IOException {
    services.volumes().tearDown(uid);
    services.cgroups().remove(uid);
    report(true);
    if (current.getMetadata().getDeletionTimestamp() != null) {
      services.reporter().ended(current);
    }
    if (!removed()) {
      return Optional.empty();
    }
    services.actor().forget(current, observed);
    services.reporter().forget(current);
    stage = Stage.FINISHED;
    return Optional.empty();
  }

  private void look() {
    observed = services.reader().read(uid, current.getMetadata().getNamespace(), current.getMetadata().getName());
    if (stage == Stage.SYNCING) {
      List<String> ips = Containers.isHostNetwork(current) ? services.hostIps() : observed.ips();
      services.probes().watch(new Probes.Subject(current, observed, ips.stream().findFirst().orElse("")));
    }
  }

  private PodStatus report(boolean finished) {
    StatusInput.Failure why;
    synchronized (this) {
      why = failure;
    }
    PodStatus status =
        PodStatuses.of(new StatusInput(current, observed, Map.copyOf(waiting), services.probes(), services.hostIps(), finished, why,
            services.clock().now()));
    lastStatus = status;
    current = new PodBuilder(current).withStatus(status).build();
    services.reporter().report(current, status);
    return status;
  }
}
