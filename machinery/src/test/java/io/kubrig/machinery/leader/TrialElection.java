package io.kubrig.machinery.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** An election on virtual time whose candidates can be frozen and cut off; it watches that no two lead. */
final class TrialElection {
  static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  final VirtualClock time = new VirtualClock(START);
  final FakeLease lease = new FakeLease();
  final List<Candidate> candidates = new ArrayList<>();
  final List<NativeCandidate> natives = new ArrayList<>();

  /** A candidate of the native times. */
  Candidate candidate(String name) {
    return candidate(name, Duration.ZERO, 1);
  }

  Candidate candidate(String name, Duration skew, long seed) {
    return candidate(ElectionSettings.standard("test", name), skew, seed);
  }

  Candidate candidate(ElectionSettings settings, Duration skew, long seed) {
    Candidate candidate = new Candidate(settings, skew, seed);
    candidates.add(candidate);
    return candidate;
  }

  NativeCandidate nativeCandidate(String name, long seed) {
    NativeCandidate candidate = new NativeCandidate(name, lease, time, seed);
    natives.add(candidate);
    return candidate;
  }

  final class Candidate implements LeaderListener {
    final FreezableClock clock;
    final FakeLease.Connection connection;
    final KubernetesRegistry registry = new KubernetesRegistry();
    final LeaderElector elector;
    final List<String> heard = new ArrayList<>();
    Instant started = Instant.MIN;

    Candidate(ElectionSettings settings, Duration skew, long seed) {
      clock = new FreezableClock(time, skew);
      connection = lease.connect(clock);
      elector = new LeaderElector(connection, settings, clock, new Random(seed), registry, this);
    }

    boolean leads() {
      return elector.isLeading();
    }

    @Override
    public void startedLeading() {
      heard.add("started");
      started = time.now();
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

  void advance(int seconds) {
    advance(Duration.ofSeconds(seconds));
  }

  void advance(Duration duration) {
    Instant end = time.now().plus(duration);
    while (time.now().isBefore(end)) {
      Duration left = Duration.between(time.now(), end);
      Duration step = Duration.ofMillis(100);
      time.advance(left.compareTo(step) < 0 ? left : step);
      assertThat(leaders()).isLessThanOrEqualTo(1);
    }
  }

  long leaders() {
    return candidates.stream().filter(Candidate::leads).count() + natives.stream().filter(NativeCandidate::isLeading).count();
  }

  /** How long after a moment a candidate began to lead. */
  Duration leadsAfter(Candidate candidate, Instant moment) {
    assertThat(candidate.started).as("when the candidate began to lead").isAfter(moment);
    return Duration.between(moment, candidate.started);
  }
}
