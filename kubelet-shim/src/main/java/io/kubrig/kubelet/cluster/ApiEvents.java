package io.kubrig.kubelet.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.pod.PodEvents;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.events.EventCorrelator;
import io.kubrig.machinery.events.EventCorrelator.Correlated;
import io.kubrig.machinery.events.Occurrence;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kubelet's events in the cluster. An event that repeats is counted on the one that is there. Recording never blocks: a queue of a
 * thousand is worked off by one thread, and what does not fit is dropped and logged.
 */
public final class ApiEvents implements PodEvents, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiEvents.class);
  private static final int QUEUE = 1000;
  private static final String COMPONENT = "kubelet";

  private final KubernetesClient client;
  private final String nodeName;
  private final Clock clock;
  private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>(QUEUE);
  private final EventCorrelator correlator = new EventCorrelator();
  private final Thread writer;
  private long lastStamp;

  private record Pending(ObjectReference about, Occurrence occurrence) {}

  public ApiEvents(KubernetesClient client, String nodeName, Clock clock) {
    this.client = client;
    this.nodeName = nodeName;
    this.clock = clock;
    this.writer = Thread.ofVirtual().name("kubelet-events").start(this::write);
  }

  @Override
  public void record(Pod pod, String container, boolean warning, String reason, String message) {
    ObjectReference about =
        new ObjectReferenceBuilder()
            .withKind("Pod")
            .withApiVersion("v1")
            .withNamespace(pod.getMetadata().getNamespace())
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .withResourceVersion(pod.getMetadata().getResourceVersion())
            .withFieldPath(container.isEmpty() ? null : Containers.fieldPath(pod, container))
            .build();
    enqueue(about, warning, reason, message);
  }

  /** An event about this node. Natively its UID is the node's name. */
  public void recordNode(Node node, boolean warning, String reason, String message) {
    ObjectReference about = new ObjectReferenceBuilder().withKind("Node").withName(node.getMetadata().getName())
        .withUid(node.getMetadata().getName()).build();
    enqueue(about, warning, reason, message);
  }

  private void enqueue(ObjectReference about, boolean warning, String reason, String message) {
    String object = String.join("\0", about.getKind(), about.getNamespace(), about.getName(), about.getUid());
    String part = about.getFieldPath() == null ? "" : about.getFieldPath();
    if (!queue.offer(new Pending(about,
        new Occurrence(nodeName, object, part, warning ? "Warning" : "Normal", reason, message, clock.now())))) {
      LOG.warn("Too many events; dropped {} about {}: {}", reason, about.getName(), message);
    }
  }

  private void write() {
    try {
      while (true) {
        Pending next = queue.take();
        correlator.correlate(next.occurrence).ifPresent(event -> send(next, event));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(Pending told, Correlated correlated) {
    String reason = told.occurrence.reason();
    try {
      Event event = event(told, correlated);
      if (correlated.name().isEmpty() || !patched(event)) {
        client.v1().events().inNamespace(event.getMetadata().getNamespace()).resource(event).create();
      }
      correlator.written(correlated, event.getMetadata().getName());
    } catch (KubernetesClientException e) {
      LOG.warn("Event {} about {} was not taken: {}", reason, told.about.getName(), ApiObjects.message(e));
    } catch (RuntimeException e) {
      LOG.error("Event {} about {} was not sent", reason, told.about.getName(), e);
    }
  }

  /** Counts on the event that is there; a node may not read it. @return false when it is there no more */
  private boolean patched(Event event) {
    String patch = client.getKubernetesSerialization().asJson(Map.of("count", event.getCount(), "lastTimestamp", event.getLastTimestamp(),
        "message", event.getMessage()));
    try {
      client.resource(event).patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404) {
        return false;
      }
      throw e;
    }
  }

  private Event event(Pending told, Correlated correlated) {
    Occurrence occurrence = told.occurrence;
    return new EventBuilder()
        .withNewMetadata()
        .withName(correlated.name().orElseGet(() -> told.about.getName() + "." + Long.toHexString(stamp())))
        .withNamespace(told.about.getNamespace() == null ? "default" : told.about.getNamespace())
        .endMetadata()
        .withInvolvedObject(told.about)
        .withReason(occurrence.reason())
        .withMessage(correlated.message())
        .withType(occurrence.type())
        .withFirstTimestamp(time(correlated.first()))
        .withLastTimestamp(time(occurrence.at()))
        .withCount(correlated.count())
        .withNewSource(COMPONENT, nodeName)
        .withReportingComponent(COMPONENT)
        .withReportingInstance(nodeName)
        .build();
  }

  /** Nanoseconds since the epoch, never the same twice: they make the name of an event. */
  private long stamp() {
    Instant now = clock.now();
    lastStamp = Math.max(lastStamp + 1, now.getEpochSecond() * 1_000_000_000L + now.getNano());
    return lastStamp;
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  @Override
  public void close() {
    writer.interrupt();
  }
}
