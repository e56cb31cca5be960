package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.kubrig.operators.bootstraptoken.TokenCleaner;
import io.kubrig.operators.certificates.CleanerController;
import io.kubrig.operators.cronjob.CronJobController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.ttlafterfinished.TtlAfterFinishedController;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The stories of controllers that wait for a time: what is due is done once, and nothing before. */
final class TimeStories {
  private TimeStories() {}

  private static boolean isFinished(Job job) {
    return job.getStatus() != null && Objects.orEmpty(job.getStatus().getConditions()).stream()
        .anyMatch(c -> List.of("Complete", "Failed").contains(c.getType()) && "True".equals(c.getStatus()));
  }

  private static void finish(MemoryServer server, Job job, Instant now) {
    server.update(MemoryServer.edit(job, tree -> {
      var status = tree.withObjectProperty("status").put("completionTime", Objects.time(now)).put("startTime", Objects.time(now));
      status.withArrayProperty("conditions").addObject().put("type", "Complete").put("status", "True")
          .put("lastTransitionTime", Objects.time(now));
    }), true);
  }

  /** A cron job that allows one job at a time and is due in each of the first minutes of the year. */
  static final class CronJobStory implements Story {
    private static final int KEPT = 2;
    private final Set<String> made = new HashSet<>();

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(CronJobController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(new CronJobBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec()
          .withSchedule("0-5 0 1 1 *").withConcurrencyPolicy("Forbid").withSuspend(false).withSuccessfulJobsHistoryLimit(KEPT)
          .withFailedJobsHistoryLimit(1)
          .withNewJobTemplate().withNewSpec().withTemplate(Stories.template(1)).endSpec().endJobTemplate().endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      throw new UnsupportedOperationException("needs to know the time");
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random, Instant now) {
      Stories.all(server, Job.class).stream().filter(job -> !isFinished(job) && !Objects.isTerminating(job)).findFirst()
          .ifPresent(job -> finish(server, job, now));
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.before() == null && change.after() instanceof Job job) {
        assertThat(made.add(job.getMetadata().getName())).as("%s is made once", job.getMetadata().getName()).isTrue();
        assertThat(Stories.all(server, Job.class).stream().filter(one -> !isFinished(one))).as("jobs at once").hasSize(1);
      }
      if (change.after() == null && change.before() instanceof Job job) {
        assertThat(isFinished(job)).as("%s has finished before it is deleted", job.getMetadata().getName()).isTrue();
      }
    }

    @Override
    public void settled(MemoryServer server) {
      CronJob cron = server.find(CronJob.class, Stories.KEY).orElseThrow();
      assertThat(made).isNotEmpty();
      List<Job> jobs = Stories.all(server, Job.class);
      assertThat(jobs.stream().filter(TimeStories::isFinished).count()).as("finished jobs").isLessThanOrEqualTo(KEPT);
      List<String> active = jobs.stream().filter(job -> !isFinished(job)).map(job -> job.getMetadata().getUid()).toList();
      assertThat(Objects.orEmpty(cron.getStatus().getActive())).extracting(ObjectReference::getUid)
          .containsExactlyInAnyOrderElementsOf(active);
    }
  }

  /** Jobs that finish, some with a time to live, which is changed now and then. */
  static final class ExpiryStory implements Story {
    private Instant now = Instant.MIN;
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(TtlAfterFinishedController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      make(server, 10);
      make(server, null);
    }

