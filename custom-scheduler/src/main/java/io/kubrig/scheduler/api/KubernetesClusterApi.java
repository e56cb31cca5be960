package io.kubrig.scheduler.api;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API of a real cluster through the Fabric8 client.
 *
 * <p>Of pods and nodes the informers keep only the identity: the scheduler keeps its own, smaller form of them.
 */
public final class KubernetesClusterApi implements ClusterApi {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesClusterApi.class);

  private final KubernetesClient client;
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

  public KubernetesClusterApi(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public void watch(Listener listener) throws InterruptedException {
    List<Class<? extends HasMetadata>> kinds = new ArrayList<>(WatchedKinds.REQUIRED);
    WatchedKinds.OPTIONAL.stream().filter(this::isServed).forEach(kinds::add); // asks the server before anything is begun
    List<InitialList<?>> lists = new ArrayList<>();
    var pods = client.pods().inAnyNamespace().withoutField("status.phase", "Succeeded").withoutField("status.phase", "Failed")
        .runnableInformer(0);
    pods.itemStore(new ReducedStateItemStore<>(ReducedStateItemStore.UID_KEY_STATE, io.fabric8.kubernetes.api.model.Pod.class,
        client.getKubernetesSerialization(), "metadata.name", "metadata.namespace"));
    var nodes = client.nodes().runnableInformer(0);
    nodes.itemStore(new ReducedStateItemStore<>(ReducedStateItemStore.NAME_KEY_STATE, Node.class, client.getKubernetesSerialization()));
    for (Class<? extends HasMetadata> kind : kinds) {
      lists.add(begin(informer(kind), listener, kind.getSimpleName()));
    }
    lists.add(begin(nodes, listener, "Node"));
    for (InitialList<?> list : lists) {
      list.await();
    }
    begin(pods, listener, "Pod").await();
  }

  private boolean isServed(Class<? extends HasMetadata> kind) {
    boolean served = call(() -> client.supports(kind));
    if (!served) {
      LOG.info("The API server does not serve {}; pods are scheduled without it", HasMetadata.getFullResourceName(kind));
    }
    return served;
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(Class<T> kind) {
    return Namespaced.class.isAssignableFrom(kind) ? client.resources(kind).inAnyNamespace().runnableInformer(0)
        : client.resources(kind).runnableInformer(0);
  }

  private <T extends HasMetadata> InitialList<T> begin(SharedIndexInformer<T> informer, Listener listener, String kind) {
    InitialList<T> list = new InitialList<>(informer, listener, kind);
    informers.add(informer);
    informer.addEventHandler(list);
    informer.exceptionHandler((started, error) -> {
      LOG.warn("Watching {} was interrupted and goes on: {}", kind, error.getMessage());
      return true;
    });
    list.start();
    return list;
  }

  @Override
  public void bind(PodRef pod, String node) {
    String path = "/api/v1/namespaces/" + pod.namespace() + "/pods/" + pod.name() + "/binding";
    call(() -> client.raw(path, "POST", new BindingBuilder()
        .withNewMetadata().withNamespace(pod.namespace()).withName(pod.name()).withUid(pod.uid()).endMetadata()
        .withNewTarget().withApiVersion("v1").withKind("Node").withName(node).endTarget().build()));
  }

  @Override
  public void patchStatus(PodRef pod, StatusChange change) {
    Map<String, Object> status = new LinkedHashMap<>();
    if (change.condition() != null) {
      status.put("conditions", List.of(condition(change.condition())));
    }
    if (change.nominatedNode() != null) {
      status.put("nominatedNodeName", change.nominatedNode().isEmpty() ? null : change.nominatedNode());
    }
    String patch = client.getKubernetesSerialization().asJson(Map.of("metadata", Map.of("uid", pod.uid()), "status", status));
    call(() -> client.resource(named(pod)).subresource("status").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch));
  }

  /** A pod to patch: the client would read it first when it was told only its name. */
  private static HasMetadata named(PodRef pod) {
    return new PodBuilder().withNewMetadata().withNamespace(pod.namespace()).withName(pod.name()).endMetadata().build();
  }

  private static Map<String, Object> condition(PodCondition c) {
    Map<String, Object> out = new HashMap<>();
    out.put("type", c.getType());
    out.put("status", c.getStatus());
    out.put("reason", c.getReason());
    out.put("message", c.getMessage());
    out.put("lastProbeTime", null);
    out.put("lastTransitionTime", c.getLastTransitionTime());
    if (c.getObservedGeneration() != null) {
      out.put("observedGeneration", c.getObservedGeneration());
    }
    return out;
  }

  @Override
  public void delete(PodRef pod) {
    call(() -> client.pods().inNamespace(pod.namespace()).withName(pod.name()).delete());
  }

  @Override
  public void setExtendedClaim(PodRef pod, PodExtendedResourceClaimStatus claim) {
    String patch = client.getKubernetesSerialization().asJson(
        Map.of("metadata", Map.of("uid", pod.uid()), "status", Map.of("extendedResourceClaimStatus", claim)));
    call(() -> client.resource(named(pod)).subresource("status").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch));
  }

  @Override
  public void delete(HasMetadata object) {
    call(() -> client.resource(object).delete());
  }

  @Override
  public <T extends HasMetadata> T create(T object) {
    return call(() -> client.resource(object).create());
  }

  @Override
  public <T extends HasMetadata> T replace(T object) {
    return call(() -> client.resource(object).lockResourceVersion(object.getMetadata().getResourceVersion()).update());
  }

  @Override
  public <T extends HasMetadata> T replaceStatus(T object) {
    return call(() -> client.resource(object).lockResourceVersion(object.getMetadata().getResourceVersion()).updateStatus());
  }

  @Override
  public <T extends HasMetadata> T read(Class<T> kind, String namespace, String name) {
    return call(() -> namespace == null || namespace.isEmpty() ? client.resources(kind).withName(name).get()
        : client.resources(kind).inNamespace(namespace).withName(name).get());
  }

  @Override
  public boolean serves(Class<? extends HasMetadata> kind) {
    return call(() -> client.supports(kind));
  }

  @Override
  public <T extends HasMetadata> List<T> list(Class<T> kind) {
    return call(() -> Namespaced.class.isAssignableFrom(kind) ? client.resources(kind).inAnyNamespace().list().getItems()
        : client.resources(kind).list().getItems());
  }

  private static <T> T call(Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      String message = e.getStatus() != null && e.getStatus().getMessage() != null ? e.getStatus().getMessage() : e.getMessage();
      throw new ClusterApiException(e.getCode(), message);
    }
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::stop);
    client.close();
  }
}
