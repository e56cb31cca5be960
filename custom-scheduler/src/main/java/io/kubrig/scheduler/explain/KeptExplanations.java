package io.kubrig.scheduler.explain;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.whatif.Explanation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps explanations of the last decisions in the API, as {@link SchedulingExplanation}. Belongs to the scheduling thread; only the writing
 * is done elsewhere.
 *
 * <p>Cost: not more than {@value #A_SECOND} explanations a second; of more decisions than that, the latest are explained. When the API does
 * not have the kind, or forbids it, nothing is explained for a while.
 */
public final class KeptExplanations {
  private static final Logger LOG = LoggerFactory.getLogger(KeptExplanations.class);
  private static final int A_SECOND = 4;
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int FORBIDDEN = 403;

  private record Decision(Pod pod, int attempts) {}

  private final ClusterApi api;
  private final SerialWriter writer;
  private final Clock clock;
  private final int limit;
  private final Map<String, Decision> latest = new LinkedHashMap<>();
  /** Pods with an explanation in the API, by namespace and name, the oldest first. */
  private final Map<String, Pod> kept = new LinkedHashMap<>();
  private volatile Instant pausedUntil = Instant.MIN; // written by the writer's threads, too

  /** Keeps not more than so many. */
  public KeptExplanations(ClusterApi api, SerialWriter writer, Clock clock, int limit) {
    this.api = api;
    this.writer = writer;
    this.clock = clock;
    this.limit = limit;
  }

  /** A pod was placed, or it was found that it cannot be. */
  public void decided(Pod pod, int attempts) {
    if (clock.now().isBefore(pausedUntil)) {
      return;
    }
    latest.remove(pod.uid());
    latest.put(pod.uid(), new Decision(pod, attempts));
    if (latest.size() > A_SECOND) {
      latest.remove(latest.keySet().iterator().next());
    }
  }

  /** Explains the last decisions; to be called every second. */
  public void explain(Function<Pod, Optional<Explanation>> explainer) {
    List<Decision> due = new ArrayList<>(latest.values());
    latest.clear();
    for (Decision d : due) {
      explainer.apply(d.pod).ifPresent(e -> keep(d, e));
    }
  }

  private void keep(Decision d, Explanation explanation) {
    kept.remove(d.pod.key());
    kept.put(d.pod.key(), d.pod);
    if (kept.size() > limit) {
      Pod oldest = kept.remove(kept.keySet().iterator().next());
      writer.submit(key(oldest), () -> drop(oldest));
    }
    Decided decided = new Decided(clock.now().truncatedTo(ChronoUnit.SECONDS).toString(), d.attempts, explanation);
    writer.submit(key(d.pod), () -> write(d.pod, decided));
  }

  private static String key(Pod pod) {
    return "explanation-" + pod.key();
  }

  private static SchedulingExplanation object(Pod pod, Decided decided) {
    SchedulingExplanation o = new SchedulingExplanation();
    o.setMetadata(new ObjectMetaBuilder().withNamespace(pod.namespace()).withName(pod.name())
        .addNewOwnerReference().withApiVersion("v1").withKind("Pod").withName(pod.name()).withUid(pod.uid()).endOwnerReference().build());
    o.setStatus(decided);
    return o;
  }

  private void write(Pod pod, Decided decided) {
    SchedulingExplanation o = object(pod, decided);
    try {
      try {
        api.create(o);
      } catch (ClusterApiException e) {
        if (!e.isConflict()) {
          throw e;
        }
        SchedulingExplanation there = api.read(SchedulingExplanation.class, pod.namespace(), pod.name());
        if (there != null) {
          o.getMetadata().setResourceVersion(there.getMetadata().getResourceVersion());
          api.replace(o);
        }
      }
    } catch (ClusterApiException e) {
      if (e.isNotFound() || e.code() == FORBIDDEN) {
        pausedUntil = clock.now().plus(PAUSE);
      }
      LOG.debug("The explanation of pod {} is not kept: {}", pod.key(), e.getMessage());
    }
  }

  private void drop(Pod pod) {
    try {
      api.delete(object(pod, null));
    } catch (ClusterApiException e) {
      LOG.debug("The explanation of pod {} stays: {}", pod.key(), e.getMessage());
    }
  }
}
