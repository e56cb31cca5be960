package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.pod.RuntimePod.Sandbox;
import io.kubrig.kubelet.pod.RuntimePod.State;
import io.kubrig.kubelet.pod.SyncPlan.Kill;
import io.kubrig.kubelet.pod.SyncPlan.KillReason;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Ends containers with grace: the preStop hook, the signal, and the kill when the time is over. */
final class ContainerKiller {
  /** What a container has left after its preStop hook, however long that took. */
  private static final Duration LEAST_GRACE = Duration.ofSeconds(2);
  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

  private final ContainerRuntime runtime;
  private final LifecycleHooks hooks;
  private final PodEvents events;
  private final Clock clock;

  ContainerKiller(ContainerRuntime runtime, LifecycleHooks hooks, PodEvents events, Clock clock) {
    this.runtime = runtime;
    this.hooks = hooks;
    this.events = events;
    this.clock = clock;
  }

  /** How long the containers of a pod have to end. */
  static Duration grace(Pod pod) {
    if (pod.getMetadata().getDeletionGracePeriodSeconds() != null) {
      return Duration.ofSeconds(Math.max(1, pod.getMetadata().getDeletionGracePeriodSeconds()));
    }
    Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
    return seconds == null ? DEFAULT_GRACE : Duration.ofSeconds(seconds);
  }

  /** Ends one container while the pod goes on. */
  void kill(Pod pod, Kill kill, String podIp) throws InterruptedException {
    Optional<Container> container = Containers.find(pod, kill.instance().name());
    Duration grace = container.flatMap(c -> probeGrace(c, kill.reason())).orElse(grace(pod));
    stop(pod, kill.instance(), kill.message(), grace, podIp);
  }

  /** A failed probe may allow less time than the pod as a whole. */
  private static Optional<Duration> probeGrace(Container container, KillReason reason) {
    Probe probe =
        switch (reason) {
          case UNHEALTHY -> container.getLivenessProbe();
          case STARTUP_FAILED -> container.getStartupProbe();
          case CHANGED, UNKNOWN_STATE -> null;
        };
    return Optional.ofNullable(probe).map(Probe::getTerminationGracePeriodSeconds).map(Duration::ofSeconds);
  }

  /**
   * Ends everything of a pod: all containers at once, then the sidecars, the last one first, then the sandboxes. All of them share the
   * grace. Source: KEP-753.
   */
  void killPod(Pod pod, RuntimePod observed, Duration grace) throws InterruptedException {
    long begun = clock.nanos();
    List<Instance> first = new ArrayList<>();
    List<Instance> sidecars = new ArrayList<>();
    for (Instance run : observed.containers()) {
      if (run.state() == State.RUNNING || run.state() == State.UNKNOWN) {
        boolean sidecar = pod.getSpec().getInitContainers().stream()
            .anyMatch(c -> c.getName().equals(run.name()) && Containers.isSidecar(c));
        (sidecar ? sidecars : first).add(run);
      }
    }
    String ip = observed.ips().stream().findFirst().orElse("");
    stopTogether(pod, first, grace, ip);
    List<String> order = pod.getSpec().getInitContainers().stream().map(Container::getName).toList();
    sidecars.sort((a, b) -> Integer.compare(order.indexOf(b.name()), order.indexOf(a.name())));
    for (Instance sidecar : sidecars) {
      Duration left = grace.minusNanos(clock.nanos() - begun);
      stop(pod, sidecar, "", left.compareTo(LEAST_GRACE) < 0 ? LEAST_GRACE : left, ip);
    }
    for (Sandbox sandbox : observed.sandboxes()) {
      if (sandbox.ready() || sandbox == observed.sandboxes().getFirst()) {
        runtime.stopSandbox(sandbox.id());
      }
    }
  }

  private void stopTogether(Pod pod, List<Instance> runs, Duration grace, String ip) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Instance run : runs) {
      threads.add(Thread.ofVirtual().name("kill-" + run.name()).start(() -> {
        try {
          stop(pod, run, "", grace, ip);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } catch (CriException e) {
          // the pod worker looks again and finds the container still there
          events.warning(pod, run.name(), "FailedKillPod", "error killing pod: " + e.rpcMessage());
        }
      }));
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        threads.forEach(Thread::interrupt);
        throw e;
      }
    }
  }

  private void stop(Pod pod, Instance run, String message, Duration grace, String podIp) throws InterruptedException {
    events.normal(pod, run.name(), "Killing", message.isEmpty() ? "Stopping container " + run.name() : message);
    Duration left = grace;
    Optional<Container> container = Containers.find(pod, run.name());
    Optional<LifecycleHandler> hook = container.map(Container::getLifecycle).map(lifecycle -> lifecycle.getPreStop());
    if (hook.isPresent() && run.running() && !grace.isZero()) {
      long begun = clock.nanos();
      Optional<String> failure = bounded(hook.get(), container.get(), run.id(), podIp, grace);
      if (failure.isPresent()) {
        events.warning(pod, run.name(), "FailedPreStopHook", "PreStopHook failed");
      }
      left = grace.minusNanos(clock.nanos() - begun);
    }
    runtime.stopContainer(run.id(), left.compareTo(LEAST_GRACE) < 0 && !grace.isZero() ? LEAST_GRACE : left);
  }

  /** Runs a hook, but waits for it no longer than the grace. */
  private Optional<String> bounded(LifecycleHandler hook, Container container, String id, String ip, Duration grace)
      throws InterruptedException {
    AtomicReference<Optional<String>> result =
        new AtomicReference<>(Optional.of("the grace period is over"));
    CountDownLatch done = new CountDownLatch(1);
    Thread runner =
        Thread.ofVirtual().start(() -> {
          try {
            result.set(hooks.run(hook, container, id, ip, grace));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            done.countDown();
          }
        });
    Clock.Timer limit = clock.after(grace, done::countDown);
    done.await();
    limit.cancel();
    runner.interrupt();
    return result.get();
  }
}
