package io.kubrig.scheduler.shadow;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.shadow.ShadowReport.Comparison;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The API of a shadow: it reads the real one and writes nothing. Binding a pod means to wait for what the other scheduler does with it, and
 * to compare; until then the pod counts as being on the node chosen here, so that the decisions that follow are about the same cluster.
 *
 * <p>Invariant: a pod is told of at most once, with the first outcome that is certain.
 */
public final class ShadowApi implements ClusterApi {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int REMEMBERED = 10_000;

  private final ClusterApi real;
  private final ShadowReport report;
  private final Clock clock;
  private final Rankings rankings;
  /** By uid; guarded by this. */
  private final Map<String, Decision> undecided = new LinkedHashMap<>();
  private final Map<String, String> placed = lru();
  private final Map<String, Refusal> refused = lru();
  private final Map<String, String> verdictsThere = lru();
  private final Map<String, Boolean> told = lru();

  /** A pod that has its node here; {@code there} becomes the other scheduler's node, empty when there is none. */
  private record Decision(PodRef pod, String node, CompletableFuture<String> there) {}

  private record Refusal(PodRef pod, String message) {}

  /** With someone else who wants to hear of scores. */
  public ShadowApi(ClusterApi real, ShadowReport report, Clock clock, ScoreListener scores) {
    this.real = real;
    this.report = report;
    this.clock = clock;
    this.rankings = new Rankings(scores);
  }