    private void make(MemoryServer server, Integer ttl) {
      server.create(new JobBuilder().withNewMetadata().withName("job-" + made++).withNamespace("ns").endMetadata().withNewSpec()
          .withTtlSecondsAfterFinished(ttl).withTemplate(Stories.template(1)).endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      throw new UnsupportedOperationException("needs to know the time");
    }

    @Override
    public void tick(MemoryServer server, Instant time) {
      now = time;
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random, Instant time) {
      List<Job> jobs = Stories.all(server, Job.class);
      Optional<Job> running = jobs.stream().filter(job -> !isFinished(job)).findAny();
      if (random.nextBoolean() && running.isPresent()) {
        finish(server, running.get(), time);
      } else if (random.nextBoolean() || jobs.isEmpty()) {
        make(server, random.nextBoolean() ? null : random.nextInt(60));
      } else {
        Job job = jobs.get(random.nextInt(jobs.size()));
        Integer ttl = random.nextBoolean() ? null : Integer.valueOf(random.nextInt(120));
        server.update(MemoryServer.edit(job, tree -> tree.withObjectProperty("spec").put("ttlSecondsAfterFinished", ttl)), false);
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() == null && change.before() instanceof Job job) {
        assertThat(isFinished(job)).as("%s has finished", job.getMetadata().getName()).isTrue();
        assertThat(job.getSpec().getTtlSecondsAfterFinished()).as("a job with a time to live").isNotNull();
        Instant due = Instant.parse(job.getStatus().getCompletionTime()).plusSeconds(job.getSpec().getTtlSecondsAfterFinished());
        assertThat(due).as("the end of %s", job.getMetadata().getName()).isBeforeOrEqualTo(now);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      throw new UnsupportedOperationException("needs to know the time");
    }

    @Override
    public void settled(MemoryServer server, Instant end) {
      assertThat(Stories.all(server, Job.class)).allSatisfy(job -> {
        boolean expires = isFinished(job) && job.getSpec().getTtlSecondsAfterFinished() != null;
        if (expires) {
          Instant due = Instant.parse(job.getStatus().getCompletionTime()).plusSeconds(job.getSpec().getTtlSecondsAfterFinished());
          assertThat(due).as("the end of %s", job.getMetadata().getName()).isAfterOrEqualTo(end.minusSeconds(20));
        }
      });
    }
  }

  /** Bootstrap tokens and certificate requests that have had their day, among others. */
  static final class CleaningStory implements Story {
    private static final Duration KEPT = Duration.ofHours(24);
    private int made;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(TokenCleaner::new, CleanerController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      token(server, now.plusSeconds(30));
      token(server, now.plus(Duration.ofDays(300)));
      request(server);
    }

    private void token(MemoryServer server, Instant expiration) {
      String text = Base64.getEncoder().encodeToString(Objects.time(expiration).getBytes(StandardCharsets.UTF_8));
      server.create(new SecretBuilder().withNewMetadata().withName("bootstrap-token-" + made++).withNamespace("kube-system").endMetadata()
          .withType("bootstrap.kubernetes.io/token").withData(Map.of("expiration", text)).build());
    }

    private void request(MemoryServer server) {
      server.create(new CertificateSigningRequestBuilder().withNewMetadata().withName("request-" + made++).endMetadata().withNewSpec()
          .withSignerName("example.com/none").withRequest("").endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      throw new UnsupportedOperationException("needs to know the time");
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random, Instant time) {
      now = time;
      if (random.nextBoolean()) {
        token(server, time.plusSeconds(random.nextInt(200)));
      } else {
        request(server);
      }
    }

    private static Instant expiration(Secret secret) {
      return Instant.parse(new String(Base64.getDecoder().decode(secret.getData().get("expiration")), StandardCharsets.UTF_8));
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() == null && change.before() instanceof Secret secret) {
        assertThat(expiration(secret)).as("the end of %s", secret.getMetadata().getName()).isBefore(now.plus(Duration.ofMinutes(20)));
      }
      if (change.after() == null && change.before() instanceof CertificateSigningRequest request) {
        assertThat(Instant.parse(request.getMetadata().getCreationTimestamp())).isBefore(now.minus(KEPT.minusMinutes(30)));
      }
    }

    @Override
    public void settled(MemoryServer server) {
      throw new UnsupportedOperationException("needs to know the time");
    }

    @Override
    public void settled(MemoryServer server, Instant end) {
      assertThat(Stories.all(server, Secret.class)).isNotEmpty()
          .allSatisfy(secret -> assertThat(expiration(secret)).isAfterOrEqualTo(end.minusSeconds(40)));
      assertThat(Stories.all(server, CertificateSigningRequest.class)).isNotEmpty();
    }
  }
}
