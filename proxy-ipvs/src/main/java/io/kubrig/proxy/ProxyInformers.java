package io.kubrig.proxy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API's view that the proxy follows: services and endpoint slices that are kube-proxy's, the node, and the ranges of cluster IPs. */
final class ProxyInformers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyInformers.class);
  private static final String OURS = "!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name";
  private static final int NOT_FOUND = 404;

  private final SharedIndexInformer<Service> services;
  private final SharedIndexInformer<EndpointSlice> slices;
  private final SharedIndexInformer<Node> nodes;
  private final SharedIndexInformer<ServiceCIDR> ranges;

  /** Hears of changes; called on the informers' threads. */
  interface Listener {
    void serviceChanged();

    /** @param slice the slice as it is now, null when it was deleted */
    void endpointsChanged(EndpointSlice slice);

    /** @param node the node as it is now, null when it was deleted */
    void nodeChanged(Node node);

    /** Something was heard of for the first time or anything else changed. */
    void otherChanged();
  }

  ProxyInformers(KubernetesClient client, String nodeName, Listener listener) {
    services = client.services().inAnyNamespace().withLabelSelector(OURS).runnableInformer(0);
    slices = client.discovery().v1().endpointSlices().inAnyNamespace().withLabelSelector(OURS).runnableInformer(0);
    nodes = client.nodes().withField("metadata.name", nodeName).runnableInformer(0);
    ranges = client.resources(ServiceCIDR.class).runnableInformer(0);
    listen(services, (before, now) -> listener.serviceChanged());
    listen(slices, (before, now) -> listener.endpointsChanged(now));
    listen(nodes, (before, now) -> listener.nodeChanged(now));
    listen(ranges, (before, now) -> listener.otherChanged());
    for (SharedIndexInformer<?> informer : List.of(services, slices, nodes, ranges)) {
      informer.exceptionHandler((started, problem) -> retry(informer, problem));
    }
  }

  void start(Listener listener) {
    for (SharedIndexInformer<?> informer : List.of(services, slices, nodes, ranges)) {
      informer.start().whenComplete((nothing, problem) -> listener.otherChanged());
    }
  }

  private boolean retry(SharedIndexInformer<?> informer, Throwable problem) {
    if (informer == ranges && problem instanceof KubernetesClientException refused && refused.getCode() == NOT_FOUND) {
      LOG.info("The API has no ServiceCIDR: traffic to cluster IPs that no service has is not dropped");
      return false;
    }
    LOG.warn("Watching {} failed and will be tried again: {}", informer.getApiTypeClass().getSimpleName(), problem.toString());
    return true;
  }

  /** Whether services and endpoints have been heard of completely once; before that rules would be wrong. */
  boolean synced() {
    return services.hasSynced() && slices.hasSynced() && nodes.hasSynced();
  }

  Collection<Service> services() {
    return services.getStore().list();
  }

  Collection<EndpointSlice> slices() {
    return slices.getStore().list();
  }

  /** The node, null when it does not exist. */
  Node node() {
    return nodes.getStore().list().stream().findFirst().orElse(null);
  }

  List<String> serviceCidrs() {
    return ranges.getStore().list().stream().filter(range -> range.getMetadata().getDeletionTimestamp() == null)
        .flatMap(range -> range.getSpec().getCidrs().stream())
        .toList();
  }

  private static <T extends HasMetadata> void listen(SharedIndexInformer<T> informer, BiConsumer<T, T> changed) {
    informer.addEventHandler(new ResourceEventHandler<T>() {
      @Override
      public void onAdd(T object) {
        changed.accept(null, object);
      }

      @Override
      public void onUpdate(T before, T now) {
        if (!before.getMetadata().getResourceVersion().equals(now.getMetadata().getResourceVersion())) {
          changed.accept(before, now);
        }
      }

      @Override
      public void onDelete(T object, boolean unknownState) {
        changed.accept(object, null);
      }
    });
  }

  @Override
  public void close() {
    List.of(services, slices, nodes, ranges).forEach(SharedIndexInformer::close);
  }
}
