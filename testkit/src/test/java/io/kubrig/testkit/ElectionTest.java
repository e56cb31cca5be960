package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.leader.ElectionSettings;
import io.kubrig.machinery.leader.KubernetesLease;
import io.kubrig.machinery.leader.LeaderElector;
import io.kubrig.machinery.leader.LeaderListener;
import io.kubrig.machinery.leader.LeaseApi;
import io.kubrig.machinery.leader.LeaseRecord;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The components' own election against the real server. */
@KubrigTest(controllers = false, scheduler = false, nodes = 0)
class ElectionTest {
  private static final long PATIENCE = 60;
  private static final LeaseRecord RECORD = new LeaseRecord("a", 15, Instant.EPOCH, Instant.EPOCH.plusNanos(1_234_000), 3);

  KubrigCluster cluster;

  private static KubernetesLease lease(KubernetesClient client, String name) {
    return new KubernetesLease(client, Clock.system(), "default", name, "test");
  }

  /** Writes down what a watch tells. */
  private static final class Ear implements LeaseApi.Watcher {
    final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    @Override
    public void changed(LeaseApi.Seen now) {
      heard.add(now);
    }

    @Override
    public void ended() {
      heard.add("ended");
    }

    @Override
    public void refused() {
      heard.add("refused");
    }

    Object next() throws InterruptedException {
      return heard.poll(PATIENCE, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_watch_tells_the_writes_of_one_lease_after_a_version(KubernetesClient client) throws InterruptedException {
    KubernetesLease writer = lease(client, "one");
    LeaseApi.Seen first = writer.create(RECORD);
    LeaseApi.Seen second = writer.update(first, new LeaseRecord("b", 15, Instant.EPOCH, Instant.EPOCH, 4));
    Ear ear = new Ear();
    try (LeaseApi.Watch watch = lease(client, "one").watch(first, ear)) {
      assertThat(ear.next()).isEqualTo(second);
      lease(client, "other").create(RECORD);
      LeaseApi.Seen third = writer.update(second, RECORD);
      assertThat(ear.next()).isEqualTo(third);
      assertThat(third.lease()).isEqualTo(RECORD);
    }
    assertThat(ear.heard).isEmpty();
  }

  @Test
  void a_candidate_writes_over_what_it_was_told_and_keeps_what_others_put_on_the_lease(KubernetesClient client)
      throws InterruptedException {
    KubernetesLease writer = lease(client, "labelled");
    LeaseApi.Seen first = writer.create(RECORD);
    Ear ear = new Ear();
    KubernetesLease candidate = lease(client, "labelled");
    try (LeaseApi.Watch watch = candidate.watch(first, ear)) {
      client.leases().inNamespace("default").withName("labelled").edit(l -> l.edit().editMetadata().addToLabels("a", "b").endMetadata()
          .build());
      LeaseApi.Seen told = (LeaseApi.Seen) ear.next();
      candidate.update(told, new LeaseRecord("c", 15, Instant.EPOCH, Instant.EPOCH, 4));
    }
    var now = client.leases().inNamespace("default").withName("labelled").get();
    assertThat(now.getSpec().getHolderIdentity()).isEqualTo("c");
    assertThat(now.getMetadata().getLabels()).containsEntry("a", "b");
  }

  @Test
  void who_may_not_watch_is_refused() throws InterruptedException {
    cluster.grant("poor", "default",
        new PolicyRuleBuilder().withApiGroups("coordination.k8s.io").withResources("leases").withVerbs("get", "create", "update").build());
    KubernetesLease lease = lease(cluster.clientFor("poor"), "poor");
    LeaseApi.Seen seen = lease.create(RECORD);
    Ear ear = new Ear();
    try (LeaseApi.Watch watch = lease.watch(seen, ear)) {
      assertThat(ear.next()).isEqualTo("refused");
    }
  }

  @Test
  void who_may_watch_the_one_lease_only_may_watch_it() throws InterruptedException {
    cluster.grant("modest", "default",
        new PolicyRuleBuilder().withApiGroups("coordination.k8s.io").withResources("leases").withVerbs("create").build(),
        new PolicyRuleBuilder().withApiGroups("coordination.k8s.io").withResources("leases").withResourceNames("modest")
            .withVerbs("get", "update", "watch").build());
    KubernetesLease lease = lease(cluster.clientFor("modest"), "modest");
    LeaseApi.Seen seen = lease.create(RECORD);
    Ear ear = new Ear();
    try (LeaseApi.Watch watch = lease.watch(seen, ear)) {
      LeaseApi.Seen next = lease.update(seen, new LeaseRecord("b", 15, Instant.EPOCH, Instant.EPOCH, 4));
      assertThat(ear.next()).isEqualTo(next);
    }
  }

  @Test
  void a_lease_that_is_handed_back_is_taken_long_before_the_next_poll(KubernetesClient client) throws InterruptedException {
    CountDownLatch firstLeads = new CountDownLatch(1);
    CountDownLatch secondSees = new CountDownLatch(1);
    CountDownLatch secondLeads = new CountDownLatch(1);
    try (LeaderElector first = elector(client, "first", firstLeads, new CountDownLatch(1));
        LeaderElector second = elector(client, "second", secondLeads, secondSees)) {
      first.start();
      assertThat(firstLeads.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
      second.start();
      assertThat(secondSees.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
      first.close();
      assertThat(secondLeads.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
      assertThat(second.isLeading()).isTrue();
    }
  }

  /** One that polls every ten minutes. */
  private static LeaderElector elector(KubernetesClient client, String name, CountDownLatch leads, CountDownLatch sees) {
    ElectionSettings patient =
        new ElectionSettings("handed", name, Duration.ofHours(1), Duration.ofMinutes(30), Duration.ofMinutes(10), true);
    return new LeaderElector(lease(client, "handed"), patient, Clock.system(), new Random(1), new KubernetesRegistry(),
        new LeaderListener() {
          @Override
          public void startedLeading() {
            leads.countDown();
          }

          @Override
          public void stoppedLeading() {
            // the test ends it
          }

          @Override
          public void newLeader(String identity) {
            sees.countDown();
          }
        });
  }
}
