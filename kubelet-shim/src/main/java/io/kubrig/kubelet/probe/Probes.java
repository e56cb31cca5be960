package io.kubrig.kubelet.probe;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.pod.PodEvents;
import io.kubrig.kubelet.pod.ProbeReadings;
import io.kubrig.kubelet.pod.RuntimePod;
import io.kubrig.machinery.clock.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The probes of the node's pods: one virtual thread for each, and what they found. */
public final class Probes implements ProbeReadings {
  /** What a probe decides about. */
  enum Kind {
    LIVENESS("Liveness", Verdict.SUCCESS),
    READINESS("Readiness", Verdict.FAILURE),
    STARTUP("Startup", Verdict.UNKNOWN);

    final String title;
    /** What counts until the first attempt. */
    final Verdict initial;

    Kind(String title, Verdict initial) {
      this.title = title;
      this.initial = initial;
    }
  }

  /** One probe of one container of one pod. */
  record Key(String podUid, String container, Kind kind) {}

  /** The pod as the probes see it: its present specification, its runs and its address. */
  public record Subject(Pod pod, RuntimePod observed, String ip) {}

  final Prober prober;
  final PodEvents events;
  final Clock clock;
  final RandomGenerator random;
  private final Consumer<String> changed;
  private final Map<Kind, Map<String, Verdict>> verdicts = new EnumMap<>(Kind.class);
  private final Map<Key, ProbeWorker> workers = new ConcurrentHashMap<>();
  private final Map<String, Subject> subjects = new ConcurrentHashMap<>();

  /** @param changed is told the UID of a pod one of whose probes changed its mind */
  public Probes(ContainerRuntime runtime, PodEvents events, Clock clock, RandomGenerator random, Consumer<String> changed) {
    this.prober = new Prober(runtime);
    this.events = events;
    this.clock = clock;
    this.random = random;
    this.changed = changed;
    for (Kind kind : Kind.values()) {
      verdicts.put(kind, new ConcurrentHashMap<>());
    }
  }

  /** Starts the probes of a pod that are not running yet, and tells all of them what is known of the pod. */
  public void watch(Subject subject) {
    String uid = subject.pod().getMetadata().getUid();
    subjects.put(uid, subject);
    for (Container container : subject.pod().getSpec().getInitContainers()) {
      if (Containers.isSidecar(container)) {
        start(uid, container);
      }
    }
    subject.pod().getSpec().getContainers().forEach(container -> start(uid, container));
  }

  private void start(String uid, Container container) {
    for (Kind kind : Kind.values()) {
      if (probe(container, kind) != null) {
        workers.computeIfAbsent(new Key(uid, container.getName(), kind), key -> new ProbeWorker(this, key).start());
      }
    }
  }

  static Probe probe(Container container, Kind kind) {
    return switch (kind) {
      case LIVENESS -> container.getLivenessProbe();
      case READINESS -> container.getReadinessProbe();
      case STARTUP -> container.getStartupProbe();
    };
  }

  /** Ends the probes that could kill a container; readiness goes on while a pod shuts down. */
  public void stopKilling(String podUid) {
    stop(podUid, Kind.LIVENESS);
    stop(podUid, Kind.STARTUP);
  }

  /** Ends all probes of a pod and forgets what they found. */
  public void forget(String podUid) {
    for (Kind kind : Kind.values()) {
      stop(podUid, kind);
    }
    Subject subject = subjects.remove(podUid);
    if (subject != null) {
      subject.observed().containers().forEach(run -> verdicts.values().forEach(map -> map.remove(run.id())));
    }
  }

  /** Ends everything. */
  public void close() {
    workers.values().forEach(ProbeWorker::stop);
    workers.clear();
  }

  private void stop(String podUid, Kind kind) {
    workers.entrySet().removeIf(entry -> {
      boolean match = entry.getKey().podUid().equals(podUid) && entry.getKey().kind() == kind;
      if (match) {
        entry.getValue().stop();
      }
      return match;
    });
  }

  Optional<Subject> subject(String podUid) {
    return Optional.ofNullable(subjects.get(podUid));
  }

  /** Notes a verdict; the pod is told when it is a new one. */
  void set(Key key, String containerId, Verdict verdict) {
    if (verdicts.get(key.kind()).put(containerId, verdict) != verdict) {
      changed.accept(key.podUid());
    }
  }

  void clear(Key key, String containerId) {
    verdicts.get(key.kind()).remove(containerId);
  }

  @Override
  public Optional<Verdict> liveness(String containerId) {
    return Optional.ofNullable(verdicts.get(Kind.LIVENESS).get(containerId));
  }

  @Override
  public Optional<Verdict> startup(String containerId) {
    return Optional.ofNullable(verdicts.get(Kind.STARTUP).get(containerId));
  }

  @Override
  public Optional<Verdict> readiness(String containerId) {
    return Optional.ofNullable(verdicts.get(Kind.READINESS).get(containerId));
  }
}
