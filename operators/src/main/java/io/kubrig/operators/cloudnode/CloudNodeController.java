package io.kubrig.operators.cloudnode;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.Buckets;
import io.kubrig.operators.cloud.CloudException;
import io.kubrig.operators.cloud.CloudProvider;
import io.kubrig.operators.cloud.CloudProviders;
import io.kubrig.operators.cloud.InstanceMetadata;
import io.kubrig.operators.cloud.Instances;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.micrometer.core.instrument.DistributionSummary;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives new nodes the identity that the provider knows (provider id, labels, addresses) and takes their taint away then; keeps addresses
 * right. Keys are nodes, and the look at the addresses of all.
 */
public final class CloudNodeController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(CloudNodeController.class);
  private static final Key ADDRESSES = new Key("all", "addresses");
  private static final double[] SECONDS = Buckets.exponential(1, 4, 6);
  private static final int TRIES = 20;
  private static final double MILLIS_PER_SECOND = 1e3;

  private final Api api;
  private final Clock clock;
  private final Cached<Node> nodes;
  private final EventRecorder events;
  private final Optional<Instances> instances;
  private final Duration period;
  private final DistributionSummary untainted;
  private final DistributionSummary synced;
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public CloudNodeController(ControllerContext context) {
    this(context, CloudProviders.of(context).flatMap(CloudProvider::instances));
  }

  /** @param instances who knows the machines; empty when nobody does, and then nothing is done */
  public CloudNodeController(ControllerContext context, Optional<Instances> instances) {
    this.api = context.api();
    this.clock = context.clock();
    this.nodes = context.caches().of(Node.class);
    this.events = context.events("cloud-node-controller");
    this.instances = instances;
    this.period = context.options().duration(CloudProviders.STATUS_PERIOD);
    this.untainted = Buckets.histogram("node_controller_cloud_provider_taint_removal_delay_seconds", SECONDS).register(context.metrics());
    this.synced = Buckets.histogram("node_controller_initial_node_sync_delay_seconds", SECONDS).register(context.metrics());
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
    if (instances.isPresent()) {
      nodes.watch(added -> queue.add(Key.of(added)), (before, after) -> queue.add(Key.of(after)), gone -> { });
    }
  }

  @Override
  public void started() {
    if (instances.isPresent()) {
      work.add(ADDRESSES);
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    if (key.equals(ADDRESSES)) {
      nodes.list().stream().filter(node -> !NodeIdentity.isUninitialized(node)).forEach(this::refresh);
      return Outcome.after(period, "the next look at the addresses");
    }
    Optional<Node> node = nodes.get(key);
    if (node.isEmpty()) {
      return Outcome.DONE;
    }
    if (NodeIdentity.isUninitialized(node.get())) {
      return initialize(node.get());
    }
    Map<String, String> labels = NodeIdentity.staleLabels(node.get());
    if (!labels.isEmpty()) {
      api.patch(node.get(), PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("labels", labels)));
    }
    return Outcome.DONE;
  }

  private void refresh(Node node) {
    try {
      instances.orElseThrow().metadata(node).ifPresent(machine -> readdress(node, machine));
    } catch (RuntimeException e) {
      LOG.error("Error getting instance metadata for node addresses: {}", ApiErrors.message(e));
    }
  }

  private Outcome initialize(Node node) {
    String name = node.getMetadata().getName();
    try {
      Optional<InstanceMetadata> machine = instances.orElseThrow().metadata(node);
      if (machine.isEmpty()) {
        LOG.info("Skip sync node {} because cloud provided nil metadata", name);
        return Outcome.DONE;
      }
      write(node, machine.get()).ifPresent(written -> {
        untainted.record(age(written));
        readdress(written, machine.get());
        LOG.info("Successfully initialized node {} with cloud provider", name);
        events.normal(node, "Synced", "Node synced successfully");
        synced.record(age(written));
      });
      return Outcome.DONE;
    } catch (CloudException e) {
      LOG.warn("failed to get instance metadata for node {}: {}", name, e.getMessage());
      return Outcome.RETRY;
    }
  }

  /** Writes a node's identity, on the node as it is at the server when it has moved on; empty when it has gone. */
  private Optional<Node> write(Node seen, InstanceMetadata machine) {
    Optional<Node> node = Optional.of(seen);
    for (int tries = TRIES; node.isPresent(); tries--) {
      try {
        return Optional.of(api.update(NodeIdentity.initialized(node.get(), machine)));
      } catch (RuntimeException e) {
        if (!ApiErrors.isConflict(e) || tries == 1) {
          throw e;
        }
        node = api.live(Node.class, "", seen.getMetadata().getName())
            .filter(live -> live.getMetadata().getUid().equals(seen.getMetadata().getUid()));
      }
    }
    return node;
  }

  private double age(Node node) {
    return Duration.between(Objects.created(node), clock.now()).toMillis() / MILLIS_PER_SECOND;
  }

  /** A failure is told only: the addresses are looked at again in time. */
  private void readdress(Node node, InstanceMetadata machine) {
    try {
      NodeIdentity.addresses(node, machine).ifPresent(addresses -> api.patch(node, "status", PatchType.JSON_MERGE,
          Map.of("status", Map.of("addresses", Objects.parse(Objects.json(addresses), List.class)))));
    } catch (RuntimeException e) {
      LOG.error("Failed to update node addresses for node \"{}\": {}", node.getMetadata().getName(), ApiErrors.message(e));
    }
  }
}
