package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.nodeipam.NodeIpamController;
import io.kubrig.operators.nodelifecycle.NodeLifecycleController;
import io.kubrig.operators.nodettl.NodeTtlController;
import io.kubrig.operators.podgc.PodGcController;
import io.kubrig.operators.tainteviction.TaintEvictionController;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The stories of nodes: those that fall silent, come and go, and the pods on them. */
final class NodeStories {
  private NodeStories() {}

  private static List<Taint> taints(Node node) {
    return Objects.orEmpty(node.getSpec().getTaints());
  }

  /** Nodes that come and go. Each has a range of its own from the moment it has one. */
  static final class RangesStory implements Story {
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(NodeIpamController::new, NodeTtlController::new);
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--allocate-node-cidrs", "--cluster-cidr=10.244.0.0/18", "--node-cidr-mask-size-ipv4=24");
    }

    @Override
    public void begin(MemoryServer server) {
      make(server);
    }

    private void make(MemoryServer server) {
      server.create(new NodeBuilder().withNewMetadata().withName("node-" + made++).endMetadata().withNewSpec().endSpec().withNewStatus()
          .endStatus().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      List<Node> nodes = Stories.all(server, Node.class);
      if (nodes.size() > 8 || random.nextInt(3) == 0 && !nodes.isEmpty()) {
        server.delete(nodes.get(random.nextInt(nodes.size())), Map.of(), true);
      } else {
        make(server);
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof Node node && node.getSpec().getPodCIDR() != null) {
        if (change.before() instanceof Node before && before.getSpec().getPodCIDR() != null) {
          assertThat(node.getSpec().getPodCIDR()).as("the range of %s", Key.of(node)).isEqualTo(before.getSpec().getPodCIDR());
        }
        assertThat(Stories.all(server, Node.class).stream()
            .filter(other -> node.getSpec().getPodCIDR().equals(other.getSpec().getPodCIDR())))
            .as("nodes with the range %s", node.getSpec().getPodCIDR()).hasSize(1);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, Node.class)).allSatisfy(node -> {
        assertThat(node.getSpec().getPodCIDR()).as("the range of %s", Key.of(node)).isNotNull();
        assertThat(node.getMetadata().getAnnotations()).containsEntry("node.alpha.kubernetes.io/ttl", "0");
      });
    }
  }

  /**
   * Three nodes that beat or are silent, with pods that tolerate being cut off for a while, or for ever. A node that beats loses no pod for
   * being silent; one that is silent to the end loses all that do not tolerate it.
   */
  static final class SilenceStory implements Story {
    private static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    private final Set<String> silent = new HashSet<>();
    private final Set<String> cutOff = new HashSet<>(); // nodes that ever were
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(NodeLifecycleController::new, TaintEvictionController::new, PodGcController::new);
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--node-monitor-grace-period=50s", "--node-monitor-period=5s", "--node-eviction-rate=10",
          "--unhealthy-zone-threshold=1");
    }

    @Override
    public void begin(MemoryServer server) {
      for (int i = 0; i < 3; i++) {
        server.create(new NodeBuilder().withNewMetadata().withName("node-" + i).endMetadata().withNewSpec().endSpec().withNewStatus()
            .addNewCondition().withType("Ready").withStatus("True").withReason("KubeletReady").withLastHeartbeatTime("2026-01-01T00:00:00Z")
            .withLastTransitionTime("2026-01-01T00:00:00Z").endCondition().endStatus().build());
        server.create(new LeaseBuilder().withNewMetadata().withName("node-" + i).withNamespace("kube-node-lease").endMetadata()
            .withNewSpec().withRenewTime(ZonedDateTime.parse("2026-01-01T00:00:00Z")).endSpec().build());
      }
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      throw new UnsupportedOperationException("needs to know the time");
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random, Instant now) {
      String node = "node-" + random.nextInt(2); // the third one never falls silent: were all silent, nobody would lose pods
      switch (random.nextInt(4)) {
        case 0 -> silent.add(node);
        case 1 -> {
          silent.remove(node);
          beat(server, node, now, true);
        }
        default -> pod(server, node, random.nextInt(3));
      }
    }

    @Override
    public void tick(MemoryServer server, Instant now) {
      for (int i = 0; i < 3; i++) {
        if (!silent.contains("node-" + i)) {
          beat(server, "node-" + i, now, false);
        }
      }
    }

    private void beat(MemoryServer server, String name, Instant now, boolean reports) {
      Lease lease = server.find(Lease.class, new Key("kube-node-lease", name)).orElseThrow();
      server.update(MemoryServer.edit(lease, tree -> tree.withObjectProperty("spec").put("renewTime",
          DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").format(now.atZone(ZoneOffset.UTC)))), false);
      Node node = server.find(Node.class, Key.of(name)).orElseThrow();
      boolean unknown = node.getStatus().getConditions().stream()
          .anyMatch(c -> !"True".equals(c.getStatus()) && "Ready".equals(c.getType()));
      if (reports || unknown) {
        server.update(MemoryServer.edit(node, tree -> tree.withObjectProperty("status").putArray("conditions").addObject()
            .put("type", "Ready").put("status", "True").put("reason", "KubeletReady").put("lastHeartbeatTime", Objects.time(now))
            .put("lastTransitionTime", Objects.time(now))), true);
      }
    }

    private void pod(MemoryServer server, String node, int kind) {
      PodBuilder pod = new PodBuilder().withNewMetadata().withName((kind == 0 ? "forever-" : "some-") + made++).withNamespace("ns")
          .endMetadata().withNewSpec().withNodeName(node).endSpec().withNewStatus().withPhase("Pending").endStatus();
      if (kind == 0) {
        pod.editSpec().addNewToleration().withKey(UNREACHABLE).withOperator("Exists").withEffect("NoExecute").endToleration().endSpec();
      } else if (kind == 1) {
        pod.editSpec().addNewToleration().withKey(UNREACHABLE).withOperator("Exists").withEffect("NoExecute").withTolerationSeconds(60L)
            .endToleration().endSpec();
      }
      server.create(pod.build());
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      boolean ends = change.after() == null || Objects.isTerminating(change.after());
      if (change.before() instanceof Pod pod && !Objects.isTerminating(pod) && ends) {
        assertThat(pod.getMetadata().getName()).as("a pod that is deleted").startsWith("some-");
        assertThat(cutOff).as("nodes that were ever called silent").contains(pod.getSpec().getNodeName());
      }
      if (change.after() instanceof Node node && taints(node).stream().anyMatch(t -> UNREACHABLE.equals(t.getKey()))) {
        cutOff.add(node.getMetadata().getName());
      }
    }

    @Override
    public void settled(MemoryServer server) {
      for (Node node : Stories.all(server, Node.class)) {
        String name = node.getMetadata().getName();
        boolean cut = find(node, "NoExecute").isPresent();
        assertThat(cut).as("whether %s is unreachable", name).isEqualTo(silent.contains(name));
        assertThat(find(node, "NoSchedule").isPresent()).as("whether %s takes pods", name).isEqualTo(silent.contains(name));
        List<Pod> pods = new ArrayList<>(Stories.all(server, Pod.class));
        pods.removeIf(pod -> !name.equals(pod.getSpec().getNodeName()));
        if (cut) {
          assertThat(pods).as("pods on %s", name).allSatisfy(pod -> assertThat(pod.getMetadata().getName()).startsWith("forever-"));
        }
      }
    }

    private static Optional<Taint> find(Node node, String effect) {
      return taints(node).stream().filter(t -> UNREACHABLE.equals(t.getKey()) && effect.equals(t.getEffect())).findFirst();
    }
  }
}
