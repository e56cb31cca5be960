package io.kubrig.machinery.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LeaseClaimTest {
  private final VirtualClock time = new VirtualClock(TrialElection.START);
  private final FakeLease lease = new FakeLease();
  private final HangingApi api = new HangingApi(lease.connect(time));
  private final LeaseClaim claim = new LeaseClaim(api, ElectionSettings.standard("test", "a"), time,
      Counter.builder("slow").register(new KubernetesRegistry()));

  /** An API whose updates hang until they are interrupted. */
  private static final class HangingApi implements LeaseApi {
    private final LeaseApi real;
    private final SynchronousQueue<String> hung = new SynchronousQueue<>();
    private volatile boolean hanging;

    HangingApi(LeaseApi real) {
      this.real = real;
    }

    @Override
    public String describe() {
      return real.describe();
    }

    @Override
    public Optional<Seen> read() {
      return real.read();
    }

    @Override
    public Seen create(LeaseRecord lease) {
      return real.create(lease);
    }

    @Override
    public Seen update(Seen seen, LeaseRecord lease) {
      if (!hanging) {
        return real.update(seen, lease);
      }
      try {
        hung.put("update");
        new CountDownLatch(1).await();
        throw new IllegalStateException("nobody counts down");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // as the client does
        throw new LeaseException("interrupted", e);
      }
    }

    @Override
    public Watch watch(Seen since, Watcher watcher) {
      return real.watch(since, watcher);
    }

    @Override
    public void event(String message) {
      real.event(message);
    }
  }

  @Test
  void a_request_that_hangs_gets_half_of_the_renew_deadline_and_the_next_one_its_own_time() throws InterruptedException {
    claim.attempt(Duration.ofSeconds(10));
    api.hanging = true;
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread leader = Thread.ofPlatform().start(() -> {
      assertThat(claim.attempt(Duration.ofSeconds(10))).isEqualTo(LeaseClaim.Outcome.FAILED);
      interrupted.set(Thread.currentThread().isInterrupted());
    });
    api.hung.take();
    time.advance(Duration.ofMillis(4_999));
    assertThat(leader.isAlive()).isTrue();
    time.advance(Duration.ofMillis(1));
    api.hung.take(); // after reading, the second update
    time.advance(Duration.ofSeconds(5));
    leader.join();
    assertThat(interrupted).isFalse();
    assertThat(time.nextDue()).isEmpty();
  }

  @Test
  void an_attempt_ends_with_its_time() throws InterruptedException {
    claim.attempt(Duration.ofSeconds(10));
    api.hanging = true;
    Thread leader = Thread.ofPlatform().start(() ->
        assertThat(claim.attempt(Duration.ofSeconds(1))).isEqualTo(LeaseClaim.Outcome.FAILED));
    api.hung.take();
    time.advance(Duration.ofSeconds(1));
    leader.join();
    assertThat(lease.lease.renewed()).isEqualTo(TrialElection.START);
  }
}
