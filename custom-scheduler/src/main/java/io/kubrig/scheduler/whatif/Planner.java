package io.kubrig.scheduler.whatif;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Decision;
import io.kubrig.scheduler.cycle.NodeFinder;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.events.EventRecorder;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.FitError;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.framework.Preemptor;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.ReservePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.simulation.MemoryCluster;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A scheduler that only thinks: it knows a cluster as it was at one time, and places pods in its mind, one after the other, with the
 * plugins of a configuration. Extenders are asked to filter and to prioritize, nothing else; they know nothing of what was placed in mind
 * only. Pods are evicted, in mind, when {@link #evicting} was called. Used by one thread.
 */
public final class Planner {

  /**
   * What would become of a pod.
   *
   * @param node where it goes; null: nowhere
   * @param message why nowhere; empty otherwise
   * @param evicts who has to leave for it
   */
  public record Placement(String pod, String node, String message, List<Explanation.Victim> evicts) {
    static Placement nowhere(Pod pod, String message) {
      return new Placement(pod.key(), null, message, List.of());
    }
  }

  /**
   * How many of a pod fit.
   *
   * @param count how many; {@code limited}: at least so many, the search ended there
   * @param byNode how many of them each node takes
   * @param message why no more, as the scheduler says it
   * @param shortOf on how many nodes each reason stands against one more
   */
  public record Capacity(int count, boolean limited, Map<String, Integer> byNode, String message, Map<String, Integer> shortOf) {}

  private final ClusterState cluster = new ClusterState();
  private final Map<String, Profile> profiles = new LinkedHashMap<>();
  private final Map<String, Integer> priorities = new TreeMap<>();
  private final List<Pod> waiting = new ArrayList<>();
  private final NodeFinder finder;
  private int serial;
  private boolean evicts;

  /** A planner with the plugins of a configuration and these extenders; {@code random} decides between equals. */
  public Planner(SchedulerConfiguration configuration, Map<String, PluginFactory> registry, List<Extender> extenders, Clock clock,
      RandomGenerator random) {
    MemoryCluster nowhere = new MemoryCluster(clock);
    SerialWriter writer = new SerialWriter(1, clock.activity());
    PluginContext context = new PluginContext(cluster, nowhere, writer, new EventRecorder(nowhere, writer, clock, "planner"), clock, random,
        SchedulerMetrics.NONE, new NoLoop());
    configuration.profiles().forEach(p -> profiles.put(p.schedulerName(), new Profile(p, registry, context, extenders)));
    this.finder = new NodeFinder(cluster, configuration.percentageOfNodesToScore(), random, ScoreListener.NONE);
  }

  /** From now on pods that fit nowhere evict others of lower priority, as the configuration's plugins would. */
  public Planner evicting() {
    evicts = true;
    return this;
  }

  /** Makes known what exists. Pods that have ended are left out; those without a node are kept apart, see {@link #waiting}. */
  public void know(Collection<? extends HasMetadata> objects) {
    objects.forEach(o -> {
      if (o instanceof PriorityClass c) {
        priorities.put(c.getMetadata().getName(), c.getValue());
      }
    });
    for (HasMetadata o : objects) {
      switch (o) {
        case io.fabric8.kubernetes.api.model.Node n -> cluster.observe(io.kubrig.scheduler.model.Node.of(n));
        case io.fabric8.kubernetes.api.model.Pod p -> know(read(p));
        default -> cluster.observe(o);
      }
    }
  }

  /** Makes known what another state knows, and pods that wait. Takes as long as the state is large; on the other state's own thread. */
  public void know(ClusterState other, Collection<Pod> othersWaiting) {
    other.nodes().forEach(n -> cluster.observe(n.node()));
    other.nodes().forEach(n -> n.pods().forEach(cluster::observe));
    other.objects().forEach(cluster::observe);
    other.objects().of(PriorityClass.class).all().forEach(c -> priorities.put(c.getMetadata().getName(), c.getValue()));
    waiting.addAll(othersWaiting);
  }

  private void know(Pod pod) {
    if (pod.isAssigned() && !pod.isFinished()) {
      cluster.observe(pod);
    } else if (!pod.isFinished()) {
      waiting.add(pod);
    }
  }

  /** The pod of an API object that may not have been through an API server: what is missing is filled in. */
  private Pod read(io.fabric8.kubernetes.api.model.Pod pod) {
    var meta = pod.getMetadata();
    if (meta.getNamespace() == null || meta.getNamespace().isEmpty()) {
      meta.setNamespace("default");
    }
    if (meta.getName() == null) {
      meta.setName((meta.getGenerateName() == null ? "pod-" : meta.getGenerateName()) + serial);
    }
    if (meta.getUid() == null) {
      meta.setUid("planned-" + serial++);
    }
    String priority = pod.getSpec().getPriorityClassName();
    if (pod.getSpec().getPriority() == null && priority != null) {
      pod.getSpec().setPriority(Optional.ofNullable(priorities.get(priority))
          .orElseThrow(() -> new QuestionException("no PriorityClass with name " + priority + " was found")));
    }
    return Pod.of(pod);
  }

  /** The pods that have no node yet: those of the highest priority first, and otherwise in the order they were seen. */
  public List<Pod> waiting() {
    return waiting.stream().sorted(Comparator.comparingInt(Pod::priority).reversed()).toList();
  }

  /** A pod that is known, with or without a node. */
  public Optional<Pod> pod(String namespace, String name) {
    String key = namespace + "/" + name;
    return waiting.stream().filter(p -> p.key().equals(key)).findFirst()
        .or(() -> cluster.nodes().stream().flatMap(n -> n.pods().stream()).filter(p -> p.key().equals(key)).findFirst());
  }

  /** Explains a pod; see {@link Explainer}. */
  public Explanation explain(Pod pod, int limit) {
    try {
      return new Opinions(profile(pod).extenders(), pod).add(objections -> new Explainer(cluster).explain(profile(pod), pod, objections))
          .limited(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuestionException("interrupted");
    }
  }

  private Profile profile(Pod pod) {
    Profile p = profiles.get(pod.schedulerName());
    if (p == null) {
      throw new QuestionException("pod " + pod.key() + " wants the scheduler " + pod.schedulerName() + ", the configuration has "
          + String.join(", ", profiles.keySet()));
    }
    return p;
  }

  /** Places pods, those of the highest priority first. */
  public List<Placement> place(List<io.fabric8.kubernetes.api.model.Pod> pods) {
    List<Placement> out = new ArrayList<>();
    pods.stream().map(this::read).sorted((a, b) -> Integer.compare(b.priority(), a.priority())).forEach(p -> out.add(place(p)));
    return out;
  }

  /** Places a pod: it is then known to be there. */
  public Placement place(Pod pod) {
    Profile profile = profile(pod);
    CycleState state = new CycleState();
    return switch (finder.find(profile, state, pod)) {
      case Decision.Placed p -> take(profile, state, pod, p.node());
      case Decision.NoFit n -> evicts ? makeRoom(profile, state, pod, n.why()) : Placement.nowhere(pod, n.why().message());
      case Decision.NoNodes n -> Placement.nowhere(pod, "no nodes available to schedule pods");
      case Decision.Failed f -> Placement.nowhere(pod, f.status().message());
    };
  }

  private Placement take(Profile profile, CycleState state, Pod pod, String node) {
    Pod there = pod.on(node);
    cluster.assume(there);
    waiting.remove(pod);
    return reserve(profile, state, there);
  }

  /** Lets the victims leave and tries again: the pod gets the node that room was made on, as a nominated pod does. */
  private Placement makeRoom(Profile profile, CycleState state, Pod pod, FitError why) {
    Preemptor.Preview preview = profile.previewPreemption(state, pod, why.statuses(), Integer.MAX_VALUE)
        .orElseGet(() -> Preemptor.Preview.nobody(""));
    if (preview.node() == null) {
      if (!preview.message().isEmpty()) {
        why.setPostFilterMessage("preemption: " + preview.message());
      }
      return Placement.nowhere(pod, why.message());
    }
    preview.victims().forEach(cluster::removePod);
    cluster.nominations().add(pod, preview.node());
    CycleState again = new CycleState();
    Decision decision = finder.find(profile, again, pod);
    cluster.nominations().remove(pod);
    if (!(decision instanceof Decision.Placed p)) {
      preview.victims().forEach(cluster::observe);
      return Placement.nowhere(pod, why.message());
    }
    Placement placed = take(profile, again, pod, p.node());
    return new Placement(placed.pod(), placed.node(), placed.message(),
        preview.victims().stream().map(v -> new Explanation.Victim(v.key(), v.priority())).toList());
  }

  private Placement reserve(Profile profile, CycleState state, Pod pod) {
    String node = pod.state().nodeName();
    for (ReservePlugin p : profile.at(ExtensionPoint.RESERVE, ReservePlugin.class)) {
      Status s = p.reserve(state, pod, node);
      if (!s.isSuccess()) {
        profile.at(ExtensionPoint.RESERVE, ReservePlugin.class).reversed().forEach(r -> r.unreserve(state, pod, node));
        cluster.forget(pod);
        return Placement.nowhere(pod, s.message());
      }
    }
    return new Placement(pod.key(), node, "", List.of());
  }

  /** Places copies of a pod until no more fit, not more than {@code most}. */
  public Capacity capacity(io.fabric8.kubernetes.api.model.Pod template, int most) {
    Pod pod = read(template);
    Map<String, Integer> byNode = new TreeMap<>();
    for (int i = 0; i < most; i++) {
      String name = pod.name() + "-" + i;
      Placement p = place(new Pod(pod.namespace(), name, "planned-" + serial++, pod.labels(), pod.spec(), pod.state(), pod.source()));
      if (p.node() == null) {
        Map<String, Integer> reasons = new TreeMap<>();
        explain(pod, Integer.MAX_VALUE).verdicts()
            .forEach(v -> v.rejections().forEach(r -> r.reasons().forEach(x -> reasons.merge(x, 1, Integer::sum))));
        return new Capacity(i, false, byNode, p.message(), reasons);
      }
      byNode.merge(p.node(), 1, Integer::sum);
    }
    return new Capacity(most, true, byNode, "", Map.of());
  }

  /** What is left of a resource on all nodes together. */
  public String free(String resource) {
    int i = ResourceVector.index(resource);
    return Amount.of(i, cluster.nodes().stream().mapToLong(n -> free(n, i)).sum());
  }

  private static long free(NodeInfo n, int resource) {
    return Math.max(0, n.allocatable().get(resource) - n.requested().get(resource));
  }

  /** Nobody waits, and nothing happens later. */
  private static final class NoLoop implements PluginContext.Loop {
    @Override
    public void post(Runnable task) {
      task.run();
    }

    @Override
    public void activate(String uid) {}

    @Override
    public void ungate(String uid) {}

    @Override
    public boolean rejectWaiting(String uid, String plugin, String reason) {
      return false;
    }

    @Override
    public void allowWaiting(String uid, String plugin) {}

    @Override
    public void happened(EventKind event, Object before, Object after) {}
  }
}
