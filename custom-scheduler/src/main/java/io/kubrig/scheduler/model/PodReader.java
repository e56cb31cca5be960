package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import io.kubrig.machinery.timestamp.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Reads a {@link Pod} from its API object. */
final class PodReader {
  private final io.fabric8.kubernetes.api.model.Pod pod;
  private final PodSpec spec;
  private final Labels labels;

  private PodReader(io.fabric8.kubernetes.api.model.Pod pod, Labels labels) {
    this.pod = pod;
    this.spec = pod.getSpec();
    this.labels = labels;
  }

  static Pod read(io.fabric8.kubernetes.api.model.Pod pod) {
    PodReader r = new PodReader(pod, Labels.of(pod.getMetadata().getLabels()));
    var meta = pod.getMetadata();
    Pod.Spec spec = KnownSpecs.known(new Pod.Spec(r.order(), PodRequests.of(pod), r.nodeRules(), r.podRules(), r.footprint()));
    return new Pod(meta.getNamespace(), meta.getName(), meta.getUid(), r.labels, spec, r.state(), pod);
  }

  /** Like {@link #read}, with another version of the pod that was read before and still has its source. */
  static Pod read(io.fabric8.kubernetes.api.model.Pod pod, Pod before) {
    if (before.source() == null || !SpecInputs.same(before.source(), pod)) {
      return read(pod);
    }
    String node = blankToNull(pod.getSpec().getNodeName());
    boolean sameNode = Objects.equals(node, before.spec().nodes().nodeName());
    PodReader r = new PodReader(pod, before.labels());
    return new Pod(before.namespace(), before.name(), before.uid(), before.labels(), sameNode ? before.spec() : before.spec().on(node),
        r.state(), pod);
  }

  private Pod.Order order() {
    return new Pod.Order(spec.getSchedulerName() == null ? "default-scheduler" : spec.getSchedulerName(),
        spec.getPriority() == null ? 0 : spec.getPriority(), "Never".equals(spec.getPreemptionPolicy()),
        spec.getSchedulingGates().stream().map(g -> g.getName()).toList(),
        spec.getSchedulingGroup() == null ? null : spec.getSchedulingGroup().getPodGroupName());
  }

  private Pod.State state() {
    PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
    Pod.Owner owner = pod.getMetadata().getOwnerReferences().stream().filter(o -> Boolean.TRUE.equals(o.getController()))
        .findFirst().map(PodReader::owner).orElse(null);
    boolean disrupted = status.getConditions().stream().anyMatch(c -> c.getType().equals("DisruptionTarget")
        && "True".equals(c.getStatus()) && "PreemptionByScheduler".equals(c.getReason()));
    return new Pod.State(blankToNull(spec.getNodeName()), blankToNull(status.getNominatedNodeName()), status.getPhase(),
        instant(pod.getMetadata().getCreationTimestamp()), instant(pod.getMetadata().getDeletionTimestamp()),
        instant(status.getStartTime()), owner, disrupted);
  }

  private static Pod.Owner owner(OwnerReference o) {
    return new Pod.Owner(o.getApiVersion(), o.getKind(), o.getName(), o.getUid());
  }

  private static Instant instant(String time) {
    return time == null || time.isEmpty() ? null : Timestamps.parse(time);
  }

  private static String blankToNull(String s) {
    return s == null || s.isEmpty() ? null : s;
  }

  private Pod.NodeRules nodeRules() {
    NodeSelector required = null;
    List<Pod.Preference> preferred = List.of();
    var affinity = spec.getAffinity() == null ? null : spec.getAffinity().getNodeAffinity();
    if (affinity != null) {
      if (affinity.getRequiredDuringSchedulingIgnoredDuringExecution() != null) {
        required = NodeSelector.of(affinity.getRequiredDuringSchedulingIgnoredDuringExecution());
      }
      preferred = affinity.getPreferredDuringSchedulingIgnoredDuringExecution().stream()
          .map(p -> new Pod.Preference(p.getWeight(), NodeSelector.Term.of(p.getPreference()))).toList();
    }
    return new Pod.NodeRules(blankToNull(spec.getNodeName()), Selector.ofLabels(spec.getNodeSelector()), required, preferred,
        spec.getTolerations().stream().map(Toleration::of).toList());
  }

