package io.kubrig.operators.cronjob;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.kubrig.machinery.clock.Clock;
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
import io.kubrig.operators.ownership.Claims;
import io.kubrig.operators.ownership.Owned;
import io.kubrig.operators.ownership.Selector;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts the jobs of each cron job when their time has come, and clears away old ones. */
public final class CronJobController implements Controller {
  private static final String SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<CronJob> crons;
  private final Owned<Job, CronJob> owned;

  /** A controller in a manager. */
  public CronJobController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("cronjob-controller");
    this.crons = context.caches().of(CronJob.class);
    this.owned = new Owned<>(context.caches().of(Job.class), crons, cron -> Selector.matchesNothing());
  }

  @Override
  public void watch(Queue queue) {
    crons.onChange(cron -> queue.add(Key.of(cron)));
    owned.wake(queue);
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<CronJob> cron = crons.get(key);
    return cron.isEmpty() ? Outcome.DONE : reconcile(cron.get());
  }

  private Outcome reconcile(CronJob cron) {
    List<Job> jobs = owned.controlledBy(cron);
    CronJobPlan plan = CronJobPlan.of(new CronJobPlan.Observed(cron, jobs, missing(cron, jobs), clock.now()));
    CronJobStatus status = plan.status();
    plan.told().forEach(told -> events.record(
        EventRecorder.reference(cron), told.warning() ? EventRecorder.WARNING : EventRecorder.NORMAL, told.reason(), told.message()));
    plan.expire().forEach(job -> delete(cron, job, status));
    try {
      plan.replace().forEach(reference -> replace(cron, reference, status));
      plan.start().ifPresent(start -> start(cron, start, status));
    } finally {
      updateStatus(cron, status);
    }
    return plan.recheck().map(delay -> Outcome.after(delay, "the next time of the schedule")).orElse(Outcome.DONE);
  }

  /** Active references without a job, the server having been asked. */
  private List<ObjectReference> missing(CronJob cron, List<Job> jobs) {
    Map<String, ObjectReference> active = new LinkedHashMap<>(CronJobPlan.activeByUid(cron));
    jobs.forEach(job -> active.remove(job.getMetadata().getUid()));
    return active.values().stream()
        .filter(reference -> api.live(Job.class, cron.getMetadata().getNamespace(), reference.getName()).isEmpty())
        .toList();
  }

  private void replace(CronJob cron, ObjectReference reference, CronJobStatus status) {
    Optional<Job> job = api.live(Job.class, cron.getMetadata().getNamespace(), reference.getName());
    job.ifPresent(found -> delete(cron, found, status));
  }

  private void delete(CronJob cron, Job job, CronJobStatus status) {
    String name = job.getMetadata().getName();
    try {
      api.delete(job, new Api.Deletion(null, null, null, "Background"));
    } catch (RuntimeException e) {
      events.warning(cron, "FailedDelete", "Deleted job: " + ApiErrors.message(e));
      throw e;
    }
    List<ObjectReference> active = new ArrayList<>(Objects.orEmpty(status.getActive()));
    active.removeIf(reference -> reference.getUid().equals(job.getMetadata().getUid()));
    status.setActive(active);
    events.normal(cron, "SuccessfulDelete", "Deleted job " + name);
  }

  private void start(CronJob cron, Instant start, CronJobStatus status) {
    Job job;
    try {
      job = api.create(job(cron, start));
      events.normal(cron, "SuccessfulCreate", "Created job " + job.getMetadata().getName());
    } catch (RuntimeException e) {
      if (!ApiErrors.isAlreadyExists(e)) {
        if (!ApiErrors.isTerminating(e)) {
          events.warning(cron, "FailedCreate", "Error creating job: " + ApiErrors.message(e));
        }
        throw e;
      }
      // made before, but the status was not written; a stranger's job of that name is not ours to speak of
      Optional<Job> existing = api.live(Job.class, cron.getMetadata().getNamespace(), CronJobPlan.jobName(cron, start))
          .filter(found -> Claims.controls(cron, found));
      if (existing.isEmpty()) {
        return;
      }
      job = existing.get();
    }
    List<ObjectReference> active = new ArrayList<>(Objects.orEmpty(status.getActive()));
    active.add(new ObjectReferenceBuilder().withKind("Job").withApiVersion("batch/v1").withNamespace(job.getMetadata().getNamespace())
        .withName(job.getMetadata().getName()).withUid(job.getMetadata().getUid())
        .withResourceVersion(job.getMetadata().getResourceVersion()).build());
    status.setActive(active);
    status.setLastScheduleTime(Objects.time(start));
  }

  private static Job job(CronJob cron, Instant start) {
    var template = cron.getSpec().getJobTemplate();
    Map<String, String> annotations = new LinkedHashMap<>();
    Map<String, String> labels = new LinkedHashMap<>();
    if (template.getMetadata() != null) {
      annotations.putAll(Objects.orEmpty(template.getMetadata().getAnnotations()));
      labels.putAll(Objects.orEmpty(template.getMetadata().getLabels()));
    }
    annotations.put(SCHEDULED, DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(start.atZone(CronJobPlan.zone(cron)).toOffsetDateTime()));
    return new JobBuilder()
        .withNewMetadata().withName(CronJobPlan.jobName(cron, start)).withNamespace(cron.getMetadata().getNamespace())
        .withLabels(labels).withAnnotations(annotations).withOwnerReferences(Claims.controllerReference(cron)).endMetadata()
        .withSpec(Objects.copy(template.getSpec())).build();
  }

  private void updateStatus(CronJob cron, CronJobStatus status) {
    CronJobStatus old = cron.getStatus() == null ? new CronJobStatus() : cron.getStatus();
    if (!status.equals(old)) {
      CronJob copy = Objects.copy(cron);
      copy.setStatus(status);
      api.updateStatus(copy);
    }
  }
}
