package io.kubrig.kubelet.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.kubelet.cluster.ApiEvents;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.cri.v1.RuntimeCondition;
import io.kubrig.kubelet.cri.v1.VersionResponse;
import io.kubrig.kubelet.posix.Posix;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this machine's node and its lease in the cluster: registers it, tells how it is, and shows that it lives.
 *
 * <p>The status is computed every {@code nodeStatusUpdateFrequency}, and at once when the runtime's readiness turned; it is sent when it
 * differs from what was sent, and every {@code nodeStatusReportFrequency} anyway. Source: KEP-589.
 */
public final class NodeAgent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration REGISTER_RETRY = Duration.ofMillis(200);
  private static final Duration CHECK = Duration.ofSeconds(1);
  private static final String LEASES = "kube-node-lease";

  private final KubernetesClient client;
  private final ContainerRuntime runtime;
  private final ApiEvents events;
  private final NodeSettings settings;
  private final NodeDescription description;
  private final Posix posix;
  private final Clock clock;
  // what the status thread sent last; its own
  private JsonNode sent;
  private Instant sentAt = Instant.EPOCH;
  private String lastReady = "";
  private volatile Thread statusThread;
  private volatile Thread leaseThread;
  private volatile Optional<String> networkProblem = Optional.of("container runtime status check may not have completed yet");
  private volatile Optional<String> problem = Optional.of("container runtime status check may not have completed yet");

  public NodeAgent(KubernetesClient client, ContainerRuntime runtime, ApiEvents events, NodeSettings settings, Machine machine,
      Posix posix, Clock clock) {
    this.client = client;
    this.runtime = runtime;
    this.events = events;
    this.settings = settings;
    this.description = new NodeDescription(settings, machine);
    this.posix = posix;
    this.clock = clock;
  }

  /** Begins to work; the node is registered in the background. */
  public void start() {
    statusThread = Thread.ofVirtual().name("node-status").start(this::keepStatus);
    leaseThread = Thread.ofVirtual().name("node-lease").start(this::keepLease);
  }

  /** Why the runtime cannot connect pods; empty when it can. */
  public Optional<String> networkProblem() {
    return networkProblem;
  }

  /** What pods may use of this node. */
  public Map<String, Quantity> allocatable() throws IOException {
    return description.allocatable(description.capacity(posix.space(settings.rootDirectory())));
  }

  @Override
  public void close() {
    for (Thread thread : new Thread[] {statusThread, leaseThread}) {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  private void keepStatus() {
    try {
      observeRuntime();
      if (settings.register()) {
        register();
      }
      Instant computed = Instant.EPOCH;
      while (true) {
        Optional<String> before = problem;
        observeRuntime();
        boolean due = Duration.between(computed, clock.now()).compareTo(settings.statusFrequency()) >= 0;
        if (due || before.isPresent() != problem.isPresent()) {
          update();
          computed = clock.now();
        }
        clock.sleep(CHECK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void observeRuntime() {
    try {
      StringBuilder complaints = new StringBuilder();
      Optional<String> network = Optional.empty();
      for (RuntimeCondition condition : runtime.status().getConditionsList()) {
        if (!condition.getStatus()) {
          boolean isNetwork = condition.getType().equals("NetworkReady");
          String text = (isNetwork ? "container runtime network not ready: " : "container runtime not ready: ") + condition.getType()
              + "=false reason:" + condition.getReason() + " message:" + condition.getMessage();
          complaints.append(complaints.isEmpty() ? "" : ", ").append(text);
          network = isNetwork ? Optional.of(text) : network;
        }
      }
      networkProblem = network;
      problem = complaints.isEmpty() ? Optional.empty() : Optional.of(complaints.toString());
    } catch (CriException e) {
      problem = Optional.of("container runtime is down");
    }
  }

  private NodeDescription.Reading read() throws IOException {
    String version = "";
    List<io.kubrig.kubelet.cri.v1.Image> images = List.of();
    try {
      VersionResponse answer = runtime.version();
      version = answer.getRuntimeName() + "://" + answer.getRuntimeVersion();
      images = runtime.images();
    } catch (CriException e) {
      LOG.warn("The runtime does not tell its version and images: {}", e.rpcMessage());
    }
    return new NodeDescription.Reading(posix.space(settings.rootDirectory()), version, problem, images, clock.now());
  }

  private void register() throws InterruptedException {
    String complaint = "";
    while (true) {
      try {
        Node wanted = description.registration(read());
        Node present = client.nodes().withName(settings.name()).get();
        if (present == null) {
          present = client.nodes().resource(wanted).create();
          LOG.info("Successfully registered node {}", settings.name());
        } else {
          labelIfNeeded(present, wanted);
        }
        started(present);
        return;
      } catch (KubernetesClientException e) {
        if (!complaint.equals(e.getMessage())) {
          complaint = String.valueOf(e.getMessage());
          LOG.warn("Unable to register node {} with the API server: {}", settings.name(), complaint);
        }
      } catch (IOException e) {
        LOG.error("Cannot read this machine: {}", e.toString());
      }
      clock.sleep(REGISTER_RETRY);
    }
  }

  /** A node that was registered before gets the labels that follow from the machine. */
  private void labelIfNeeded(Node present, Node wanted) {
    Map<String, String> labels = present.getMetadata().getLabels() == null ? Map.of() : present.getMetadata().getLabels();
    if (!labels.entrySet().containsAll(wanted.getMetadata().getLabels().entrySet())) {
      ObjectNode patch = JSON.createObjectNode();
      ObjectNode map = patch.putObject("metadata").putObject("labels");
      wanted.getMetadata().getLabels().forEach(map::put);
      client.resource(present).patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch.toString());
    }
  }

  private void started(Node present) {
    events.recordNode(present, false, "Starting", "Starting kubelet.");
    for (String condition : List.of("NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID")) {
      events.recordNode(present, false, condition, "Node " + settings.name() + " status is now: " + condition);
    }
    events.recordNode(present, false, "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
  }

  private void update() {
    try {
      Node present = client.nodes().withName(settings.name()).get();
      if (present == null) {
        return;
      }
      NodeStatus status = description.status(Optional.ofNullable(present.getStatus()), read());
      JsonNode shape = withoutHeartbeats(status);
      boolean due = Duration.between(sentAt, clock.now()).compareTo(settings.reportFrequency()) >= 0;
      if (!due && shape.equals(sent)) {
        return;
      }
      ObjectNode patch = JSON.createObjectNode();
      patch.set("status", JSON.valueToTree(status));
      ((ArrayNode) patch.get("status").get("addresses")).insertObject(0).put("$patch", "replace");
      client.resource(present).subresource("status").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch.toString());
      sent = shape;
      sentAt = clock.now();
      tellReadiness(present, status);
    } catch (KubernetesClientException e) {
      LOG.warn("Error updating node status, will retry: {}", e.getMessage());
    } catch (IOException e) {
      LOG.error("Cannot read this machine: {}", e.toString());
    }
  }

  private void tellReadiness(Node present, NodeStatus status) {
    String ready = status.getConditions().stream().filter(c -> c.getType().equals("Ready")).map(NodeCondition::getStatus).findFirst()
        .orElse("");
    if (!ready.equals(lastReady)) {
      String event = ready.equals("True") ? "NodeReady" : "NodeNotReady";
      events.recordNode(present, false, event, "Node " + settings.name() + " status is now: " + event);
      lastReady = ready;
    }
  }

  private static JsonNode withoutHeartbeats(NodeStatus status) {
    JsonNode tree = JSON.valueToTree(status);
    tree.path("conditions").forEach(condition -> ((ObjectNode) condition).remove("lastHeartbeatTime"));
    return tree;
  }

  private void keepLease() {
    Duration period = settings.leaseDuration().dividedBy(4);
    try {
      while (true) {
        boolean renewed = renew();
        clock.sleep(renewed ? period : REGISTER_RETRY.multipliedBy(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean renew() {
    try {
      Lease present = client.leases().inNamespace(LEASES).withName(settings.name()).get();
      if (present != null) {
        Lease renewed = new LeaseBuilder(present).editSpec().withRenewTime(clock.now().atZone(ZoneOffset.UTC)).endSpec().build();
        client.leases().inNamespace(LEASES).resource(renewed).update();
        return true;
      }
      Node owner = client.nodes().withName(settings.name()).get();
      if (owner == null) {
        return false;
      }
      client.leases().inNamespace(LEASES).resource(fresh(owner)).create();
      return true;
    } catch (KubernetesClientException e) {
      LOG.warn("Failed to update the lease of node {}: {}", settings.name(), e.getMessage());
      return false;
    }
  }

  private Lease fresh(Node owner) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(settings.name())
        .withNamespace(LEASES)
        .addNewOwnerReference()
        .withApiVersion("v1")
        .withKind("Node")
        .withName(settings.name())
        .withUid(owner.getMetadata().getUid())
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(settings.name())
        .withLeaseDurationSeconds((int) settings.leaseDuration().toSeconds())
        .withRenewTime(clock.now().atZone(ZoneOffset.UTC))
        .endSpec()
        .build();
  }
}
