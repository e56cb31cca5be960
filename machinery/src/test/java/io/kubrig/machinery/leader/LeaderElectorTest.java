package io.kubrig.machinery.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaderElectorTest {
  private final TrialElection election = new TrialElection();
  private final FakeLease lease = election.lease;

  private TrialElection.Candidate candidate(String name) {
    return election.candidate(name);
  }

  private void advance(int seconds) {
    election.advance(seconds);
  }

  @Test
  void the_first_candidate_takes_a_lease_that_does_not_exist() {
    TrialElection.Candidate a = candidate("a");
    a.elector.start();
    advance(1);
    assertThat(a.elector.isLeading()).isTrue();
    assertThat(a.heard).containsExactly("leader a", "started");
    assertThat(lease.lease).isEqualTo(new LeaseRecord("a", 15, TrialElection.START, TrialElection.START, 0));
    assertThat(lease.events).containsExactly("a became leader");
    assertThat(a.registry.scrape()).contains("leader_election_master_status{name=\"test\"} 1\n");
  }

  @Test
  void a_leader_renews_every_retry_period_and_keeps_its_term() {
    TrialElection.Candidate a = candidate("a");
    a.elector.start();
    advance(20);
    assertThat(lease.lease.renewed()).isEqualTo(TrialElection.START.plusSeconds(20));
    assertThat(lease.lease.acquired()).isEqualTo(TrialElection.START);
    assertThat(lease.lease.transitions()).isZero();
  }

  @Test
  void a_second_candidate_waits_and_takes_over_when_the_first_is_killed() {
    TrialElection.Candidate a = candidate("a");
    TrialElection.Candidate b = candidate("b");
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
    TrialElection.Candidate a = candidate("a");
    TrialElection.Candidate b = candidate("b");
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
    TrialElection.Candidate a = candidate("a");
    TrialElection.Candidate b = candidate("b");
    a.elector.start();
    b.elector.start();
    advance(5);
    a.connection.cut();
    advance(13);
    assertThat(a.heard).endsWith("stopped");
    advance(10);
    assertThat(b.elector.isLeading()).isTrue();
    assertThat(lease.events).containsExactly("a became leader", "a stopped leading", "b became leader");
  }

  @Test
  void a_short_outage_costs_no_leadership() {
    TrialElection.Candidate a = candidate("a");
    a.elector.start();
    advance(5);
    a.connection.cut();
    advance(6);
    a.connection.mend();
    advance(10);
    assertThat(a.elector.isLeading()).isTrue();
    assertThat(a.heard).containsExactly("leader a", "started");
  }

  @Test
  void a_renewal_whose_answer_was_lost_is_found_by_reading() {
    TrialElection.Candidate a = candidate("a");
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
    TrialElection.Candidate a = candidate("a");
    TrialElection.Candidate b = candidate("b");
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
    TrialElection.Candidate a = election.candidate("a", Duration.ofHours(-3), 1);
    TrialElection.Candidate b = election.candidate("b", Duration.ofHours(5), 2);
    a.elector.start();
    b.elector.start();
    advance(60);
    assertThat(a.elector.isLeading()).isTrue();
    assertThat(b.elector.isLeading()).isFalse();
  }

  @Test
  void a_leader_that_sees_another_holder_stops_at_once() {
    TrialElection.Candidate a = candidate("a");
    a.elector.start();
    advance(5);
    lease.put(new LeaseRecord("somebody", 15, TrialElection.START, TrialElection.START, 1));
    advance(3);
    assertThat(a.heard).endsWith("leader somebody", "stopped");
    assertThat(lease.lease.holder()).isEqualTo("somebody");
  }

  @Test
  void a_leader_acts_no_longer_than_it_tries_to_renew_however_long_the_lease_lasts() {
    ElectionSettings patient =
        new ElectionSettings("test", "a", Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(2), true);
    assertThat(patient.term()).isEqualTo(Duration.ofSeconds(12));
    TrialElection.Candidate a = election.candidate(patient, Duration.ZERO, 1);
    a.elector.start();
    advance(4);
    a.clock.freeze();
    election.advance(Duration.ofMillis(11_900));
    assertThat(a.leads()).isTrue();
    election.advance(Duration.ofMillis(100));
    assertThat(a.leads()).isFalse();
  }

  @Test
  void a_leader_acts_no_longer_than_the_whole_seconds_that_its_lease_tells_others() {
    ElectionSettings tight =
        new ElectionSettings("test", "a", Duration.ofMillis(5_900), Duration.ofMillis(5_800), Duration.ofSeconds(2), true);
    assertThat(tight.term()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void settings_that_cannot_work_are_refused() {
    assertThatThrownBy(() -> new ElectionSettings("x", "a", Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(2), true))
        .hasMessage("leaseDuration must be greater than renewDeadline");
    assertThatThrownBy(() -> new ElectionSettings("x", "a", Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(9), true))
        .hasMessage("renewDeadline must be greater than retryPeriod*JitterFactor");
  }
}
