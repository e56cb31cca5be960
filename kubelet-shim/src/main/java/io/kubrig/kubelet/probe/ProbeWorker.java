package io.kubrig.kubelet.probe;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.pod.ProbeReadings.Verdict;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.probe.Probes.Kind;
import io.kubrig.kubelet.probe.Probes.Subject;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Repeats one probe of one container, run after run of it, and applies the thresholds. Its state belongs to its own thread.
 *
 * <p>Decisions that look odd: liveness and readiness rest until the container has started; a startup probe rests as soon as it has; after
 * a failure that kills the container the probe rests until the next run, because the verdict must stand until the container is gone.
 */
final class ProbeWorker {
  private static final int DEFAULT_PERIOD_SECONDS = 10;
  private static final int ATTEMPTS_ON_ERROR = 3;

  private final Probes probes;
  private final Probes.Key key;
  private volatile Thread thread;

  private String containerId = "";
  private boolean resting;
  private ProbeOutcome.Kind last;
  private int inRow;

  ProbeWorker(Probes probes, Probes.Key key) {
    this.probes = probes;
    this.key = key;
  }

  ProbeWorker start() {
    thread = Thread.ofVirtual().name("probe-" + key.podUid() + "-" + key.container()).start(this::run);
    return this;
  }

  void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (!Thread.interrupted()) {
        step();
        probes.clock.sleep(period());
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration period() {
    Optional<Probe> probe = probes.subject(key.podUid()).flatMap(this::container).map(container -> Probes.probe(container, key.kind()));
    boolean newRun = probes.subject(key.podUid()).flatMap(subject -> subject.observed().latest(key.container())).map(run -> !run.running())
        .orElse(true);
    // a container that is not up yet is looked at more often, so that its first attempt is not a whole period late
    return newRun ? Duration.ofSeconds(1) : Duration.ofSeconds(probe.map(Probe::getPeriodSeconds).orElse(DEFAULT_PERIOD_SECONDS));
  }

  private Optional<Container> container(Subject subject) {
    return Containers.find(subject.pod(), key.container());
  }

  /** One turn: look whether the container is to be probed now, and probe it. */
  private void step() throws InterruptedException {
    Optional<Subject> subject = probes.subject(key.podUid());
    Optional<Container> container = subject.flatMap(this::container);
    Optional<Instance> run = subject.flatMap(of -> of.observed().latest(key.container()));
    if (container.isEmpty() || run.isEmpty() || Probes.probe(container.get(), key.kind()) == null) {
      return;
    }
    adopt(subject.get().pod(), run.get());
    if (resting) {
      return;
    }
    if (!run.get().running()) {
      probes.set(key, containerId, key.kind() == Kind.LIVENESS ? Verdict.SUCCESS : Verdict.FAILURE);
      resting = run.get().exited();
      return;
    }
    Probe probe = Probes.probe(container.get(), key.kind());
    Duration age = Duration.between(run.get().times().started(), probes.clock.now());
    Duration delay = Duration.ofSeconds(probe.getInitialDelaySeconds() == null ? 0 : probe.getInitialDelaySeconds());
    if (age.compareTo(delay) < 0) {
      probes.clock.sleep(delay.minus(age));
    }
    boolean started = container.get().getStartupProbe() == null || probes.startup(containerId).equals(Optional.of(Verdict.SUCCESS));
    if (started == (key.kind() == Kind.STARTUP)) {
      return;
    }
    judge(subject.get(), probe, attempt(subject.get(), container.get(), probe));
  }

  /** Turns to a new run. What was reported of it before a restart of the kubelet holds until the first attempt. */
  private void adopt(Pod pod, Instance run) {
    if (!run.id().equals(containerId)) {
      probes.clear(key, containerId);
      containerId = run.id();
      resting = false;
      inRow = 0;
      last = null;
      probes.set(key, containerId, reported(pod) ? Verdict.SUCCESS : key.kind().initial);
    }
  }

  private boolean reported(Pod pod) {
    if (pod.getStatus() == null) {
      return false;
    }
    return Stream.concat(pod.getStatus().getContainerStatuses().stream(), pod.getStatus().getInitContainerStatuses().stream())
        .filter(status -> ("containerd://" + containerId).equals(status.getContainerID()))
        .anyMatch(status -> Boolean.TRUE.equals(key.kind() == Kind.READINESS ? status.getReady() : status.getStarted()));
  }

  private ProbeOutcome attempt(Subject subject, Container container, Probe probe) {
    ProbeOutcome outcome = ProbeOutcome.error("");
    for (int i = 0; i < ATTEMPTS_ON_ERROR && outcome.kind() == ProbeOutcome.Kind.ERROR && !Thread.currentThread().isInterrupted(); i++) {
      outcome = probes.prober.attempt(probe, container, containerId, subject.ip());
    }
    return outcome;
  }

  private void judge(Subject subject, Probe probe, ProbeOutcome outcome) {
    tell(subject.pod(), outcome);
    boolean success = outcome.kind() == ProbeOutcome.Kind.SUCCESS || outcome.kind() == ProbeOutcome.Kind.WARNING;
    if (outcome.kind() == ProbeOutcome.Kind.ERROR) {
      return;
    }
    ProbeOutcome.Kind kind = success ? ProbeOutcome.Kind.SUCCESS : ProbeOutcome.Kind.FAILURE;
    inRow = kind == last ? inRow + 1 : 1;
    last = kind;
    int threshold = success ? atLeastOne(probe.getSuccessThreshold(), 1) : atLeastOne(probe.getFailureThreshold(), 3);
    if (inRow < threshold) {
      return;
    }
    probes.set(key, containerId, success ? Verdict.SUCCESS : Verdict.FAILURE);
    if (!success && key.kind() != Kind.READINESS) {
      resting = true;
      inRow = 0;
    }
  }

  private void tell(Pod pod, ProbeOutcome outcome) {
    switch (outcome.kind()) {
      case SUCCESS -> {
        // success is not news
      }
      case WARNING -> probes.events.warning(pod, key.container(), "ProbeWarning", key.kind().title + " probe warning: " + outcome.output());
      case FAILURE -> probes.events.warning(pod, key.container(), "Unhealthy", key.kind().title + " probe failed: " + outcome.output());
      case ERROR -> probes.events.warning(pod, key.container(), "Unhealthy",
          key.kind().title + " probe errored and resulted in unknown state: " + outcome.output());
    }
  }

  private static int atLeastOne(Integer value, int otherwise) {
    return value == null || value < 1 ? otherwise : value;
  }
}
