package io.kubrig.machinery.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeaderElectorTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  private final VirtualClock time = new VirtualClock(START);
  private final FakeLease lease = new FakeLease();
  private final List<Candidate> candidates = new ArrayList<>();

  private Candidate candidate(String name) {
    return candidate(name, Duration.ZERO, 1);
  }

  private Candidate candidate(String name, Duration skew, long seed) {
    Candidate candidate = new Candidate(name, skew, seed);
    candidates.add(candidate);
    return candidate;
  }

  private final class Candidate implements LeaderListener {
    final FreezableClock clock;
    final FakeLease.Connection connection = lease.connect();
    final KubernetesRegistry registry = new KubernetesRegistry();
    final LeaderElector elector;
    final List<String> heard = new ArrayList<>();

    Candidate(String name, Duration skew, long seed) {
      clock = new FreezableClock(time, skew);
      elector = new LeaderElector(connection, ElectionSettings.standard("test", name), clock, new Random(seed), registry, this);
    }

    @Override
    public void startedLeading() {
      heard.add("started");
    }

    @Override
    public void stoppedLeading() {
      heard.add("stopped");
    }

    @Override
    public void newLeader(String identity) {
      heard.add("leader " + identity);
    }
  }

  private void advance(int seconds) {
    for (int i = 0; i < seconds * 10; i++) {
      time.advance(Duration.ofMillis(100));
      assertThat(candidates.stream().filter(candidate -> candidate.elector.isLeading()).count()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void the_first_candidate_takes_a_lease_that_does_not_exist() {
    Candidate a = candidate("a");
    a.elector.start();
    advance(1);
    assertThat(a.elector.isLeading()).isTrue();
    assertThat(a.heard).containsExactly("leader a", "started");
    assertThat(lease.lease).isEqualTo(new LeaseRecord("a", 15, START, START, 0));
    assertThat(lease.events).containsExactly("a became leader");
    assertThat(a.registry.scrape()).contains("leader_election_master_status{name=\"test\"} 1\n");
  }

  @Test
  void a_leader_renews_every_retry_period_and_keeps_its_term() {
    Candidate a = candidate("a");
    a.elector.start();
    advance(20);
    assertThat(lease.lease.renewed()).isEqualTo(START.plusSeconds(20));
    assertThat(lease.lease.acquired()).isEqualTo(START);
    assertThat(lease.lease.transitions()).isZero();
  }

  @Test
  void a_second_candidate_waits_and_takes_over_when_the_first_is_killed() {
    Candidate a = candidate("a");
    Candidate b = candidate("b");
    a.elector.start();
    b.elector.start();
    advance(5);
    assertThat(b.elector.isLeading()).isFalse();
    a.clock.freeze();
    advance(20);
    assertThat(b.elector.isLeading()).isTrue();
    assertThat(lease.lease.transitions()).isEqualTo(1);
    assertThat(b.heard).containsExactly("leader a", "leader b", "started");
  }

  @Test
  void a_leader_that_stood_still_finds_itself_deposed_when_it_wakes() {
    Candidate a = candidate("a");
    Candidate b = candidate("b");
    a.elector.start();
    b.elector.start();
    advance(5);
    a.clock.freeze();
    advance(60);
    assertThat(a.elector.isLeading()).isFalse();
    a.clock.thaw();
    advance(5);
    assertThat(a.heard).endsWith("stopped");
    assertThat(b.elector.isLeading()).isTrue();
    assertThat(lease.lease.holder()).isEqualTo("b");
  }

  @Test
  void a_leader_cut_off_from_the_api_stops_at_the_renew_deadline_before_anyone_else_leads() {
    Candidate a = candidate("a");
    Candidate b = candidate("b");
    a.elector.start();
    b.elector.start();
    advance(5);
    a.connection.cut = true;
    advance(13);
    assertThat(a.heard).endsWith("stopped");
    advance(10);
    assertThat(b.elector.isLeading()).isTrue();
    assertThat(lease.events).containsExactly("a became leader", "a stopped leading", "b became leader");
  }

  @Test
  void a_short_outage_costs_no_leadership() {
    Candidate a = candidate("a");
    a.elector.start();
    advance(5);
    a.connection.cut = true;
    advance(6);
    a.connection.cut = false;
    advance(10);
    assertThat(a.elector.isLeading()).isTrue();
    assertThat(a.heard).containsExactly("leader a", "started");
  }

  @Test
  void a_renewal_whose_answer_was_lost_is_found_by_reading() {
    Candidate a = candidate("a");
    a.elector.start();
    advance(3);
    a.connection.loseAnswers = true;
    advance(2);
    a.connection.loseAnswers = false;
    advance(4);
    assertThat(a.elector.isLeading()).isTrue();
    assertThat(a.registry.scrape()).contains("leader_election_slowpath_total{name=\"test\"} ");
    assertThat(lease.lease.transitions()).isZero();
  }

  @Test
  void a_closed_leader_hands_the_lease_back_and_the_next_takes_it_at_once() {
    Candidate a = candidate("a");
    Candidate b = candidate("b");
    a.elector.start();
    b.elector.start();
    advance(5);
    a.elector.close();
    assertThat(lease.lease.holder()).isEmpty();
    assertThat(lease.lease.durationSeconds()).isEqualTo(1);
    advance(5);
    assertThat(b.elector.isLeading()).isTrue();
    a.elector.close();
    assertThat(a.heard).containsExactly("leader a", "started", "stopped");
  }

  @Test
  void wrong_wall_clocks_change_nothing() {
    Candidate a = candidate("a", Duration.ofHours(-3), 1);
    Candidate b = candidate("b", Duration.ofHours(5), 2);
    a.elector.start();
    b.elector.start();
    advance(60);
    assertThat(a.elector.isLeading()).isTrue();
    assertThat(b.elector.isLeading()).isFalse();
  }

  @Test
  void never_two_leaders_under_random_cuts_and_freezes() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("LeaderElectorTest seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 4; i++) {
      candidate("c" + i, Duration.ofSeconds(random.nextInt(-100, 100)), random.nextLong()).elector.start();
    }
    for (int step = 0; step < 300; step++) {
      Candidate chosen = candidates.get(random.nextInt(4));
      switch (random.nextInt(4)) {
        case 0 -> chosen.connection.cut = !chosen.connection.cut;
        case 1 -> chosen.clock.freeze();
        case 2 -> chosen.clock.thaw();
        default -> chosen.connection.loseAnswers = !chosen.connection.loseAnswers;
      }
      advance(random.nextInt(6));
    }
  }

  @Test
  void settings_that_cannot_work_are_refused() {
    assertThatThrownBy(() -> new ElectionSettings("x", "a", Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(2), true))
        .hasMessage("leaseDuration must be greater than renewDeadline");
    assertThatThrownBy(() -> new ElectionSettings("x", "a", Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(9), true))
        .hasMessage("renewDeadline must be greater than retryPeriod*JitterFactor");
  }
}
