package io.kubrig.scheduler.cycle;

import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirementBuilder;
import io.kubrig.scheduler.model.AffinityTerm;
import io.kubrig.scheduler.model.HostPort;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.NodeSelector;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.Requirement;
import io.kubrig.scheduler.model.Requirement.Operator;
import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.model.Selector;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.model.Taint;
import io.kubrig.scheduler.model.Toleration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Makes nodes and pods at random, from few labels, keys and sizes, so that they concern each other often. */
final class RandomCluster {
  static final List<String> NAMESPACES = List.of("red", "green", "blue");
  private static final List<String> APPS = List.of("web", "db", "cache");
  private static final List<String> KEYS = List.of("kubernetes.io/hostname", "topology.kubernetes.io/zone", "rack");
  private static final List<String> IMAGES = List.of("a:1", "b:1", "c:1");

  private final Random random;
  private RandomVolumes volumes; // null: pods have none
  private int serial;

  RandomCluster(Random random) {
    this.random = random;
  }

  /** Lets some pods use volumes from now on. */
  void useVolumes(RandomVolumes some) {
    volumes = some;
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private <T> List<T> some(int max, int oneIn, Supplier<T> one) {
    List<T> out = new ArrayList<>();
    for (int i = 0; i < max; i++) {
      if (oneIn(oneIn)) {
        out.add(one.get());
      }
    }
    return out;
  }

  Node node(String name) {
    Map<String, String> labels = new HashMap<>();
    if (!oneIn(10)) {
      labels.put("kubernetes.io/hostname", name);
    }
    if (!oneIn(8)) {
      labels.put("topology.kubernetes.io/zone", "z" + random.nextInt(4));
    }
    if (oneIn(2)) {
      labels.put("rack", "r" + random.nextInt(6));
    }
    if (oneIn(3)) {
      labels.put("disk", oneIn(2) ? "ssd" : "hdd");
    }
    ResourceVector size = new ResourceVector();
    size.set(ResourceVector.CPU, 1000L * (1 + random.nextInt(4)));
    size.set(ResourceVector.MEMORY, 1L << 30 + random.nextInt(3));
    if (oneIn(4)) {
      size.set(ResourceVector.index("example.com/gpu"), 2);
    }
    Map<String, Long> images = new HashMap<>();
    IMAGES.stream().filter(i -> oneIn(5)).forEach(i -> images.put(i, (long) (50 + random.nextInt(500)) << 20));
    return new Node(name, Labels.of(labels), some(2, 8, this::taint), oneIn(20), size, 3 + random.nextInt(12), images, Set.of(), null);
  }

  private Taint taint() {
    return new Taint(oneIn(2) ? "dedicated" : "flaky", oneIn(2) ? "x" : "y",
        pick(List.of(Taint.NO_SCHEDULE, Taint.PREFER_NO_SCHEDULE, Taint.NO_EXECUTE)));
  }

  private Toleration toleration() {
    return Toleration.of(new io.fabric8.kubernetes.api.model.TolerationBuilder().withKey(oneIn(4) ? null : oneIn(2) ? "dedicated" : "flaky")
        .withOperator("Exists").withEffect(oneIn(3) ? Taint.NO_SCHEDULE : null).build());
  }

  Labels podLabels() {
    Map<String, String> labels = new HashMap<>();
    if (!oneIn(6)) {
      labels.put("app", pick(APPS));
    }
    if (oneIn(3)) {
      labels.put("tier", oneIn(2) ? "front" : "back");
    }
    return Labels.of(labels);
  }

  private Selector selector() {
    if (oneIn(12)) {
      return oneIn(2) ? Selector.NOTHING : Selector.EVERYTHING;
    }
    if (oneIn(4)) {
      return Selector.of(new LabelSelectorBuilder().addToMatchExpressions(new LabelSelectorRequirementBuilder().withKey("tier")
          .withOperator(pick(List.of("Exists", "DoesNotExist"))).build()).build());
    }
    return Selector.ofLabels(Map.of("app", pick(APPS)));
  }

  private AffinityTerm term(int weight) {
    Selector namespaces = oneIn(5) ? Selector.ofLabels(Map.of("team", oneIn(2) ? "a" : "b")) : Selector.NOTHING;
    return new AffinityTerm(Set.of(pick(NAMESPACES)), namespaces, selector(), pick(KEYS), weight);
  }

  private SpreadConstraint constraint() {
    return new SpreadConstraint(pick(KEYS), 1 + random.nextInt(3), oneIn(2), selector(), oneIn(4) ? 3 : 1, !oneIn(3), oneIn(3));
  }

  private NodeSelector nodeSelector() {
    return new NodeSelector(List.of(nodeTerm()));
  }

  private NodeSelector.Term nodeTerm() {
    if (oneIn(8)) {
      return new NodeSelector.Term(List.of(), List.of(new Requirement("metadata.name", Operator.IN, List.of("n1", "n2", "n3"))));
    }
    return new NodeSelector.Term(List.of(oneIn(2) ? new Requirement("disk", Operator.EXISTS, List.of())
        : new Requirement("topology.kubernetes.io/zone", Operator.NOT_IN, List.of("z0"))), List.of());
  }

  /** What pods of one template share; about every other one concerns other pods. */
  Pod.Spec spec() {
    ResourceVector wanted = new ResourceVector();
    if (!oneIn(6)) {
      wanted.set(ResourceVector.CPU, 100L * random.nextInt(12));
      wanted.set(ResourceVector.MEMORY, 64L * random.nextInt(8) << 20);
    }
    if (oneIn(8)) {
      wanted.set(ResourceVector.index("example.com/gpu"), 1);
    }
    ResourceVector nonZero = wanted.copy();
    if (wanted.get(ResourceVector.CPU) == 0) {
      nonZero.set(ResourceVector.CPU, 100);
    }
    List<String> images = some(2, 2, () -> pick(IMAGES));
    return new Pod.Spec(new Pod.Order("default-scheduler", random.nextInt(3), false, List.of(), null),
        new Pod.Requests(wanted, nonZero, nonZero, new ResourceVector(), Set.of()),
        new Pod.NodeRules(null, oneIn(8) ? Selector.ofLabels(Map.of("disk", "ssd")) : Selector.EVERYTHING, oneIn(6) ? nodeSelector() : null,
            some(2, 6, () -> new Pod.Preference(1 + random.nextInt(100), nodeTerm())), some(2, 4, this::toleration)),
        new Pod.PodRules(some(2, 8, () -> term(0)), some(2, 8, () -> term(0)), some(2, 6, () -> term(1 + random.nextInt(100))),
            some(2, 6, () -> term(1 + random.nextInt(100))), some(3, 5, this::constraint)),
        new Pod.Footprint(some(1, 6, () -> new HostPort(null, null, 80 + random.nextInt(2))), images, Math.max(1, images.size()),
            volumes == null ? List.of() : some(2, 3, volumes::use), List.of(), Set.of()));
  }

  Pod pod(Pod.Spec spec, Labels labels, String namespace) {
    String name = "p" + serial++;
    return new Pod(namespace, name, name, labels, spec, new Pod.State(null, null, "Pending", null, null, null, null, false), null);
  }
}