  private static <V> Map<String, V> lru() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > REMEMBERED;
      }
    };
  }

  /** What has to hear the scheduler's scores. */
  public ScoreListener scores() {
    return rankings;
  }

  @Override
  public boolean acts() {
    return false;
  }

  @Override
  public void watch(Listener listener) throws InterruptedException {
    real.watch(new Listener() {
      @Override
      public void added(HasMetadata object) {
        listener.added(object);
        seen(object);
      }

      @Override
      public void updated(HasMetadata object) {
        listener.updated(object);
        seen(object);
      }

      @Override
      public void deleted(HasMetadata object) {
        listener.deleted(object);
        gone(object);
      }
    });
  }

  private void seen(HasMetadata object) {
    if (!(object instanceof Pod pod)) {
      return;
    }
    String uid = pod.getMetadata().getUid();
    String node = pod.getSpec().getNodeName();
    if (node == null || node.isEmpty()) {
      verdict(pod, uid);
      return;
    }
    CompletableFuture<String> waiting = null;
    Comparison comparison = null;
    synchronized (this) {
      if (placed.put(uid, node) != null) {
        return;
      }
      Decision decision = undecided.get(uid);
      Refusal refusal = refused.remove(uid);
      if (decision != null) {
        waiting = decision.there;
      } else if (refusal != null) {
        comparison = onlyThere(refusal, node);
      }
    }
    if (waiting != null) {
      waiting.complete(node);
    }
    if (comparison != null) {
      report.compared(comparison);
    }
  }

  /** A refusal counts when the other placed the pod at its first attempt; null: it does not. With the lock held. */
  private Comparison onlyThere(Refusal refusal, String node) {
    String uid = refusal.pod.uid();
    boolean counts = !verdictsThere.containsKey(uid) && told.put(uid, true) == null;
    return counts ? new Comparison(Outcome.ONLY_THERE, key(refusal.pod), "", node, refusal.message) : null;
  }

  /** Notes what the other scheduler says of a pod that it has not placed. */
  private synchronized void verdict(Pod pod, String uid) {
    if (pod.getStatus() == null) {
      return;
    }
    for (PodCondition c : pod.getStatus().getConditions()) {
      if (c.getType().equals("PodScheduled") && "False".equals(c.getStatus()) && !"SchedulingGated".equals(c.getReason())) {
        verdictsThere.put(uid, String.valueOf(c.getMessage()));
      }
    }
  }

  private synchronized void gone(HasMetadata object) {
    String uid = object.getMetadata().getUid();
    if (object instanceof Pod) {
      refused.remove(uid);
      Decision decision = undecided.get(uid);
      if (decision != null) {
        decision.there.complete("");
      }
    }
  }

  /**
   * Waits until the other scheduler has placed the pod.
   *
   * @throws ClusterApiException when it has not within half a minute, or the pod has gone
   */
  @Override
  public void bind(PodRef pod, String node) {
    Decision decision = new Decision(pod, node, new CompletableFuture<>());
    synchronized (this) {
      String known = placed.get(pod.uid());
      if (known != null) {
        decision.there.complete(known);
      }
      undecided.put(pod.uid(), decision);
    }
    Clock.Timer timer = clock.after(PATIENCE, () -> decision.there.complete(""));
    try {
      String there = decision.there.get();
      compare(decision, there);
      if (there.isEmpty()) {
        throw new ClusterApiException(0, "the other scheduler has not placed the pod");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterApiException(0, "interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      timer.cancel();
      synchronized (this) {
        undecided.remove(pod.uid());
      }
    }
  }

  private void compare(Decision d, String there) {
    if (there.isEmpty() && read(Pod.class, d.pod.namespace(), d.pod.name()) == null) {
      return; // deleted meanwhile: nobody decided anything
    }
    String verdict;
    synchronized (this) {
      if (told.put(d.pod.uid(), true) != null) {
        return;
      }
      verdict = verdictsThere.getOrDefault(d.pod.uid(), "not tried");
    }
    if (there.isEmpty()) {
      report.compared(new Comparison(Outcome.ONLY_HERE, key(d.pod), d.node, "", "there: " + verdict));
      return;
    }
    OptionalLong own = rankings.score(d.pod.uid(), d.node);
    OptionalLong other = rankings.score(d.pod.uid(), there);
    Outcome outcome = there.equals(d.node) ? Outcome.SAME : own.isPresent() && own.equals(other) ? Outcome.TIED : Outcome.DIFFERENT;
    report.compared(new Comparison(outcome, key(d.pod), d.node, there, "scores here: " + text(own) + " and " + text(other)));
  }

  private static String text(OptionalLong score) {
    return score.isPresent() ? Long.toString(score.getAsLong()) : "not scored";
  }

  private static String key(PodRef pod) {
    return pod.namespace() + "/" + pod.name();
  }

  @Override
  public void patchStatus(PodRef pod, StatusChange change) {
    if (change.condition() == null || !"False".equals(change.condition().getStatus())) {
      return;
    }
    Refusal refusal = new Refusal(pod, change.condition().getMessage());
    Comparison comparison;
    synchronized (this) {
      String there = placed.get(pod.uid());
      comparison = there == null ? null : onlyThere(refusal, there);
      if (there == null) {
        refused.put(pod.uid(), refusal);
      }
    }
    if (comparison != null) {
      report.compared(comparison);
    }
  }

  @Override
  public void delete(PodRef pod) {
    report.evicted(key(pod));
  }

  @Override
  public void setExtendedClaim(PodRef pod, PodExtendedResourceClaimStatus claim) {
    // a shadow writes nothing
  }

  @Override
  public <T extends HasMetadata> T create(T object) {
    return object;
  }

  @Override
  public void delete(HasMetadata object) {
    // a shadow writes nothing
  }

  @Override
  public <T extends HasMetadata> T replace(T object) {
    return object;
  }

  @Override
  public <T extends HasMetadata> T replaceStatus(T object) {
    return object;
  }

  @Override
  public <T extends HasMetadata> T read(Class<T> kind, String namespace, String name) {
    return real.read(kind, namespace, name);
  }

  @Override
  public boolean serves(Class<? extends HasMetadata> kind) {
    return real.serves(kind);
  }

  @Override
  public <T extends HasMetadata> List<T> list(Class<T> kind) {
    return real.list(kind);
  }

  @Override
  public void close() {
    real.close();
  }
}
