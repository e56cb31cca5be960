package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.kubelet.cluster.ClusterObjects;
import io.kubrig.kubelet.container.ContainerDescriptions;
import io.kubrig.kubelet.container.PodCgroups;
import io.kubrig.kubelet.container.PodPaths;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.image.ImagePuller;
import io.kubrig.kubelet.posix.Posix;
import io.kubrig.kubelet.probe.Probes;
import io.kubrig.kubelet.status.StatusReporter;
import io.kubrig.kubelet.volume.PodVolumes;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Puts together what runs pods: the wiring of this package. */
public final class PodEngine implements PodServices {
  private static final Duration FIRST_CRASH_WAIT = Duration.ofSeconds(10);

  private final Ports ports;
  private final Settings settings;
  private final RuntimeReader reader;
  private final PodActor actor;
  private final PodVolumes volumes;
  private final Probes probes;
  private final ImagePuller images;
  private final PodManager manager;

  /** What the engine is connected to. */
  public record Ports(
      ContainerRuntime runtime,
      ClusterObjects cluster,
      PodEvents events,
      StatusReporter reporter,
      Posix posix,
      Clock clock,
      RandomGenerator random) {}

  /**
   * How the engine works.
   *
   * @param hostIps the node's addresses
   * @param allocatable what pods may use of the node
   * @param networkProblem why the runtime cannot connect pods now
   * @param parallelPulls how many images may be fetched at once
   * @param longestCrashWait between two restarts of a container that keeps failing
   */
  public record Settings(
      PodPaths paths,
      ContainerDescriptions descriptions,
      PodCgroups cgroups,
      String nodeName,
      List<String> hostIps,
      Map<String, Quantity> allocatable,
      Supplier<Optional<String>> networkProblem,
      Duration syncFrequency,
      int parallelPulls,
      Duration longestCrashWait,
      Admission admission) {}

  public PodEngine(Ports ports, Settings settings, List<PodSource> sources) {
    this.ports = ports;
    this.settings = settings;
    this.reader = new RuntimeReader(ports.runtime());
    this.volumes = new PodVolumes(settings.paths(), ports.cluster(), ports.posix(), ports.clock(), ports.random());
    this.images = new ImagePuller(ports.runtime(), ports.cluster(), ports.events(), ports.clock(), settings.parallelPulls());
    this.probes = new Probes(ports.runtime(), ports.events(), ports.clock(), ports.random(), this::poke);
    LifecycleHooks hooks = new LifecycleHooks(ports.runtime(), ports.clock());
    ContainerStarter starter =
        new ContainerStarter(ports.runtime(), images, settings.descriptions().containers(), hooks, ports.events(), settings.paths());
    ContainerKiller killer = new ContainerKiller(ports.runtime(), hooks, ports.events(), ports.clock());
    Backoff crashes = new Backoff(ports.clock(), FIRST_CRASH_WAIT, settings.longestCrashWait());
    this.actor = new PodActor(ports.runtime(), settings.descriptions().sandboxes(), starter, killer, ports.events(), settings.paths(),
        crashes);
    this.manager = new PodManager(this, ports.runtime(), settings.paths(), sources, settings.admission());
  }

  /** The pods of the node. */
  public PodManager pods() {
    return manager;
  }

  /** Ends the work; the pods go on. */
  public void close() {
    manager.close();
    probes.close();
  }

  private void poke(String podUid) {
    manager.poke(podUid);
  }

  @Override
  public Clock clock() {
    return ports.clock();
  }

  @Override
  public RuntimeReader reader() {
    return reader;
  }

  @Override
  public PodActor actor() {
    return actor;
  }

  @Override
  public PodVolumes volumes() {
    return volumes;
  }

  @Override
  public PodCgroups cgroups() {
    return settings.cgroups();
  }

  @Override
  public Probes probes() {
    return probes;
  }

  @Override
  public PodEvents events() {
    return ports.events();
  }

  @Override
  public StatusReporter reporter() {
    return ports.reporter();
  }

  @Override
  public String nodeName() {
    return settings.nodeName();
  }

  @Override
  public List<String> hostIps() {
    return settings.hostIps();
  }

  @Override
  public Map<String, Quantity> allocatable() {
    return settings.allocatable();
  }

  @Override
  public Optional<String> networkProblem() {
    return settings.networkProblem().get();
  }

  @Override
  public Duration syncFrequency() {
    return settings.syncFrequency();
  }

  @Override
  public void finished(String podUid) {
    images.forget(podUid);
    manager.finished(podUid);
  }
}
