package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.Volume;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A pod as the scheduler sees it: read once when it arrives, immutable, without what no decision depends on.
 *
 * @param spec what the decision depends on besides the labels
 * @param state where it is in its life
 * @param source the API object; null for pods on nodes when nobody needs it
 */
public record Pod(String namespace, String name, String uid, Labels labels, Spec spec, State state,
    io.fabric8.kubernetes.api.model.Pod source) {

  /** What the decision depends on. Compared by content. */
  public static final class Spec {
    private final Order order;
    private final Requests requests;
    private final NodeRules nodes;
    private final PodRules pods;
    private final Footprint footprint;
    private int hash; // 0: not computed yet; any thread computes the same
    private Spec withoutClaims; // likewise null

    public Spec(Order order, Requests requests, NodeRules nodes, PodRules pods, Footprint footprint) {
      this.order = order;
      this.requests = requests;
      this.nodes = nodes;
      this.pods = pods;
      this.footprint = footprint;
    }

    public Order order() {
      return order;
    }

    public Requests requests() {
      return requests;
    }

    public NodeRules nodes() {
      return nodes;
    }

    public PodRules pods() {
      return pods;
    }

    public Footprint footprint() {
      return footprint;
    }

    /** The same without volumes and claims of devices: what pods have in common that differ in the claims only that were made for them. */
    public Spec withoutClaims() {
      if (footprint.volumes.isEmpty() && footprint.claims.isEmpty()) {
        return this;
      }
      Spec known = withoutClaims;
      if (known == null) {
        known = KnownSpecs.known(new Spec(order, requests, nodes, pods,
            new Footprint(footprint.ports, footprint.images, footprint.containers, List.of(), List.of(), footprint.features)));
        withoutClaims = known;
      }
      return known;
    }

    /** The same on a node. */
    Spec on(String nodeName) {
      return new Spec(order, requests, new NodeRules(nodeName, nodes.selector, nodes.required, nodes.preferred, nodes.tolerations), pods,
          footprint);
    }

    /** Whether it is the same but for the name of a node. */
    boolean sameButNode(Spec other) {
      return this == other || order.equals(other.order) && requests.equals(other.requests) && pods.equals(other.pods)
          && footprint.equals(other.footprint) && nodes.sameButName(other.nodes);
    }

    @Override
    public boolean equals(Object object) {
      return this == object || object instanceof Spec other && hashCode() == other.hashCode()
          && Objects.equals(nodes.nodeName, other.nodes.nodeName) && sameButNode(other);
    }

    @Override
    public int hashCode() {
      int known = hash;
      if (known == 0) {
        known = Objects.hash(order, requests, nodes, pods, footprint);
        hash = known;
      }
      return known;
    }
  }

  /**
   * Who schedules it, and when.
   *
   * @param gates names of the scheduling gates that are left
   * @param group the pod group it belongs to, or null
   */
  public record Order(String schedulerName, int priority, boolean neverPreempts, List<String> gates, String group) {}

  /**
   * What it takes from a node.
   *
   * @param total what is reserved for it
   * @param nonZero {@code total} with a default for containers that name no cpu (100m) or memory (200Mi); used by scores
   * @param scored like {@code nonZero}, but without what the pod asks for as a whole: what the fit scores take the pod for
   * @param limits what it must not exceed; no decision depends on it
   * @param named every resource name that some container names in requests or limits
   */
  public record Requests(ResourceVector total, ResourceVector nonZero, ResourceVector scored, ResourceVector limits, Set<String> named) {}

  /** Which nodes it may run on. */
  public record NodeRules(String nodeName, Selector selector, NodeSelector required, List<Preference> preferred,
      List<Toleration> tolerations) {
    /** Whether a node fulfils the node selector and the required node affinity. */
    public boolean admit(Node node) {
      return selector.matches(node.labels()) && (required == null || required.matches(node));
    }

    private boolean sameButName(NodeRules other) {
      return selector.equals(other.selector) && Objects.equals(required, other.required) && preferred.equals(other.preferred)
          && tolerations.equals(other.tolerations);
    }
  }

  /** A weighted wish for nodes. */
  public record Preference(int weight, NodeSelector.Term term) {}

  /** How it relates to other pods. */
  public record PodRules(
      List<AffinityTerm> requiredAffinity,
      List<AffinityTerm> requiredAntiAffinity,
      List<AffinityTerm> preferredAffinity,
      List<AffinityTerm> preferredAntiAffinity,
      List<SpreadConstraint> spread) {
    static final PodRules NONE = new PodRules(List.of(), List.of(), List.of(), List.of(), List.of());

    /** Whether there is any term of affinity or anti-affinity. */
    public boolean hasAffinity() {
      return !requiredAffinity.isEmpty() || !requiredAntiAffinity.isEmpty() || !preferredAffinity.isEmpty()
          || !preferredAntiAffinity.isEmpty();
    }
  }

  /**
   * What else it occupies.
   *
   * @param images of containers, init containers and image volumes, in order
   * @param containers how many there are, init containers included
   * @param volumes those that matter to scheduling
   */
  public record Footprint(
      List<HostPort> ports, List<String> images, int containers, List<Volume> volumes, List<PodResourceClaim> claims,
          Set<String> features) {}

  /**
   * Where it is in its life.
   *
   * @param nodeName the node it is bound to, or null
   * @param nominatedNode or null
   * @param deleted when deletion was asked for, or null
   * @param started when the kubelet saw it first, or null
   */
  public record State(
      String nodeName, String nominatedNode, String phase, Instant created, Instant deleted, Instant started, Owner owner,
          boolean disrupted) {
    private boolean sameButNomination(State other) {
      return Objects.equals(nodeName, other.nodeName) && Objects.equals(phase, other.phase) && Objects.equals(created, other.created)
          && Objects.equals(deleted, other.deleted) && Objects.equals(started, other.started) && Objects.equals(owner, other.owner)
          && disrupted == other.disrupted;
    }
  }

  /** The controller of the pod. */
  public record Owner(String apiVersion, String kind, String name, String uid) {}

  /** The pod of an API object. */
  public static Pod of(io.fabric8.kubernetes.api.model.Pod pod) {
    return PodReader.read(pod);
  }

  /** The same, where another version of the pod was read before: what is as it was is not read again. */
  public static Pod of(io.fabric8.kubernetes.api.model.Pod pod, Pod before) {
    return PodReader.read(pod, before);
  }

  /** {@code namespace/name}. */
  public String key() {
    return namespace + "/" + name;
  }

  public int priority() {
    return spec.order.priority;
  }

  public String schedulerName() {
    return spec.order.schedulerName;
  }

  public boolean isTerminating() {
    return state.deleted != null;
  }

  /** Whether it has run to its end and holds no resources any more. */
  public boolean isFinished() {
    return "Succeeded".equals(state.phase) || "Failed".equals(state.phase);
  }

  public boolean isAssigned() {
    return state.nodeName != null;
  }

  public Optional<String> nominatedNode() {
    return Optional.ofNullable(state.nominatedNode);
  }

  /** Whether it is, for all decisions about other pods, what another version of it on the same node is. */
  public boolean isSameForOthers(Pod other) {
    return state.sameButNomination(other.state) && labels.equals(other.labels) && spec.sameButNode(other.spec);
  }

  /** The same pod on a node. */
  public Pod on(String nodeName) {
    return new Pod(namespace, name, uid, labels, spec,
        new State(nodeName, state.nominatedNode, state.phase, state.created, state.deleted, state.started, state.owner, state.disrupted),
            source);
  }

  /** The same pod with another nominated node (null: none). */
  public Pod nominatedTo(String nodeName) {
    return new Pod(namespace, name, uid, labels, spec,
        new State(state.nodeName, nodeName, state.phase, state.created, state.deleted, state.started, state.owner, state.disrupted),
            source);
  }

  /** The same pod without the API object. */
  public Pod withoutSource() {
    return source == null ? this : new Pod(namespace, name, uid, labels, spec, state, null);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return uid.hashCode();
  }

  @Override
  public String toString() {
    return key();
  }
}
