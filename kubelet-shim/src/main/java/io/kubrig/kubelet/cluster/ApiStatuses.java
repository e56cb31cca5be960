package io.kubrig.kubelet.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.kubelet.pod.RuntimeLabels;
import io.kubrig.kubelet.status.StatusReporter;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the statuses of pods into the cluster, deletes the objects of ended pods, and keeps mirror pods for static ones.
 *
 * <p>One thread writes. Of what waits for a pod only the newest is kept; what fails is tried again after a while. A status is sent as a
 * strategic merge patch bound to the pod's UID, so that conditions of others stay.
 */
public final class ApiStatuses implements StatusReporter, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiStatuses.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final Clock clock;
  private final Map<String, Work> waiting = new LinkedHashMap<>(); // guarded by this
  private final Map<String, JsonNode> lastSent = new HashMap<>(); // the writer's own
  private final Thread writer;

  /** What is to be told about one pod; {@code ended} asks for its deletion too, a null status for nothing more. */
  private record Work(Pod pod, PodStatus status, boolean ended, boolean forget) {}

  public ApiStatuses(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
    this.writer = Thread.ofVirtual().name("pod-statuses").start(this::write);
  }

  @Override
  public synchronized void report(Pod pod, PodStatus status) {
    put(pod, status, false, false);
  }

  @Override
  public synchronized void ended(Pod pod) {
    put(pod, pod.getStatus(), true, false);
  }

  @Override
  public synchronized void forget(Pod pod) {
    put(pod, null, false, true);
  }

  private void put(Pod pod, PodStatus status, boolean ended, boolean forget) {
    Work before = waiting.remove(pod.getMetadata().getUid());
    boolean stillEnded = ended || before != null && before.ended && !forget;
    waiting.put(pod.getMetadata().getUid(), new Work(pod, status, stillEnded, forget));
    notifyAll();
  }

  private synchronized Work take() throws InterruptedException {
    while (waiting.isEmpty()) {
      wait();
    }
    return waiting.remove(waiting.keySet().iterator().next());
  }

  private void write() {
    try {
      while (true) {
        Work work = take();
        try {
          send(work);
        } catch (KubernetesClientException e) {
          LOG.warn("The status of pod {}/{} was not taken: {}", work.pod.getMetadata().getNamespace(), work.pod.getMetadata().getName(),
              ApiObjects.message(e));
          clock.after(RETRY, () -> again(work));
        } catch (RuntimeException e) {
          LOG.error("The status of pod {}/{} cannot be written", work.pod.getMetadata().getNamespace(), work.pod.getMetadata().getName(),
              e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Puts work back, unless something newer waits. */
  private synchronized void again(Work work) {
    if (waiting.putIfAbsent(work.pod.getMetadata().getUid(), work) == null) {
      notifyAll();
    }
  }

  private void send(Work work) {
    String uid = work.pod.getMetadata().getUid();
    boolean isStatic = isStatic(work.pod);
    if (work.forget) {
      lastSent.remove(uid);
      if (isStatic) {
        deleteMirror(work.pod);
      }
      return;
    }
    if (isStatic) {
      ensureMirror(work.pod);
    }
    JsonNode status = JSON.valueToTree(work.status);
    JsonNode before = lastSent.get(uid);
    if (!status.equals(before) && !patch(work.pod, isStatic, (ObjectNode) status.deepCopy(), before)) {
      return;
    }
    lastSent.put(uid, status);
    if (work.ended && !isStatic) {
      delete(work.pod);
    }
  }

  /** Returns false when the pod is gone. */
  private boolean patch(Pod pod, boolean isStatic, ObjectNode status, JsonNode before) {
    // these lists are merged by key; without this an address that is gone would stay
    replaceWhole(status, "podIPs", before);
    replaceWhole(status, "hostIPs", before);
    removeWhatIsGone(status, before);
    ObjectNode patch = JSON.createObjectNode();
    if (!isStatic) {
      patch.putObject("metadata").put("uid", pod.getMetadata().getUid());
    }
    patch.set("status", status);
    try {
      client.resource(pod).subresource("status").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch.toString());
      return true;
    } catch (KubernetesClientException e) {
      // 409 with our own UID in the patch: the name belongs to another pod by now
      if (e.getCode() == 404 || e.getCode() == 409 && ApiObjects.message(e).contains("uid")) {
        return false;
      }
      throw e;
    }
  }

  /** In a merge, what is not mentioned stays: what was told before and holds no more has to be taken back by name. */
  private static void removeWhatIsGone(ObjectNode status, JsonNode before) {
    if (before != null) {
      before.fieldNames().forEachRemaining(name -> {
        if (!status.has(name)) {
          status.putNull(name);
        }
      });
    }
    for (JsonNode condition : status.path("conditions")) {
      for (String name : List.of("reason", "message")) {
        if (!condition.has(name)) {
          ((ObjectNode) condition).putNull(name);
        }
      }
    }
  }

  private static void replaceWhole(ObjectNode status, String list, JsonNode before) {
    JsonNode old = before == null ? null : before.get(list);
    if (status.get(list) instanceof ArrayNode items && old != null && !items.equals(old)) {
      items.insertObject(0).put("$patch", "replace");
    }
  }

  private void delete(Pod pod) {
    try {
      Pod now = client.pods().inNamespace(pod.getMetadata().getNamespace()).withName(pod.getMetadata().getName()).get();
      if (now != null && now.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
        client.pods().inNamespace(pod.getMetadata().getNamespace()).withName(pod.getMetadata().getName()).withGracePeriod(0)
            .withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
      }
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404 && e.getCode() != 409) {
        throw e;
      }
    }
  }

  private static boolean isStatic(Pod pod) {
    return pod.getMetadata().getAnnotations() != null && "file".equals(pod.getMetadata().getAnnotations().get(RuntimeLabels.CONFIG_SOURCE));
  }

  private Optional<Pod> mirror(Pod pod) {
    return Optional.ofNullable(client.pods().inNamespace(pod.getMetadata().getNamespace()).withName(pod.getMetadata().getName()).get());
  }

  /** A static pod is shown by a pod of the same name that says so. */
  private void ensureMirror(Pod pod) {
    String hash = pod.getMetadata().getAnnotations().get(RuntimeLabels.CONFIG_HASH);
    Optional<Pod> present = mirror(pod);
    if (present.isPresent() && present.get().getMetadata().getAnnotations() != null
        && hash.equals(present.get().getMetadata().getAnnotations().get(RuntimeLabels.CONFIG_MIRROR))) {
      return;
    }
    present.ifPresent(this::deleteNow);
    Pod mirror =
        new PodBuilder(pod)
            .editMetadata()
            .withUid(null)
            .withResourceVersion(null)
            .addToAnnotations(RuntimeLabels.CONFIG_MIRROR, hash)
            .addNewOwnerReference()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(pod.getSpec().getNodeName())
            .withUid(nodeUid(pod.getSpec().getNodeName()))
            .withController(true)
            .endOwnerReference()
            .endMetadata()
            .withStatus(null)
            .build();
    client.pods().inNamespace(pod.getMetadata().getNamespace()).resource(mirror).create();
  }

  private String nodeUid(String name) {
    return client.nodes().withName(name).get().getMetadata().getUid();
  }

  private void deleteMirror(Pod pod) {
    mirror(pod).filter(present -> present.getMetadata().getAnnotations() != null
        && present.getMetadata().getAnnotations().containsKey(RuntimeLabels.CONFIG_MIRROR)).ifPresent(this::deleteNow);
  }

  private void deleteNow(Pod pod) {
    client.pods().inNamespace(pod.getMetadata().getNamespace()).withName(pod.getMetadata().getName()).withGracePeriod(0).delete();
  }

  @Override
  public void close() {
    writer.interrupt();
  }
}
