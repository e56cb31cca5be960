package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.queue.QueueEntry;
import io.kubrig.scheduler.queue.SchedulingQueue;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.Preemptions;
import io.kubrig.scheduler.whatif.Explainer;
import io.kubrig.scheduler.whatif.Explanation;
import io.kubrig.scheduler.whatif.Opinions;
import io.kubrig.scheduler.whatif.Planner;
import io.kubrig.scheduler.whatif.QuestionException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What a scheduler knows, told to other threads between two attempts. */
public final class Knowledge {
  private static final int NODES_TOLD = 20;

  private final EventLoop loop;
  private final ClusterState state;
  private final SchedulingQueue queue;
  private final Profiles profiles;
  private final List<Extender> extenders;
  private final Supplier<Collection<Pod>> others;

  /** {@code others} are the pods that wait for other schedulers. */
  Knowledge(EventLoop loop, ClusterState state, SchedulingQueue queue, Profiles profiles, List<Extender> extenders,
      Supplier<Collection<Pod>> others) {
    this.others = others;
    this.extenders = List.copyOf(extenders);
    this.loop = loop;
    this.state = state;
    this.queue = queue;
    this.profiles = profiles;
  }

  /** Explains a pod that may have gone meanwhile; on the scheduling thread. */
  Optional<Explanation> explainNow(Pod pod) {
    boolean isThere = state.pod(pod.uid()).isPresent() || queue.contains(pod.uid());
    return isThere ? Optional.of(new Explainer(state).explain(profiles.of(pod.schedulerName()), pod, NODES_TOLD)) : Optional.empty();
  }

  /** Explains a pod that is known, and asks the extenders; see {@link Explainer}. */
  public Optional<Explanation> explain(String namespace, String name, int limit) throws InterruptedException {
    String key = namespace + "/" + name;
    Optional<Pod> pod = loop.ask(() -> queue.pods().stream().filter(p -> p.key().equals(key)).findFirst()
        .or(() -> state.nodes().stream().flatMap(n -> n.pods().stream()).filter(p -> p.key().equals(key)).findFirst()));
    if (pod.isEmpty()) {
      tellEvictionOf(key);
      return Optional.empty();
    }
    Profile profile = profiles.of(pod.get().schedulerName());
    if (profile == null) {
      throw new QuestionException("pod " + key + " wants the scheduler " + pod.get().schedulerName() + ", this one is " + profiles);
    }
    return Optional.of(new Opinions(profile.extenders(), pod.get())
        .add(objections -> loop.ask(() -> new Explainer(state).explain(profile, pod.get(), objections))).limited(limit));
  }

  /** A pod that is gone may have been evicted for another. */
  private void tellEvictionOf(String key) throws InterruptedException {
    List<Preemptions.Preemption> had = loop.ask(() -> state.preemptions().of(key));
    if (!had.isEmpty() && !had.getLast().by().equals(key)) {
      Preemptions.Preemption p = had.getLast();
      throw new QuestionException("pod " + key + " is gone: at " + p.at() + " it was evicted from node " + p.node() + " for pod " + p.by()
          + " of priority " + p.priority());
    }
  }

  /** The queue: every pod that waits for this scheduler. */
  public List<QueueEntry> queue() throws InterruptedException {
    return loop.ask(queue::entries);
  }

  /** The cache: every node, by name, or only the one that is named. */
  public List<CachedNode> cache(Optional<String> name) throws InterruptedException {
    return loop.ask(() -> state.nodes().stream().filter(n -> name.isEmpty() || name.get().equals(n.name()))
        .map(n -> CachedNode.of(state, n)).sorted(Comparator.comparing(CachedNode::name)).toList());
  }

  /** Who is asked besides the plugins. */
  public List<Extender> extenders() {
    return extenders;
  }

  /** The pods that are on nodes, and those that wait, for whatever scheduler. */
  public List<Pod> pods() throws InterruptedException {
    return loop.ask(() -> {
      List<Pod> all = new ArrayList<>(queue.pods());
      all.addAll(others.get());
      state.nodes().forEach(n -> all.addAll(n.pods()));
      return all;
    });
  }

  /** Makes it known to a planner. */
  public void tell(Planner planner) throws InterruptedException {
    loop.ask(() -> {
      planner.know(state, queue.pods());
      return true;
    });
  }
}
