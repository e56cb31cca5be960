package io.kubrig.machinery.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a candidate takes over, to the millisecond. */
class TakeOverTest {
  private static final Duration LEASE = Duration.ofSeconds(15);

  private final TrialElection election = new TrialElection();
  private final FakeLease lease = election.lease;
  private TrialElection.Candidate a;
  private TrialElection.Candidate b;

  @BeforeEach
  void a_leads_and_b_waits() {
    a = election.candidate("a");
    b = election.candidate("b", Duration.ofHours(1), 7);
    a.elector.start();
    election.advance(Duration.ofMillis(1));
    b.elector.start();
    election.advance(7);
    assertThat(a.leads()).isTrue();
  }

  private Instant now() {
    return election.time.now();
  }

  @Test
  void the_lease_of_a_killed_leader_is_taken_when_it_has_not_been_renewed_for_as_long_as_it_lasts() {
    a.clock.freeze();
    Instant renewed = lease.lease.renewed();
    election.advance(30);
    assertThat(election.leadsAfter(b, renewed)).isEqualTo(LEASE);
    assertThat(lease.lease.transitions()).isEqualTo(1);
    assertThat(lease.events).contains("b became leader");
  }

  @Test
  void whenever_the_leader_is_killed_the_take_over_comes_within_the_lease_duration() {
    Random random = new Random(11);
    List<TrialElection.Candidate> both = List.of(a, b);
    for (int round = 0; round < 50; round++) {
      TrialElection.Candidate leader = both.get(round % 2);
      TrialElection.Candidate next = both.get((round + 1) % 2);
      election.advance(Duration.ofMillis(5_000 + random.nextInt(4_000)));
      assertThat(leader.leads()).isTrue();
      Instant killed = now();
      leader.clock.freeze();
      election.advance(16);
      assertThat(election.leadsAfter(next, killed)).isBetween(Duration.ofSeconds(13), LEASE);
      int index = round % 2;
      TrialElection.Candidate again = election.candidate("again-" + round, Duration.ZERO, round);
      election.candidates.remove(leader);
      both = index == 0 ? List.of(again, next) : List.of(next, again);
      again.elector.start();
    }
  }

  @Test
  void the_lease_of_a_leader_that_is_cut_off_is_taken_in_the_same_time_after_the_leader_has_stopped() {
    a.connection.cut();
    Instant cut = now();
    election.advance(Duration.ofMillis(12_500));
    assertThat(a.heard).endsWith("stopped");
    election.advance(5);
    assertThat(election.leadsAfter(b, cut)).isLessThanOrEqualTo(LEASE);
  }

  @Test
  void a_lease_that_is_handed_back_is_taken_at_once() {
    Instant closed = now();
    a.elector.close();
    assertThat(lease.lease.holder()).isEmpty();
    election.advance(Duration.ofMillis(1));
    assertThat(b.leads()).isTrue();
    assertThat(b.started).isEqualTo(closed);
  }

  @Test
  void of_many_candidates_one_takes_the_lease_and_the_others_wait_again_without_a_rush() {
    List<TrialElection.Candidate> more =
        IntStream.range(0, 8).mapToObj(i -> election.candidate("c" + i, Duration.ZERO, 100 + i)).toList();
    more.forEach(candidate -> candidate.elector.start());
    election.advance(5);
    more.forEach(candidate -> candidate.connection.reads = 0);
    a.clock.freeze();
    Instant renewed = lease.lease.renewed();
    election.advance(18);
    assertThat(election.leaders()).isEqualTo(1);
    assertThat(lease.lease.acquired().minus(Duration.ofHours(lease.lease.holder().equals("b") ? 1 : 0))).isEqualTo(renewed.plus(LEASE));
    assertThat(lease.lease.transitions()).isEqualTo(1);
    assertThat(more).allSatisfy(candidate -> {
      assertThat(candidate.connection.writes).isLessThanOrEqualTo(3); // the winner's first renewals
      assertThat(candidate.connection.reads).isLessThanOrEqualTo(5); // one for each four seconds of silence, one after the rush
    });
  }

  @Test
  void a_candidate_that_hears_of_renewals_asks_for_nothing() {
    b.connection.reads = 0;
    election.advance(600);
    assertThat(b.connection.reads).isZero();
    assertThat(b.connection.writes).isZero();
    assertThat(b.connection.watches).isEqualTo(1);
  }

  @Test
  void a_candidate_that_may_not_watch_polls_and_tries_when_the_lease_as_it_saw_it_has_ended() {
    TrialElection.Candidate c = election.candidate("c", Duration.ZERO, 3);
    c.connection.readsOnly = true;
    b.clock.freeze();
    c.elector.start();
    election.advance(120);
    assertThat(c.connection.watches).isEqualTo(1);
    assertThat(c.connection.reads).isBetween(120 / 5, 120 / 2);
    a.clock.freeze();
    Instant killed = now();
    election.advance(30);
    assertThat(election.leadsAfter(c, killed)).isBetween(Duration.ofSeconds(13), LEASE.plusMillis(4_400));
  }

  @Test
  void a_candidate_that_may_not_watch_finds_out_when_it_may() {
    TrialElection.Candidate c = election.candidate("c", Duration.ZERO, 3);
    c.connection.readsOnly = true;
    c.elector.start();
    election.advance(60);
    c.connection.readsOnly = false;
    election.advance(300);
    assertThat(c.connection.watches).isEqualTo(2);
    c.connection.reads = 0;
    election.advance(60);
    assertThat(c.connection.reads).isZero();
  }

