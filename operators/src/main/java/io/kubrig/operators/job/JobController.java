package io.kubrig.operators.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Batches;
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
import io.kubrig.operators.pods.PodControl;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs each job's pods to their end and counts them. */
public final class JobController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(JobController.class);
  private static final String MANAGER = "kubernetes.io/job-controller";
  private static final String ORPHAN = "pod/";
  /** What pods do, and changes of a status alone, are looked at together after this time. */
  private static final Duration BATCH = Duration.ofSeconds(1);

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<Job> jobs;
  private final Cached<Pod> pods;
  private final Owned<Pod, Job> owned;
  private final PodControl control;
  private final ConcurrentMap<String, Delays> delays = new ConcurrentHashMap<>();

  /** A controller in a manager. */
  public JobController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("job-controller");
    this.jobs = context.caches().of(Job.class);
    this.pods = context.caches().of(Pod.class);
    this.owned = new Owned<>(pods, jobs, job -> Selector.of(job.getSpec().getSelector()));
    this.control = new PodControl(api, events);
  }

  @Override
  public void watch(Queue queue) {
    Queue unhurried = queue.delayed(BATCH);
    jobs.watch(added -> queue.add(Key.of(added)), (before, after) ->
        (Objects.generation(before) == Objects.generation(after) ? unhurried : queue).add(Key.of(after)), deleted -> {
      delays.remove(deleted.getMetadata().getUid());
      queue.add(Key.of(deleted));
    });
    owned.wake(unhurried);
    pods.watch(added -> wakeOrphan(added, queue), (before, after) -> wakeOrphan(after, queue), deleted -> { });
  }

  /** A pod with the finalizer but without a controller is nobody's any more: its finalizer must go. */
  private static void wakeOrphan(Pod pod, Queue queue) {
    if (JobPods.isTracked(pod) && Objects.controllerOf(pod).isEmpty()) {
      queue.add(new Key(pod.getMetadata().getNamespace(), ORPHAN + pod.getMetadata().getName()));
    }
  }

  @Override
  public Retries retries() {
    return new Retries(Duration.ofSeconds(1), Duration.ofMinutes(1));
  }

  @Override
  public Outcome reconcile(Key key) throws InterruptedException {
    if (key.name().startsWith(ORPHAN)) {
      pods.get(key.namespace(), key.name().substring(ORPHAN.length()))
          .filter(pod -> JobPods.isTracked(pod) && Objects.controllerOf(pod).isEmpty()).ifPresent(this::strip);
      return Outcome.DONE;
    }
    Optional<Job> job = jobs.get(key);
    if (job.isEmpty() || Conditions.isFinished(job.get())) {
      releasePods(key, job);
      return Outcome.DONE;
    }
    String manager = job.get().getSpec().getManagedBy();
    return manager == null || manager.equals(MANAGER) ? reconcile(job.get()) : Outcome.DONE;
  }

  /** Takes the finalizer off the pods of a job that is gone or over. */
  private void releasePods(Key key, Optional<Job> job) throws InterruptedException {
    List<Pod> left = pods.inNamespace(key.namespace()).stream().filter(JobPods::isTracked)
        .filter(pod -> Objects.controllerOf(pod).filter(owner -> owner.getKind().equals("Job") && owner.getName().equals(key.name())
            && (job.isEmpty() || owner.getUid().equals(job.get().getMetadata().getUid()))).isPresent()).toList();
    stripAll(left).failure().ifPresent(failure -> {
      throw failure;
    });
  }

  private Outcome reconcile(Job job) throws InterruptedException {
    if (job.getSpec().getSelector() == null) {
      // the API server gives every job a selector; without one its own pods would be strangers, and new ones made for ever
      LOG.error("Job {} has no selector and is left alone", Key.of(job));
      return Outcome.DONE;
    }
    Selector selector = Selector.of(job.getSpec().getSelector());
    List<Pod> claimed = new Claims<Pod>(api, job, selector, pod -> true, List.of(JobPods.FINALIZER)).claim(owned.candidates(job));
    String uid = job.getMetadata().getUid();
    JobFacts facts = new JobFacts(job, claimed, delaysBefore(uid, claimed), clock.now());
    JobPlan plan = JobPlan.of(facts);
    Done done = apply(facts, plan);
    int active = facts.active.size() + done.created - done.deleted;
    Optional<JobCondition> verdict = plan.verdict().isPresent()
        ? plan.verdict().filter(condition -> done.deleted == facts.active.size())
        : JobPlan.completed(facts, active);
    JobStatus status = begin(facts, plan, verdict, active, done);
    JobAccounting accounting = JobAccounting.of(facts, verdict, status);
    account(facts, accounting);
    done.failure.ifPresent(failure -> {
      throw failure;
    });
    return plan.recheck().map(delay -> Outcome.after(delay, "the end of a back-off or of the deadline")).orElse(Outcome.DONE);
  }

  /** The failures that were counted: by this controller, whose account of them it is, or by another one, whose traces on pods tell. */
  private Delays delaysBefore(String uid, List<Pod> claimed) {
    if (api.acts()) {
      return delays.getOrDefault(uid, Delays.NONE);
    }
    List<Pod> counted = claimed.stream().filter(pod -> Pods.isFinished(pod) && !JobPods.isTracked(pod)).toList();
    return Delays.NONE.after(counted.stream().filter(pod -> Pods.phase(pod).equals("Succeeded")).toList(),
        counted.stream().filter(pod -> Pods.phase(pod).equals("Failed")).toList());
  }

  /** What the plan's writes came to. */
  private record Done(int created, int deleted, int deletedReady, Optional<RuntimeException> failure) {}

  private Done apply(JobFacts facts, JobPlan plan) throws InterruptedException {
    if (!plan.delete().isEmpty()) {
      Set<Pod> gone = ConcurrentHashMap.newKeySet();
      Batches.Result result = Batches.all(plan.delete().stream().map(pod -> (Callable<Void>) () -> {
        if (plan.uncount() && JobPods.isTracked(pod)) {
          strip(pod);
        }
        control.delete(pod, facts.job);
        gone.add(pod);
        return null;
      }).toList());
      return new Done(0, result.succeeded(), (int) gone.stream().filter(Pods::isReady).count(), result.failure());
    }
    Map<Integer, Pod> failed = facts.lastFailed();
    Batches.Result result = Batches.slowStart(plan.create().stream().map(index -> (Callable<Pod>) () ->
        control.create(JobPods.create(facts.job, index, Optional.ofNullable(failed.get(index))), facts.job)).toList());
    return new Done(result.succeeded(), 0, 0, result.failure().filter(e -> !ApiErrors.isTerminating(e)));
  }

  /** The status with start, counts of running pods, and suspension. */
  private JobStatus begin(JobFacts facts, JobPlan plan, Optional<JobCondition> verdict, int active, Done done) {
    JobStatus status = Objects.copy(Conditions.status(facts.job));
    if (status.getStartTime() == null && !facts.suspended()) {
      status.setStartTime(Objects.time(facts.now));
    }
    if (verdict.isEmpty() && plan.managed()) {
      boolean suspended = facts.suspended();
      JobCondition condition = Conditions.of(Conditions.SUSPENDED, suspended ? "True" : "False", suspended ? "JobSuspended" : "JobResumed",
          suspended ? "Job suspended" : "Job resumed", facts.now);
      if (Conditions.ensure(status, condition)) {
        events.normal(facts.job, suspended ? "Suspended" : "Resumed", condition.getMessage());
        status.setStartTime(suspended ? null : Objects.time(facts.now)); // so that the template of a job at rest may be changed
      }
    }
    int ready = (int) facts.active.stream().filter(Pods::isReady).count() - done.deletedReady;
    status.setActive(active == 0 ? null : active);
    status.setReady(ready);
    status.setTerminating(facts.terminating + done.deleted);
    return status;
  }

  /** Writes the status, strips finalizers, and writes what that amounts to. */
  private void account(JobFacts facts, JobAccounting accounting) throws InterruptedException {
    Job job = facts.job;
    Set<String> tracked = facts.pods.stream().filter(JobPods::isTracked).map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
    JobStatus status = accounting.status();
    if (accounting.strip().isEmpty() && accounting.finish(status)) {
      write(job, status);
      tellFinished(job, status, accounting);
      return;
    }
    Job written = status.equals(job.getStatus()) ? job : write(job, status);
    delays.put(job.getMetadata().getUid(), facts.delays);
    if (accounting.strip().isEmpty()) {
      return;
    }
    Set<String> stripped = ConcurrentHashMap.newKeySet();
    Optional<RuntimeException> failure = Batches.all(accounting.strip().stream().map(pod -> (Callable<Void>) () -> {
      strip(pod);
      stripped.add(pod.getMetadata().getUid());
      return null;
    }).toList()).failure();
    tracked.removeAll(stripped);
    JobStatus after = Objects.copy(Conditions.status(written));
    JobAccounting.count(after, tracked);
    boolean finished = failure.isEmpty() && accounting.finish(after);
    if (!after.equals(written.getStatus())) {
      write(written, after);
    }
    if (finished) {
      tellFinished(job, after, accounting);
    }
    failure.ifPresent(e -> {
      throw e;
    });
  }

  private Job write(Job job, JobStatus status) {
    Job copy = Objects.copy(job);
    copy.setStatus(status);
    return api.updateStatus(copy);
  }

  private void tellFinished(Job job, JobStatus status, JobAccounting accounting) {
    JobCondition last = accounting.last().orElseThrow();
    if (last.getType().equals(Conditions.FAILED)) {
      events.warning(job, last.getReason(), last.getMessage());
      return;
    }
    Integer completions = job.getSpec().getCompletions();
    if (completions != null && Objects.orElse(status.getSucceeded(), 0) > completions) {
      events.warning(job, "TooManySucceededPods", "Too many succeeded pods running after completion count reached");
    }
    events.normal(job, "Completed", "Job completed");
  }

  private Batches.Result stripAll(List<Pod> some) throws InterruptedException {
    return Batches.all(some.stream().map(pod -> (Callable<Void>) () -> {
      strip(pod);
      return null;
    }).toList());
  }

  private void strip(Pod pod) {
    try {
      api.patch(pod, PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("$deleteFromPrimitiveList/finalizers", List.of(JobPods.FINALIZER),
          "uid", pod.getMetadata().getUid())));
    } catch (RuntimeException e) {
      // a pod that keeps its finalizer would be counted again: only one that is really gone is as good as stripped
      if (!ApiErrors.isNotFound(e) && !(ApiErrors.isConflict(e) && isGone(pod))) {
        throw e;
      }
    }
  }

  private boolean isGone(Pod pod) {
    return api.live(Pod.class, pod.getMetadata().getNamespace(), pod.getMetadata().getName())
        .filter(found -> found.getMetadata().getUid().equals(pod.getMetadata().getUid())).isEmpty();
  }
}
