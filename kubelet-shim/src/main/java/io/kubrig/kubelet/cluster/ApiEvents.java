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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
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
  private static final int REMEMBERED = 4096;
  private static final String COMPONENT = "kubelet";

  private final KubernetesClient client;
  private final String nodeName;
  private final Clock clock;
  private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>(QUEUE);
  private final Map<Key, Sent> sent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Sent> eldest) {
          return size() > REMEMBERED;
        }
      };
  private final Thread writer;
  private long lastStamp;

  private record Pending(ObjectReference about, boolean warning, String reason, String message, Instant at) {}

  private record Key(String uid, String fieldPath, boolean warning, String reason, String message) {}

  private record Sent(String namespace, String name, int count) {}

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
    enqueue(new Pending(about, warning, reason, message, clock.now()));
  }

  /** An event about this node. Natively its UID is the node's name. */
  public void recordNode(Node node, boolean warning, String reason, String message) {
    ObjectReference about = new ObjectReferenceBuilder().withKind("Node").withName(node.getMetadata().getName())
        .withUid(node.getMetadata().getName()).build();
    enqueue(new Pending(about, warning, reason, message, clock.now()));
  }

  private void enqueue(Pending event) {
    if (!queue.offer(event)) {
      LOG.warn("Too many events; dropped {} about {}: {}", event.reason, event.about.getName(), event.message);
    }
  }

  private void write() {
    try {
      while (true) {
        send(queue.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(Pending event) {
    Key key = new Key(event.about.getUid(), event.about.getFieldPath(), event.warning, event.reason, event.message);
    try {
      Sent before = sent.get(key);
      if (before == null || !countUp(before, event, key)) {
        create(event, key);
      }
    } catch (KubernetesClientException e) {
      LOG.warn("Event {} about {} was not taken: {}", event.reason, event.about.getName(), ApiObjects.message(e));
    } catch (RuntimeException e) {
      LOG.error("Event {} about {} was not sent", event.reason, event.about.getName(), e);
    }
  }

  private boolean countUp(Sent before, Pending event, Key key) {
    String patch = "{\"count\":" + (before.count + 1) + ",\"lastTimestamp\":\"" + time(event.at) + "\"}";
    try {
      client.v1().events().inNamespace(before.namespace).withName(before.name).patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
      sent.put(key, new Sent(before.namespace, before.name, before.count + 1));
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404) {
        return false;
      }
      throw e;
    }
  }

  private void create(Pending event, Key key) {
    String namespace = event.about.getNamespace() == null ? "default" : event.about.getNamespace();
    Event object =
        new EventBuilder()
            .withNewMetadata()
            .withName(event.about.getName() + "." + Long.toHexString(stamp()))
            .withNamespace(namespace)
            .endMetadata()
            .withInvolvedObject(event.about)
            .withReason(event.reason)
            .withMessage(event.message)
            .withType(event.warning ? "Warning" : "Normal")
            .withFirstTimestamp(time(event.at))
            .withLastTimestamp(time(event.at))
            .withCount(1)
            .withNewSource(COMPONENT, nodeName)
            .withReportingComponent(COMPONENT)
            .withReportingInstance(nodeName)
            .build();
    client.v1().events().inNamespace(namespace).resource(object).create();
    sent.put(key, new Sent(namespace, object.getMetadata().getName(), 1));
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
