package io.kubrig.dns.zone;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Optional;

/** What the zone has to know of the cluster, found by key. */
public interface ClusterView {
  Optional<Service> service(String namespace, String name);

  /** The endpoint slices of a service. */
  List<EndpointSlice> slices(String namespace, String service);

  boolean hasNamespace(String name);

  /** The services with a cluster IP, by its canonical text. */
  List<Service> servicesAt(String address);

  /** The endpoint slices that contain an address, by its canonical text. */
  List<EndpointSlice> slicesWith(String address);

  /** A number that grows with changes, for the zone's SOA. */
  long serial();
}
