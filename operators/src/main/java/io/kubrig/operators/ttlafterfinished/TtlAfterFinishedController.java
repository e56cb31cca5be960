package io.kubrig.operators.ttlafterfinished;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Deletes finished jobs when their time is up, with all that belongs to them. */
public final class TtlAfterFinishedController implements Controller {
  private final Api api;
  private final Clock clock;
  private final Cached<Job> jobs;

  /** A controller in a manager. */
  public TtlAfterFinishedController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.jobs = context.caches().of(Job.class);
  }

  @Override
  public void watch(Queue queue) {
    jobs.onChange(job -> {
      if (Expiry.of(job).isPresent()) {
        queue.add(Key.of(job));
      }
    });
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Instant> cached = jobs.get(key).flatMap(Expiry::of);
    if (cached.isEmpty() || isLater(cached.get())) {
      return cached.map(this::waitFor).orElse(Outcome.DONE);
    }
    // the time to live may just have been changed: look past the cache before deleting
    Optional<Job> live = api.live(Job.class, key.namespace(), key.name());
    Optional<Instant> fresh = live.flatMap(Expiry::of);
    if (fresh.isEmpty() || isLater(fresh.get())) {
      return fresh.map(this::waitFor).orElse(Outcome.DONE);
    }
    try {
      api.delete(live.get(), new Api.Deletion(live.get().getMetadata().getUid(), null, null, "Foreground"));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
    return Outcome.DONE;
  }

  private boolean isLater(Instant expiry) {
    return expiry.isAfter(clock.now());
  }

  private Outcome waitFor(Instant expiry) {
    return Outcome.after(Duration.between(clock.now(), expiry), "ttlSecondsAfterFinished");
  }
}