  private Pod.PodRules podRules() {
    Affinity a = spec.getAffinity();
    boolean none = (a == null || a.getPodAffinity() == null && a.getPodAntiAffinity() == null)
        && spec.getTopologySpreadConstraints().isEmpty();
    if (none) {
      return Pod.PodRules.NONE;
    }
    var affinity = a == null ? null : a.getPodAffinity();
    var anti = a == null ? null : a.getPodAntiAffinity();
    return new Pod.PodRules(
        affinity == null ? List.of() : required(affinity.getRequiredDuringSchedulingIgnoredDuringExecution()),
        anti == null ? List.of() : required(anti.getRequiredDuringSchedulingIgnoredDuringExecution()),
        affinity == null ? List.of() : preferred(affinity.getPreferredDuringSchedulingIgnoredDuringExecution()),
        anti == null ? List.of() : preferred(anti.getPreferredDuringSchedulingIgnoredDuringExecution()),
        spread());
  }

  private List<AffinityTerm> required(List<PodAffinityTerm> terms) {
    return terms.stream().map(t -> term(t, 0)).toList();
  }

  private List<AffinityTerm> preferred(List<WeightedPodAffinityTerm> terms) {
    return terms.stream().map(t -> term(t.getPodAffinityTerm(), t.getWeight())).toList();
  }

  private AffinityTerm term(PodAffinityTerm t, int weight) {
    Selector selector = Selector.of(t.getLabelSelector());
    for (String key : t.getMatchLabelKeys()) {
      selector = labels.has(key) ? selector.and(new Requirement(key, Requirement.Operator.IN, List.of(labels.value(key)))) : selector;
    }
    for (String key : t.getMismatchLabelKeys()) {
      selector = labels.has(key) ? selector.and(new Requirement(key, Requirement.Operator.NOT_IN, List.of(labels.value(key)))) : selector;
    }
    boolean ownNamespace = t.getNamespaces().isEmpty() && t.getNamespaceSelector() == null;
    return new AffinityTerm(ownNamespace ? Set.of(pod.getMetadata().getNamespace()) : Set.copyOf(t.getNamespaces()),
        Selector.of(t.getNamespaceSelector()), selector, t.getTopologyKey(), weight);
  }

  private List<SpreadConstraint> spread() {
    List<SpreadConstraint> out = new ArrayList<>();
    for (var c : spec.getTopologySpreadConstraints()) {
      Selector selector = Selector.of(c.getLabelSelector());
      for (String key : c.getMatchLabelKeys()) {
        selector = labels.has(key) ? selector.and(new Requirement(key, Requirement.Operator.IN, List.of(labels.value(key)))) : selector;
      }
      out.add(new SpreadConstraint(c.getTopologyKey(), c.getMaxSkew(), "DoNotSchedule".equals(c.getWhenUnsatisfiable()), selector,
          c.getMinDomains() == null ? 1 : c.getMinDomains(), !"Ignore".equals(c.getNodeAffinityPolicy()),
          "Honor".equals(c.getNodeTaintsPolicy())));
    }
    return out;
  }

  private Pod.Footprint footprint() {
    List<HostPort> ports = new ArrayList<>();
    List<String> images = new ArrayList<>();
    for (Container c : spec.getInitContainers()) {
      images.add(c.getImage());
      if ("Always".equals(c.getRestartPolicy())) {
        addPorts(c, ports);
      }
    }
    for (Container c : spec.getContainers()) {
      images.add(c.getImage());
      addPorts(c, ports);
    }
    List<Volume> volumes = new ArrayList<>();
    for (Volume v : spec.getVolumes()) {
      if (v.getImage() != null && v.getImage().getReference() != null) {
        images.add(v.getImage().getReference());
      }
      if (PodVolumes.matters(v)) {
        volumes.add(v);
      }
    }
    return new Pod.Footprint(List.copyOf(ports), List.copyOf(images), spec.getContainers().size() + spec.getInitContainers().size(),
        List.copyOf(volumes), List.copyOf(spec.getResourceClaims()), features());
  }

  private static void addPorts(Container c, List<HostPort> ports) {
    for (ContainerPort p : c.getPorts()) {
      if (p.getHostPort() != null && p.getHostPort() > 0) {
        ports.add(new HostPort(p.getHostIP(), p.getProtocol(), p.getHostPort()));
      }
    }
  }

  /** The node features that the pod needs to be declared. Source: KEP-5328. */
  private Set<String> features() {
    Set<String> out = new HashSet<>();
    List<Container> all = new ArrayList<>(spec.getContainers());
    all.addAll(spec.getInitContainers());
    if (all.stream().flatMap(c -> c.getRestartPolicyRules().stream()).anyMatch(r -> "RestartAllContainers".equals(r.getAction()))) {
      out.add("RestartAllContainersOnContainerExits");
    }
    if (Boolean.TRUE.equals(spec.getHostNetwork()) && Boolean.FALSE.equals(spec.getHostUsers())) {
      out.add("UserNamespacesHostNetworkSupport");
    }
    return Set.copyOf(out);
  }
}
