package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.queue.Backoff;
import io.kubrig.machinery.queue.TokenBucket;
import io.kubrig.machinery.queue.WorkQueue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The pods bound to simulated nodes, each moved along by its plan. Pods are known by {@code namespace/name}. */
final class SimulatedPods implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedPods.class);
  private static final int WORKERS = 16;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final Clock clock;
  private final Map<String, SimulatedNode> nodes;
  private final PodScript script;
  private final SimulatedKubelets kubelets;
  private final WorkQueue<String> queue;
  private final Map<String, Integer> addressesGiven = new HashMap<>(); // by node; guarded by itself
  private final List<Thread> workers = new ArrayList<>();
  private SharedIndexInformer<Pod> informer;

  SimulatedPods(KubernetesClient client, Clock clock, MeterRegistry metrics, Map<String, SimulatedNode> nodes, PodScript script,
      SimulatedKubelets kubelets) {
    this.client = client;
    this.clock = clock;
    this.nodes = nodes;
    this.script = script;
    this.kubelets = kubelets;
    Backoff<String> backoff = new Backoff<>(Duration.ofMillis(5), Duration.ofSeconds(10), new TokenBucket(clock, 1000, 10_000));
    this.queue = new WorkQueue<>("simulated_pods", clock, metrics, backoff);
  }

  void start() {
    informer = client.pods().inAnyNamespace().withoutField("spec.nodeName", "").inform(new Changes());
    for (int i = 0; i < WORKERS; i++) {
      workers.add(Thread.ofVirtual().name("simulated-pods-" + i).start(this::work));
    }
  }

  private final class Changes implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      seen(pod);
      queue.add(key(pod));
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
      seen(pod);
      queue.add(key(pod));
    }

    @Override
    public void onDelete(Pod pod, boolean stateUnknown) {
      kubelets.gone(pod);
      queue.forget(key(pod));
    }
  }

  private void seen(Pod pod) {
    if (nodes.containsKey(pod.getSpec().getNodeName())) {
      kubelets.seen(pod, script);
    }
  }

  private static String key(Pod pod) {
    return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
  }

  private void work() {
    try {
      for (Optional<String> key = queue.take(); key.isPresent(); key = queue.take()) {
        try {
          moveAlong(key.get());
        } finally {
          queue.done(key.get());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void moveAlong(String key) {
    Pod pod = informer.getStore().getByKey(key);
    SimulatedNode node = pod == null ? null : nodes.get(pod.getSpec().getNodeName());
    if (node == null) {
      return;
    }
    try {
      act(key, pod, new PodPlan(pod, clock.now(), node.address(), address(pod, node)).next(script.of(pod)));
      queue.forget(key);
    } catch (KubernetesClientException e) {
      if (e.getCode() != NOT_FOUND) {
        LOG.atLevel(e.getCode() == CONFLICT ? Level.DEBUG : Level.WARN)
            .log("pod {} could not be moved along: {}", key, e.getMessage());
        queue.addRateLimited(key);
      }
    }
  }

  private String address(Pod pod, SimulatedNode node) {
    if (Boolean.TRUE.equals(pod.getSpec().getHostNetwork())) {
      return node.address();
    }
    if (pod.getStatus() != null && pod.getStatus().getPodIP() != null) {
      return pod.getStatus().getPodIP();
    }
    synchronized (addressesGiven) {
      return node.podAddress(addressesGiven.merge(node.name(), 1, Integer::sum));
    }
  }

  private void act(String key, Pod pod, PodStep step) {
    switch (step) {
      case PodStep.Rest rest -> {
        // the next change brings the pod back
      }
      case PodStep.LookAgain later -> queue.addAfter(key, later.after());
      case PodStep.Report report -> report(pod, report.status());
      case PodStep.Remove remove -> {
        if (!remove.status().equals(pod.getStatus())) {
          report(pod, remove.status());
        }
        remove(pod);
      }
    }
  }

  /** Takes out this very pod, not one of the same name that came after it. */
  private void remove(Pod pod) {
    DeleteOptions options =
        new DeleteOptionsBuilder().withGracePeriodSeconds(0L).withNewPreconditions().withUid(pod.getMetadata().getUid()).endPreconditions()
            .build();
    String path = "/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/" + pod.getMetadata().getName();
    client.raw(path, "DELETE", options);
  }

  private void report(Pod pod, PodStatus status) {
    Pod reported = new PodBuilder(pod).withStatus(status).build();
    kubelets.seen(reported, script); // who reads that a container runs can read its log
    client.pods().resource(reported).updateStatus();
  }

  @Override
  public void close() {
    queue.shutDown();
    workers.forEach(Thread::interrupt);
    if (informer != null) {
      informer.close();
    }
  }
}
