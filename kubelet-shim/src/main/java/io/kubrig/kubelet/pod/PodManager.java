package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.container.PodPaths;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.pod.RuntimePod.Sandbox;
import io.kubrig.kubelet.pod.RuntimeReader.Summary;
import io.kubrig.kubelet.posix.FileTree;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pods of this node: one worker for each, woken when the pod or its containers change, and the tidying up of what belongs to no pod.
 */
public final class PodManager implements PodSource.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PodManager.class);
  /** How often the runtime is asked what changed. Source: the native kubelet's relist period. */
  private static final Duration RELIST = Duration.ofSeconds(1);
  private static final int HOUSEKEEPING_EVERY = 2;
  private static final int COLLECT_EVERY = 60;

  private final PodServices services;
  private final ContainerRuntime runtime;
  private final PodPaths paths;
  private final Clock clock;
  private final List<PodSource> sources;
  private final Admission admission;
  private final ConcurrentMap<String, PodWorker> workers = new ConcurrentHashMap<>();
  private volatile Thread relister;
  private volatile boolean healthy = true;

  PodManager(PodServices services, ContainerRuntime runtime, PodPaths paths, List<PodSource> sources, Admission admission) {
    this.services = services;
    this.runtime = runtime;
    this.paths = paths;
    this.clock = services.clock();
    this.sources = List.copyOf(sources);
    this.admission = admission;
  }

  /** Begins to work. */
  public void start() {
    relister = Thread.ofVirtual().name("relist").start(this::relist);
    sources.forEach(source -> source.start(this));
  }

  @Override
  public synchronized void present(Pod pod) {
    PodWorker worker = workers.get(pod.getMetadata().getUid());
    if (worker != null) {
      worker.update(pod);
      return;
    }
    PodWorker fresh = new PodWorker(services, pod);
    admission.refusal(pod, pods()).ifPresent(fresh::fail);
    workers.put(pod.getMetadata().getUid(), fresh);
    fresh.start();
  }

  @Override
  public void gone(Pod pod) {
    PodWorker worker = workers.get(pod.getMetadata().getUid());
    if (worker != null) {
      worker.remove();
    }
  }

  void finished(String podUid) {
    workers.remove(podUid);
  }

  /** Something that concerns a pod changed. */
  public void poke(String podUid) {
    PodWorker worker = workers.get(podUid);
    if (worker != null) {
      worker.poke();
    }
  }

  /** Every pod of the node, with the newest status. */
  public Collection<Pod> pods() {
    return workers.values().stream().map(PodWorker::pod).toList();
  }

  public Optional<Pod> pod(String namespace, String name) {
    return pods().stream().filter(pod -> pod.getMetadata().getNamespace().equals(namespace) && pod.getMetadata().getName().equals(name))
        .findFirst();
  }

  public Optional<RuntimePod> observed(String podUid) {
    return Optional.ofNullable(workers.get(podUid)).map(PodWorker::observed);
  }

  /** Whether the runtime answered when it was asked last. */
  public boolean healthy() {
    return healthy;
  }

  /** Ends the workers; the pods go on. */
  @Override
  public void close() {
    sources.forEach(PodSource::close);
    if (relister != null) {
      relister.interrupt();
    }
    workers.values().forEach(PodWorker::abandon);
  }

  /** Ends every pod of the node with a short grace, for a machine that is to be left as it was. */
  public void stopAll() throws InterruptedException {
    close();
    for (Summary summary : services.reader().summaries().values()) {
      endOrphan(summary);
    }
  }

  private void relist() {
    Map<String, Summary> before = Map.of();
    int turn = 0;
    try {
      while (!Thread.interrupted()) {
        before = relistOnce(before, turn++);
        clock.sleep(RELIST);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<String, Summary> relistOnce(Map<String, Summary> before, int turn) throws InterruptedException {
    try {
      Map<String, Summary> now = services.reader().summaries();
      Set<String> uids = new HashSet<>(before.keySet());
      uids.addAll(now.keySet());
      uids.stream().filter(uid -> !same(before.get(uid), now.get(uid))).forEach(this::poke);
      healthy = true;
      if (turn % HOUSEKEEPING_EVERY == HOUSEKEEPING_EVERY - 1 && sources.stream().allMatch(PodSource::ready)) {
        tidyUp(now);
      }
      if (turn % COLLECT_EVERY == COLLECT_EVERY - 1) {
        collect();
      }
      return new HashMap<>(now);
    } catch (CriException e) {
      if (healthy) {
        LOG.warn("The container runtime does not answer: {}", e.rpcMessage());
      }
      healthy = false;
      return before;
    }
  }

  private static boolean same(Summary a, Summary b) {
    return a != null && b != null && a.states().equals(b.states());
  }

  /** Ends what the runtime has and nobody asked for, and removes the directories of pods that are gone. */
  private void tidyUp(Map<String, Summary> inRuntime) throws InterruptedException {
    for (Summary summary : inRuntime.values()) {
      if (!workers.containsKey(summary.uid())) {
        LOG.info("Ending orphaned pod {}/{} ({})", summary.namespace(), summary.name(), summary.uid());
        endOrphan(summary);
      }
    }
    if (!Files.isDirectory(paths.pods())) {
      return;
    }
    try (Stream<Path> directories = Files.list(paths.pods())) {
      for (Path directory : directories.toList()) {
        String uid = directory.getFileName().toString();
        if (!workers.containsKey(uid) && !inRuntime.containsKey(uid)) {
          services.volumes().tearDown(uid);
          services.cgroups().remove(uid);
        }
      }
    } catch (IOException e) {
      LOG.warn("Cannot remove the directory of an ended pod: {}", e.toString());
    }
  }

  private void endOrphan(Summary summary) throws InterruptedException {
    RuntimePod pod = services.reader().read(summary.uid(), summary.namespace(), summary.name());
    try {
      for (Instance run : pod.running()) {
        runtime.stopContainer(run.id(), Duration.ofSeconds(1));
      }
      for (Sandbox sandbox : pod.sandboxes()) {
        runtime.stopSandbox(sandbox.id());
        runtime.removeSandbox(sandbox.id());
      }
      services.volumes().tearDown(pod.uid());
      services.cgroups().remove(pod.uid());
      for (Instance run : pod.containers()) {
        Files.deleteIfExists(paths.logLink(pod.namespace(), pod.name(), run.name(), run.id()));
      }
      FileTree.delete(paths.logs(pod.namespace(), pod.name(), pod.uid()));
    } catch (IOException | CriException e) {
      LOG.warn("Cannot end orphaned pod {}/{} now: {}", pod.namespace(), pod.name(), e.getMessage());
    }
  }

  /** Of each container only the newest run and one before it are kept, of sandboxes only the newest. */
  private void collect() {
    for (PodWorker worker : workers.values()) {
      RuntimePod pod = worker.observed();
      Map<String, Integer> seen = new HashMap<>();
      for (Instance run : pod.containers()) {
        int newer = seen.merge(run.name(), 1, Integer::sum);
        if (newer > 2 && run.exited()) {
          removeQuietly(pod, run);
        }
      }
      pod.sandboxes().stream()
          .skip(1)
          .filter(sandbox -> !sandbox.ready() && pod.containers().stream().noneMatch(run -> run.sandboxId().equals(sandbox.id())))
          .forEach(sandbox -> runtime.removeSandbox(sandbox.id()));
    }
  }

  private void removeQuietly(RuntimePod pod, Instance run) {
    try {
      runtime.removeContainer(run.id());
      Path directory = paths.logs(pod.namespace(), pod.name(), pod.uid()).resolve(run.name());
      Files.deleteIfExists(directory.resolve(run.restartCount() + ".log"));
      Files.deleteIfExists(paths.logLink(pod.namespace(), pod.name(), run.name(), run.id()));
    } catch (IOException | CriException e) {
      LOG.warn("Cannot collect container {} of pod {}/{}: {}", run.name(), pod.namespace(), pod.name(), e.getMessage());
    }
  }
}
