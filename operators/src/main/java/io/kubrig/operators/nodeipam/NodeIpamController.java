package io.kubrig.operators.nodeipam;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.operators.ControllerManagerOptions;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives every node without pod ranges one of each family. Does nothing without {@code --allocate-node-cidrs}. Keys are nodes. */
public final class NodeIpamController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(NodeIpamController.class);
  private static final int IPV4_MASK = 24;
  private static final int IPV6_MASK = 64;

  private final Api api;
  private final Cached<Node> nodes;
  private final EventRecorder events;
  private final List<Ranges> families = new ArrayList<>();
  private final Map<String, List<String>> given = new HashMap<>(); // what each node has, guarded by itself
  private final Map<String, List<String>> doubtful = new HashMap<>(); // what it may have: nobody else gets it; guarded by given

  /** A controller in a manager. @throws IllegalArgumentException the ranges make no sense */
  public NodeIpamController(ControllerContext context) {
    ControllerManagerOptions options = context.options();
    this.api = context.api();
    this.nodes = context.caches().of(Node.class);
    this.events = context.events("cidrAllocator");
    if (options.bool("allocate-node-cidrs")) {
      words(options.string("cluster-cidr")).forEach(cidr -> families.add(new Ranges(cidr, mask(options, cidr))));
      words(options.string("service-cluster-ip-range")).forEach(cidr -> families.forEach(family -> family.occupy(cidr)));
    }
  }

  private static List<String> words(String list) {
    return Arrays.stream(list.split(",")).map(String::trim).filter(word -> !word.isEmpty()).toList();
  }

  private static int mask(ControllerManagerOptions options, String cidr) {
    boolean v6 = cidr.contains(":");
    int own = options.integer(v6 ? "node-cidr-mask-size-ipv6" : "node-cidr-mask-size-ipv4");
    int common = options.integer("node-cidr-mask-size");
    return own > 0 ? own : common > 0 ? common : v6 ? IPV6_MASK : IPV4_MASK;
  }

  @Override
  public void watch(Queue queue) {
    if (families.isEmpty()) {
      return;
    }
    nodes.watch(added -> {
      remember(added);
      queue.add(Key.of(added));
    }, (before, after) -> {
      remember(after);
      queue.add(Key.of(after));
    }, this::forget);
  }

  private static List<String> ranges(Node node) {
    if (node.getSpec() == null) {
      return List.of();
    }
    List<String> all = Objects.orEmpty(node.getSpec().getPodCIDRs());
    return !all.isEmpty() || node.getSpec().getPodCIDR() == null ? all : List.of(node.getSpec().getPodCIDR());
  }

  private void remember(Node node) {
    List<String> ranges = ranges(node);
    if (!ranges.isEmpty()) {
      synchronized (given) {
        List<String> tried = Objects.orEmpty(doubtful.remove(node.getMetadata().getName()));
        if (!ranges.equals(tried)) {
          release(tried);
        }
        if (!ranges.equals(given.put(node.getMetadata().getName(), ranges))) {
          ranges.forEach(range -> occupy(node, range));
        }
      }
    }
  }

  /** A node may say anything of its ranges. */
  private void occupy(Node node, String range) {
    try {
      families.forEach(family -> family.occupy(range));
    } catch (IllegalArgumentException e) {
      LOG.error("node-ipam-controller: node {}: {}", node.getMetadata().getName(), e.getMessage());
    }
  }

  private void forget(Node node) {
    synchronized (given) {
      Objects.orEmpty(given.remove(node.getMetadata().getName())).forEach(this::free);
      release(Objects.orEmpty(doubtful.remove(node.getMetadata().getName())));
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Node> node = nodes.get(key).filter(n -> ranges(n).isEmpty());
    if (node.isPresent()) {
      allocate(node.get());
    }
    return Outcome.DONE;
  }

  private void allocate(Node node) {
    String name = node.getMetadata().getName();
    List<String> ranges;
    synchronized (given) {
      ranges = doubtful.remove(name);
    }
    boolean doubted = ranges != null;
    if (!doubted) {
      ranges = free(node);
    }
    try {
      api.patch(node, PatchType.STRATEGIC_MERGE, Map.of("spec", Map.of("podCIDR", ranges.getFirst(), "podCIDRs", ranges)));
    } catch (RuntimeException e) {
      if (doubted || ApiErrors.isUnknownOutcome(e)) { // a refusal now says nothing of what was done before
        synchronized (given) {
          doubtful.put(name, ranges); // the node may have them: it is given the same ones again
        }
      } else {
        release(ranges);
      }
      throw e;
    }
    synchronized (given) {
      given.put(name, ranges);
    }
  }

  private void free(String range) {
    try {
      families.forEach(family -> family.release(range));
    } catch (IllegalArgumentException e) {
      LOG.debug("node-ipam-controller: {} was no range", range, e);
    }
  }

  private List<String> free(Node node) {
    List<String> ranges = new ArrayList<>();
    for (Ranges family : families) {
      Optional<String> range = family.allocate();
      if (range.isEmpty()) {
        release(ranges);
        tellFull(node);
        throw new IllegalStateException("no range of pod addresses is left for node " + node.getMetadata().getName());
      }
      ranges.add(range.get());
    }
    return ranges;
  }

  private void tellFull(Node node) {
    String name = node.getMetadata().getName();
    events.record(new ObjectReferenceBuilder().withApiVersion("v1").withKind("Node").withName(name).withUid(node.getMetadata().getUid())
        .build(),
        EventRecorder.NORMAL, "CIDRNotAvailable", "Node " + name + " status is now: CIDRNotAvailable");
  }

  private void release(List<String> ranges) {
    for (int i = 0; i < ranges.size(); i++) {
      families.get(i).release(ranges.get(i));
    }
  }
}
