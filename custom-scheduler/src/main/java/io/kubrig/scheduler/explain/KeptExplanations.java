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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps explanations of the last decisions in the API, as {@link SchedulingExplanation}. Belongs to the scheduling thread; only asking and
 * writing are done elsewhere.
 *
 * <p>Cost: not more than {@value #A_SECOND} explanations a second; of more decisions than that, the latest are explained. While the API
 * does not have the kind nothing is explained; it is asked again while there are decisions, and the latest of them are explained when it
 * has it.
 */
public final class KeptExplanations {
  private static final Logger LOG = LoggerFactory.getLogger(KeptExplanations.class);
  private static final int A_SECOND = 4;
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);
  private static final Duration PAUSE_WHEN_FORBIDDEN = Duration.ofMinutes(1);
  private static final int FORBIDDEN = 403;

  private record Decision(Pod pod, int attempts) {}

  private record Name(String namespace, String name) {
    static Name of(Pod pod) {
      return new Name(pod.namespace(), pod.name());
    }

    String key() {
      return "explanation-" + namespace + "/" + name;
    }
  }

  private final ClusterApi api;
  private final SerialWriter writer;
  private final Clock clock;
  private final int limit;
  private final Runnable wake;
  private final Map<String, Decision> latest = new LinkedHashMap<>();
  /** The explanations in the API, the oldest first. */
  private final Set<Name> kept = new LinkedHashSet<>();
  private volatile boolean isServed; // written by the writer's threads, too, as are those that follow
  private volatile Instant askAt = Instant.MIN;
  private volatile List<Name> found = List.of(); // what a scheduler before this one has kept, until it is known

  /** Keeps not more than so many. {@code wake}, on any thread, has {@link #explain} called soon. */
  public KeptExplanations(ClusterApi api, SerialWriter writer, Clock clock, int limit, Runnable wake) {
    this.api = api;
    this.writer = writer;
    this.clock = clock;
    this.limit = limit;
    this.wake = wake;
  }

  /** A pod was placed, or it was found that it cannot be. */
  public void decided(Pod pod, int attempts) {
    latest.remove(pod.uid());
    latest.put(pod.uid(), new Decision(pod, attempts));
    if (latest.size() > A_SECOND) {
      latest.remove(latest.keySet().iterator().next());
    }
  }

  /** Explains the last decisions; to be called every second. */
  public void explain(Function<Pod, Optional<Explanation>> explainer) {
    if (!isServed) {
      if (!latest.isEmpty() && !clock.now().isBefore(askAt)) {
        askAt = clock.now().plus(ASK_AGAIN);
        writer.submit("explanations", this::look);
      }
      return;
    }
    adopt();
    List<Decision> due = new ArrayList<>(latest.values());
    latest.clear();
    for (Decision d : due) {
      explainer.apply(d.pod).ifPresent(e -> keep(d, e));
    }
  }

  /** Asks whether there is the kind, and what is there of it already. */
  private void look() {
    try {
      if (api.serves(SchedulingExplanation.class)) {
        found = api.list(SchedulingExplanation.class).stream().sorted(Comparator.comparing(KeptExplanations::at))
            .map(e -> new Name(e.getMetadata().getNamespace(), e.getMetadata().getName())).toList();
        isServed = true;
        wake.run();
      }
    } catch (ClusterApiException e) {
      failed(e);
      LOG.debug("Which explanations there are is not known: {}", e.getMessage());
    }
  }

  private static String at(SchedulingExplanation e) {
    return e.getStatus() == null || e.getStatus().at() == null ? "" : e.getStatus().at();
  }

  /** What was kept before counts as older than what is kept since. */
  private void adopt() {
    if (found.isEmpty()) {
      return;
    }
    List<Name> since = List.copyOf(kept);
    kept.addAll(found);
    kept.removeAll(since);
    kept.addAll(since);
    found = List.of();
    dropTooMany();
  }

  private void dropTooMany() {
    while (kept.size() > limit) {
      Name oldest = kept.iterator().next();
      kept.remove(oldest);
      writer.submit(oldest.key(), () -> drop(oldest));
    }
  }

  private void keep(Decision d, Explanation explanation) {
    Name name = Name.of(d.pod);
    kept.remove(name);
    kept.add(name);
    dropTooMany();
    Decided decided = new Decided(clock.now().truncatedTo(ChronoUnit.SECONDS).toString(), d.attempts, explanation);
    writer.submit(name.key(), () -> write(d.pod, decided));
  }

  private void failed(ClusterApiException e) {
    if (e.isNotFound() || e.code() == FORBIDDEN) {
      isServed = false;
      askAt = clock.now().plus(e.isNotFound() ? ASK_AGAIN : PAUSE_WHEN_FORBIDDEN);
    }
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
      failed(e);
      LOG.debug("The explanation of pod {} is not kept: {}", pod.key(), e.getMessage());
    }
  }

  private void drop(Name name) {
    SchedulingExplanation gone = new SchedulingExplanation();
    gone.setMetadata(new ObjectMetaBuilder().withNamespace(name.namespace).withName(name.name).build());
    try {
      api.delete(gone);
    } catch (ClusterApiException e) {
      LOG.debug("The explanation of pod {}/{} stays: {}", name.namespace, name.name, e.getMessage());
    }
  }
}
