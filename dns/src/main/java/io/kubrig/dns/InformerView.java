package io.kubrig.dns;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.dns.zone.ClusterView;
import io.kubrig.dns.zone.Names;
import io.kubrig.machinery.clock.Clock;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cluster as informers know it, with indexes by service and by address. */
final class InformerView implements ClusterView, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InformerView.class);
  private static final String SERVICE_NAME = "kubernetes.io/service-name";
  private static final String BY_ADDRESS = "address";
  private static final String BY_SERVICE = "service";

  private final SharedIndexInformer<Service> services;
  private final SharedIndexInformer<EndpointSlice> slices;
  private final SharedIndexInformer<Namespace> namespaces;
  private final AtomicLong serial;

  InformerView(KubernetesClient client, Clock clock) {
    serial = new AtomicLong(clock.now().getEpochSecond());
    services = client.services().inAnyNamespace().runnableInformer(0);
    slices = client.discovery().v1().endpointSlices().inAnyNamespace().runnableInformer(0);
    namespaces = client.namespaces().runnableInformer(0);
    services.addIndexers(Map.of(BY_ADDRESS, InformerView::clusterIps));
    slices.addIndexers(Map.of(BY_ADDRESS, InformerView::addresses, BY_SERVICE, InformerView::service));
    for (SharedIndexInformer<?> informer : List.of(services, slices, namespaces)) {
      informer.exceptionHandler((started, problem) -> {
        LOG.warn("Watching {} failed and will be tried again: {}", informer.getApiTypeClass().getSimpleName(), problem.toString());
        return true;
      });
    }
    touch(services, clock);
    touch(slices, clock);
  }

  void start() {
    List.of(services, slices, namespaces).forEach(SharedIndexInformer::start);
  }

  boolean synced() {
    return services.hasSynced() && slices.hasSynced() && namespaces.hasSynced();
  }

  private <T> void touch(SharedIndexInformer<T> informer, Clock clock) {
    informer.addEventHandler(new ResourceEventHandler<T>() {
      @Override
      public void onAdd(T object) {
        changed();
      }

      @Override
      public void onUpdate(T before, T now) {
        changed();
      }

      @Override
      public void onDelete(T object, boolean unknownState) {
        changed();
      }

      private void changed() {
        serial.accumulateAndGet(clock.now().getEpochSecond(), Math::max);
      }
    });
  }

  private static List<String> clusterIps(Service service) {
    var spec = service.getSpec();
    if (spec == null) {
      return List.of();
    }
    List<String> all = spec.getClusterIPs() == null || spec.getClusterIPs().isEmpty() ? Stream.ofNullable(spec.getClusterIP()).toList()
        : spec.getClusterIPs();
    return all.stream().flatMap(InformerView::canonical).toList();
  }

  private static List<String> addresses(EndpointSlice slice) {
    return slice.getEndpoints() == null ? List.of()
        : slice.getEndpoints().stream().map(Endpoint::getAddresses).flatMap(List::stream).flatMap(InformerView::canonical).distinct()
            .toList();
  }

  private static List<String> service(EndpointSlice slice) {
    String name = slice.getMetadata().getLabels() == null ? null : slice.getMetadata().getLabels().get(SERVICE_NAME);
    return name == null ? List.of() : List.of(slice.getMetadata().getNamespace() + "/" + name);
  }

  private static Stream<String> canonical(String literal) {
    try {
      return Stream.of(Names.canonical(InetAddress.ofLiteral(literal)));
    } catch (IllegalArgumentException notAnAddress) {
      return Stream.empty();
    }
  }

  @Override
  public Optional<Service> service(String namespace, String name) {
    return Optional.ofNullable(services.getIndexer().getByKey(namespace + "/" + name));
  }

  @Override
  public List<EndpointSlice> slices(String namespace, String service) {
    return slices.getIndexer().byIndex(BY_SERVICE, namespace + "/" + service);
  }

  @Override
  public boolean hasNamespace(String name) {
    return namespaces.getIndexer().getByKey(name) != null;
  }

  @Override
  public List<Service> servicesAt(String address) {
    return services.getIndexer().byIndex(BY_ADDRESS, address);
  }

  @Override
  public List<EndpointSlice> slicesWith(String address) {
    return slices.getIndexer().byIndex(BY_ADDRESS, address);
  }

  @Override
  public long serial() {
    return serial.get();
  }

  @Override
  public void close() {
    List.of(services, slices, namespaces).forEach(SharedIndexInformer::close);
  }
}