  @Test
  void a_watch_that_tells_nothing_is_found_out_by_reading_and_opened_again() {
    b.connection.deaf = true;
    b.connection.endWatches();
    election.advance(1);
    int watches = b.connection.watches;
    election.advance(10);
    assertThat(b.connection.watches).isGreaterThan(watches);
    b.connection.deaf = false;
    election.advance(10);
    a.clock.freeze();
    Instant killed = now();
    election.advance(16);
    assertThat(election.leadsAfter(b, killed)).isLessThanOrEqualTo(LEASE);
  }

  @Test
  void a_watch_that_ends_is_opened_again_at_once_and_nothing_is_missed() {
    b.connection.endWatches();
    election.advance(Duration.ofMillis(1));
    assertThat(b.connection.watches).isEqualTo(2);
    Instant killed = now();
    a.clock.freeze();
    election.advance(16);
    assertThat(election.leadsAfter(b, killed)).isLessThanOrEqualTo(LEASE);
  }

  @Test
  void watches_that_end_as_soon_as_they_begin_are_opened_now_and_then() {
    b.connection.watches = 0;
    for (int i = 0; i < 600; i++) {
      b.connection.endWatches();
      election.advance(Duration.ofMillis(100));
    }
    assertThat(b.connection.watches).isBetween(10, 31);
    assertThat(b.connection.reads).isBetween(10, 35);
  }

  @Test
  void events_that_come_late_delay_a_take_over_and_never_hasten_it() {
    b.connection.latency = Duration.ofMillis(700);
    election.advance(10);
    a.clock.freeze();
    Instant renewed = lease.lease.renewed();
    election.advance(30);
    assertThat(election.leadsAfter(b, renewed)).isBetween(LEASE, LEASE.plusMillis(700));
  }

  @Test
  void a_deleted_lease_is_made_anew_by_its_leader_and_not_taken_from_it() {
    lease.delete();
    election.advance(60);
    assertThat(a.leads()).isTrue();
    assertThat(a.heard).containsExactly("leader a", "started");
    assertThat(b.heard).containsExactly("leader a");
  }

  @Test
  void a_deleted_lease_whose_leader_was_killed_is_made_anew_when_it_would_have_ended() {
    a.clock.freeze();
    Instant renewed = lease.lease.renewed();
    election.advance(1);
    lease.delete();
    election.advance(30);
    assertThat(election.leadsAfter(b, renewed)).isEqualTo(LEASE);
  }

  @Test
  void a_candidate_whose_own_connection_fails_takes_over_when_it_is_back() {
    b.connection.cut();
    a.clock.freeze();
    election.advance(30);
    assertThat(b.leads()).isFalse();
    b.connection.mend();
    Instant mended = now();
    election.advance(5);
    assertThat(election.leadsAfter(b, mended)).isLessThanOrEqualTo(Duration.ofMillis(4_400));
  }

  @Test
  void native_candidates_share_the_lease() {
    NativeCandidate other = election.nativeCandidate("native", 5);
    election.advance(20);
    b.elector.close();
    a.clock.freeze();
    election.advance(25);
    assertThat(other.isLeading()).isTrue();
    TrialElection.Candidate c = election.candidate("c");
    c.elector.start();
    election.advance(20);
    assertThat(other.isLeading()).isTrue();
    Instant killed = now();
    other.connection.cut();
    election.advance(16);
    assertThat(election.leadsAfter(c, killed)).isBetween(Duration.ofSeconds(12), LEASE);
  }

  @Test
  void never_two_leaders_and_never_long_without_one_whatever_fails() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("TakeOverTest seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      election.candidate("c" + i, Duration.ofSeconds(random.nextInt(-100, 100)), random.nextLong()).elector.start();
    }
    election.nativeCandidate("n", random.nextLong());
    int restarts = 0;
    for (int step = 0; step < 600; step++) {
      disturb(election.candidates.get(random.nextInt(election.candidates.size())), random);
      NativeCandidate other = election.natives.getFirst();
      if (random.nextInt(10) == 0) {
        other.connection.cut();
      } else {
        other.connection.mend();
      }
      election.advance(Duration.ofMillis(random.nextInt(6_000)));
      for (TrialElection.Candidate candidate : List.copyOf(election.candidates)) {
        if (candidate.heard.contains("stopped")) { // its process ends and is started again
          election.candidates.remove(candidate);
          election.candidate("r" + restarts++, Duration.ofSeconds(random.nextInt(-100, 100)), random.nextLong()).elector.start();
        }
      }
    }
    election.candidates.forEach(TakeOverTest::heal);
    election.advance(25);
    assertThat(election.leaders()).isEqualTo(1);
  }

  private static void heal(TrialElection.Candidate candidate) {
    candidate.connection.mend();
    candidate.connection.deaf = false;
    candidate.connection.readsOnly = false;
    candidate.connection.loseAnswers = false;
    candidate.connection.latency = Duration.ZERO;
    candidate.clock.thaw();
  }

  private static void disturb(TrialElection.Candidate chosen, Random random) {
    switch (random.nextInt(10)) {
      case 0 -> chosen.connection.cut();
      case 1 -> chosen.clock.freeze();
      case 2 -> chosen.clock.thaw();
      case 3 -> chosen.connection.loseAnswers = !chosen.connection.loseAnswers;
      case 4 -> chosen.connection.deaf = !chosen.connection.deaf;
      case 5 -> chosen.connection.readsOnly = !chosen.connection.readsOnly;
      case 6 -> chosen.connection.latency = Duration.ofMillis(random.nextInt(3_000));
      case 7 -> chosen.connection.endWatches();
      default -> heal(chosen);
    }
  }
}
