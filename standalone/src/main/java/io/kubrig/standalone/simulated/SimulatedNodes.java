package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.Component;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Some nodes in name only: registers them, keeps their leases and conditions fresh, and lets their pods run. */
public final class SimulatedNodes implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedNodes.class);
  private static final int LEASES_PER_STATUS = 30; // as a kubelet has it: every ten seconds, and every five minutes
  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final Clock clock;
  private final Settings settings;
  private final List<SimulatedNode> nodes;
  private final Map<String, NodeLease> leases;
  private final SimulatedPods pods;
  private final List<Clock.Timer> timers = new ArrayList<>(); // guarded by this

  /**
   * How many nodes there are and how often they say that they live.
   *
   * @param heartbeat how often a lease is renewed; it lasts four times as long. The status is reported thirty times less often
   */
  public record Settings(int count, Duration heartbeat) {
    /** As kubelets do by default. */
    public static Settings of(int count) {
      return new Settings(count, Duration.ofSeconds(10));
    }
  }

  /**
   * Nodes that are not registered yet.
   *
   * @param client acts for all nodes; closed by whoever made it
   * @param kubelets is told what runs
   */
  public SimulatedNodes(KubernetesClient client, Clock clock, MeterRegistry metrics, Settings settings, PodScript script,
      SimulatedKubelets kubelets) {
    this.client = client;
    this.settings = settings;
    this.clock = clock;
    this.nodes = IntStream.range(0, settings.count()).mapToObj(SimulatedNode::new).toList();
    Map<String, SimulatedNode> byName = nodes.stream().collect(Collectors.toMap(SimulatedNode::name, Function.identity()));
    this.leases = nodes.stream().collect(Collectors.toMap(SimulatedNode::name,
        node -> new NodeLease(client, clock, node.name(), settings.heartbeat().multipliedBy(4))));
    kubelets.serve(byName.keySet());
    this.pods = new SimulatedPods(client, clock, metrics, byName, script, kubelets);
  }

  @Override
  public String name() {
    return "simulated-nodes";
  }

  @Override
  public synchronized void start() throws InterruptedException {
    nodes.forEach(this::register);
    nodes.forEach(this::renewLease);
    pods.start();
    timers.add(clock.every(settings.heartbeat(), () -> nodes.forEach(this::renewLease)));
    timers.add(clock.every(settings.heartbeat().multipliedBy(LEASES_PER_STATUS), () -> nodes.forEach(this::refresh)));
  }

  private void register(SimulatedNode node) {
    Node wanted = node.object(clock.now());
    try {
      client.nodes().resource(wanted).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw e;
      }
      refresh(node); // it is there from an earlier start
    }
  }

  private void refresh(SimulatedNode node) {
    try {
      client.nodes().withName(node.name()).editStatus(found -> refreshed(node, found));
    } catch (KubernetesClientException e) {
      LOG.warn("the status of node {} could not be written: {}", node.name(), e.getMessage());
    }
  }

  /** Fresh heartbeats; a condition that did not change keeps the time of its transition. */
  private Node refreshed(SimulatedNode node, Node found) {
    Map<String, NodeCondition> before =
        found.getStatus().getConditions().stream().collect(Collectors.toMap(NodeCondition::getType, Function.identity()));
    List<NodeCondition> conditions =
        node.conditions(clock.now()).stream()
            .map(
                condition -> {
                  NodeCondition earlier = before.get(condition.getType());
                  boolean same = earlier != null && earlier.getStatus().equals(condition.getStatus());
                  return same
                      ? new NodeConditionBuilder(condition).withLastTransitionTime(earlier.getLastTransitionTime()).build()
                      : condition;
                })
            .toList();
    return new NodeBuilder(found).editStatus().withConditions(conditions).endStatus().build();
  }

  private void renewLease(SimulatedNode node) {
    try {
      leases.get(node.name()).renew();
    } catch (KubernetesClientException e) {
      LOG.warn("the lease of node {} could not be renewed: {}", node.name(), e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    timers.forEach(Clock.Timer::cancel);
    timers.clear();
    pods.close();
  }
}
