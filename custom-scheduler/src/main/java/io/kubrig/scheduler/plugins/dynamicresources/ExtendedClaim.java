package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerExtendedResourceRequest;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.kubrig.scheduler.model.Amounts;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.state.ClusterObjects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The claim that a pod gets for extended resources which device classes stand for: what it asks for depends on the node, because a node may
 * offer the same resource by a device plugin. Source: KEP-5004.
 *
 * @param requests of the claim, by name
 * @param mappings which container uses which request for which resource
 */
record ExtendedClaim(List<DeviceRequest> requests, List<ContainerExtendedResourceRequest> mappings) {
  static final ExtendedClaim NONE = new ExtendedClaim(List.of(), List.of());
  static final String ANNOTATION = "resource.kubernetes.io/extended-resource-claim";
  /** The name of a claim that is not written yet; no claim of the API can have it. */
  static final String UNWRITTEN = "<extended-resources>";

  /** The amounts of extended resources that a pod asks for and a device class stands for. */
  static Map<String, Long> wanted(Pod pod, ClusterObjects objects) {
    Map<String, Long> out = new TreeMap<>();
    ResourceVector total = pod.spec().requests().total();
    for (int i = ResourceVector.FIRST_SCALAR; i < total.size(); i++) {
      if (total.get(i) > 0 && objects.deviceClassOf(ResourceVector.name(i)).isPresent()) {
        out.put(ResourceVector.name(i), total.get(i));
      }
    }
    return out;
  }

  static boolean isWritten(ResourceClaim claim) {
    return !claim.getMetadata().getName().equals(UNWRITTEN);
  }

  /** The UID of the pod that a claim was written for, if it is one for extended resources. */
  static Optional<String> user(ResourceClaim claim) {
    boolean marked = claim.getMetadata().getAnnotations() != null && "true".equals(claim.getMetadata().getAnnotations().get(ANNOTATION));
    return !marked ? Optional.empty()
        : claim.getMetadata().getOwnerReferences().stream().filter(o -> Boolean.TRUE.equals(o.getController())).map(o -> o.getUid())
            .findFirst();
  }

  /** A claim that asks for nothing yet. */
  static ResourceClaim unwritten(Pod pod, String uid) {
    return new ResourceClaimBuilder().withNewMetadata().withNamespace(pod.namespace()).withName(UNWRITTEN).withUid(uid)
        .withGenerateName(pod.name() + "-extended-resources-").addToAnnotations(ANNOTATION, "true")
        .withOwnerReferences(new OwnerReferenceBuilder().withApiVersion("v1").withKind("Pod").withName(pod.name()).withUid(pod.uid())
            .withController(true).build())
        .endMetadata().withNewSpec().withNewDevices().endDevices().endSpec().build();
  }

  /** What to ask for so that a pod gets these resources from devices. */
  static ExtendedClaim of(Pod pod, Set<String> resources, ClusterObjects objects) {
    List<Container> containers = new ArrayList<>(pod.source().getSpec().getInitContainers());
    int inits = containers.size();
    containers.addAll(pod.source().getSpec().getContainers());
    List<DeviceRequest> requests = new ArrayList<>();
    List<ContainerExtendedResourceRequest> mappings = new ArrayList<>();
    for (String resource : new TreeSet<>(resources)) {
      objects.deviceClassOf(resource).ifPresent(c ->
          new Builder(containers, inits, resource, c.getMetadata().getName()).addTo(requests, mappings));
    }
    requests.sort((a, b) -> a.getName().compareTo(b.getName()));
    return new ExtendedClaim(requests, mappings);
  }

  /**
   * The requests for one resource: each container that goes on running has its own; init containers use later ones' and share the largest
   * rest.
   */
  private static final class Builder {
    private final List<Container> containers;
    private final int inits;
    private final String resource;
    private final String deviceClass;

    Builder(List<Container> containers, int inits, String resource, String deviceClass) {
      this.containers = containers;
      this.inits = inits;
      this.resource = resource;
      this.deviceClass = deviceClass;
    }

    void addTo(List<DeviceRequest> requests, List<ContainerExtendedResourceRequest> mappings) {
      DeviceRequest[] running = new DeviceRequest[containers.size()];
      for (int i = 0; i < running.length; i++) {
        if (!endsBeforeOthers(i)) {
          running[i] = request(i, List.of(), mappings);
        }
      }
      DeviceRequest largest = null;
      Set<String> names = new HashSet<>();
      List<ContainerExtendedResourceRequest> own = new ArrayList<>();
      for (int i = 0; i < inits; i++) {
        if (endsBeforeOthers(i)) {
          List<DeviceRequest> later = new ArrayList<>(Arrays.asList(running).subList(i, running.length));
          later.removeIf(Objects::isNull);
          DeviceRequest rest = request(i, later, own);
          if (rest != null) {
            names.add(rest.getName());
            largest = largest == null || largest.getExactly().getCount() < rest.getExactly().getCount() ? rest : largest;
          }
        }
      }
      if (largest != null) {
        for (ContainerExtendedResourceRequest m : own) {
          m.setRequestName(names.contains(m.getRequestName()) ? largest.getName() : m.getRequestName());
        }
        requests.add(largest);
      }
      for (DeviceRequest r : running) {
        if (r != null) {
          requests.add(r);
        }
      }
      mappings.addAll(own);
    }

    private boolean endsBeforeOthers(int i) {
      return i < inits && !"Always".equals(containers.get(i).getRestartPolicy());
    }

    /** What the container needs beyond what it can use of others; null: nothing. */
    private DeviceRequest request(int index, List<DeviceRequest> reusable, List<ContainerExtendedResourceRequest> mappings) {
      Container container = containers.get(index);
      Map<String, Quantity> asked = container.getResources() == null || container.getResources().getRequests() == null ? Map.of()
          : container.getResources().getRequests();
      long wanted = asked.containsKey(resource) ? Amounts.value(asked.get(resource)) : 0;
      if (wanted == 0) {
        return null;
      }
      long got = 0;
      for (DeviceRequest r : reusable) {
        got += r.getExactly().getCount();
        mappings.add(new ContainerExtendedResourceRequest(container.getName(), r.getName(), resource));
        if (got >= wanted) {
          return null;
        }
      }
      String name = "container-" + index + "-request-" + new ArrayList<>(new TreeSet<>(asked.keySet())).indexOf(resource);
      mappings.add(new ContainerExtendedResourceRequest(container.getName(), name, resource));
      return new DeviceRequestBuilder().withName(name).withNewExactly().withDeviceClassName(deviceClass).withAllocationMode("ExactCount")
          .withCount(wanted - got).endExactly().build();
    }
  }
}
