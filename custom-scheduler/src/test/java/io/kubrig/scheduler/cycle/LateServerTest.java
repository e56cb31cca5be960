package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A scheduler whose API server is not there yet when it starts. */
class LateServerTest {
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final MemoryCluster cluster = new MemoryCluster(clock);
  private final AtomicInteger attempts = new AtomicInteger();
  private final CountDownLatch watching = new CountDownLatch(1);

  @Test
  @Timeout(60)
  void asks_again_until_the_server_answers() throws InterruptedException {
    Thread running = Thread.ofPlatform().start(() -> {
      try {
        scheduler(3, 0).run();
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
    });
    while (watching.getCount() > 0) {
      clock.advance(Duration.ofSeconds(1));
      Thread.onSpinWait();
    }
    assertThat(attempts).hasValue(4);
    running.interrupt();
    running.join();
  }

  @Test
  void gives_up_when_the_server_refuses() {
    assertThatThrownBy(() -> scheduler(1, 403).run()).isInstanceOf(ClusterApiException.class).hasMessage("no");
  }

  /** @param failures how often watching fails, with the given code, before it works */
  private Scheduler scheduler(int failures, int code) {
    ClusterApi late = (ClusterApi) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ClusterApi.class},
        (proxy, method, arguments) -> {
          boolean watch = method.getName().equals("watch");
          if (watch && attempts.incrementAndGet() <= failures) {
            throw new ClusterApiException(code, "no");
          }
          try {
            return method.invoke(cluster, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          } finally {
            if (watch) {
              watching.countDown();
            }
          }
        });
    SchedulerConfiguration configuration = SchedulerConfiguration.standard();
    return new Scheduler(configuration, new Scheduler.Parts(late, clock, new Random(1), BuiltinPlugins.registry(configuration), List.of(),
        ScoreListener.NONE, SchedulerMetrics.NONE, "test"));
  }
}
