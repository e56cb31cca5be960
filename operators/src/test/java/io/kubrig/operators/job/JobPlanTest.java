package io.kubrig.operators.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

  private static Job job(int completions, int parallelism) {
    return new JobBuilder().withNewMetadata().withName("job").withNamespace("ns").withUid("u").endMetadata()
        .withNewSpec().withCompletions(completions).withParallelism(parallelism).withBackoffLimit(6)
        .withNewTemplate().withNewSpec().withRestartPolicy("Never").endSpec().endTemplate().endSpec()
        .withNewStatus().withStartTime("2026-01-01T00:59:00Z").endStatus().build();
  }

  private static Pod pod(String name, String phase) {
    return new PodBuilder().withNewMetadata().withName(name).withUid(name).withNamespace("ns").withFinalizers(JobPods.FINALIZER)
        .withCreationTimestamp("2026-01-01T00:59:58Z").endMetadata().withNewSpec().endSpec().withNewStatus().withPhase(phase).endStatus()
            .build();
  }

  private static Pod indexed(int index, String phase) {
    Pod pod = pod("p" + index, phase);
    pod.getMetadata().getAnnotations().put("batch.kubernetes.io/job-completion-index", Integer.toString(index));
    return pod;
  }

  private static JobFacts facts(Job job, Pod... pods) {
    return new JobFacts(job, List.of(pods), Delays.NONE, NOW);
  }

  @Test
  void no_more_pods_than_completions_remain() {
    assertThat(JobPlan.of(facts(job(3, 5), pod("a", "Succeeded"))).create()).hasSize(2);
  }

  @Test
  void after_a_failure_the_next_pod_waits() {
    JobPlan plan = JobPlan.of(facts(job(1, 1), pod("a", "Failed")));
    assertThat(plan.create()).isEmpty();
    assertThat(plan.recheck()).contains(Duration.ofSeconds(8));
  }

  @Test
  void pauses_double_and_end() {
    assertThat(Delays.remaining(3, NOW, NOW)).isEqualTo(Duration.ofSeconds(40));
    assertThat(Delays.remaining(30, NOW, NOW)).isEqualTo(Duration.ofMinutes(10));
    assertThat(Delays.remaining(1, NOW.minusSeconds(11), NOW)).isZero();
  }

  @Test
  void too_many_failures_end_the_job() {
    Job job = job(1, 1);
    job.getSpec().setBackoffLimit(0);
    JobPlan plan = JobPlan.of(facts(job, pod("a", "Failed"), pod("b", "Running")));
    assertThat(plan.verdict().orElseThrow().getReason()).isEqualTo("BackoffLimitExceeded");
    assertThat(plan.delete()).extracting(p -> p.getMetadata().getName()).containsExactly("b");
  }

  @Test
  void the_lowest_missing_indexes_come_first() {
    Job job = job(5, 3);
    job.getSpec().setCompletionMode("Indexed");
    job.getStatus().setCompletedIndexes("0,2-3");
    assertThat(JobPlan.of(facts(job, indexed(1, "Running"))).create()).containsExactly(4);
  }

  @Test
  void an_ended_pod_is_listed_before_its_finalizer_goes_and_counted_after() {
    JobFacts facts = facts(job(1, 1), pod("a", "Succeeded"));
    JobStatus status = new JobStatus();
    JobAccounting accounting = JobAccounting.of(facts, JobPlan.completed(facts, 0), status);
    assertThat(accounting.strip()).hasSize(1);
    assertThat(status.getUncountedTerminatedPods().getSucceeded()).containsExactly("a");
    assertThat(status.getSucceeded()).isNull();
    JobAccounting.count(status, Set.of());
    assertThat(status.getSucceeded()).isEqualTo(1);
    assertThat(accounting.finish(status)).isTrue();
    assertThat(Conditions.find(status, Conditions.COMPLETE)).isNotEqualTo(Optional.empty());
  }

  @Test
  void index_sets_are_written_in_intervals() {
    assertThat(IndexSet.parse("1,3-5,7,8,99", 50)).hasToString("1,3-5,7,8");
    assertThat(IndexSet.parse("0-2", 3)).hasToString("0-2");
  }
}
