package io.kubrig.testkit.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.polling.PerResourcePollingEventSource;
import io.javaoperatorsdk.operator.processing.event.source.polling.PollingEventSource;
import io.javaoperatorsdk.operator.processing.event.source.timer.TimerEventSource;
import io.kubrig.machinery.clock.ActiveExecutor;
import io.kubrig.machinery.clock.Clock;
import java.lang.reflect.Field;
import java.util.Timer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * An {@link Operator} of the Java Operator SDK whose retries, reschedulings, timer and polling event sources run on a cluster's clock and
 * whose workers the cluster waits for when it settles. Register reconcilers, start and stop it as any other.
 */
public final class TestOperator extends Operator implements AutoCloseable {
  private final Clock clock;

  /**
   * An operator that is not started yet.
   *
   * @param client what it speaks through; closed by whoever made it
   * @param more further settings, applied last
   */
  public TestOperator(KubernetesClient client, Clock clock, Consumer<ConfigurationServiceOverrider> more) {
    super(
        settings ->
            more.accept(
                settings
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withExecutorService(workers(clock, "reconcile"))
                    .withWorkflowExecutorService(workers(clock, "workflow"))));
    this.clock = clock;
  }

  private static ExecutorService workers(Clock clock, String what) {
    return new ActiveExecutor(Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(what + "-", 0).factory()), clock.activity(), what);
  }

  @Override
  public synchronized void start() {
    getRegisteredControllers().forEach(this::putOnClock);
    super.start();
  }

  private void putOnClock(RegisteredController<?> registered) {
    if (registered instanceof Controller<?> controller) {
      controller.getEventSourceManager().allEventSources().forEach(this::putOnClock);
    }
  }

  private void putOnClock(EventSource<?, ?> source) {
    switch (source) {
      case TimerEventSource<?> timers -> {
        timers.start(); // makes its timer when it starts, but keeps one that is there
        ((Timer) replace(TimerEventSource.class, "timer", timers, new ClockTimer(clock))).cancel();
      }
      case PollingEventSource<?, ?, ?> polling ->
          ((Timer) replace(PollingEventSource.class, "timer", polling, new ClockTimer(clock))).cancel();
      case PerResourcePollingEventSource<?, ?, ?> polling -> {
        ClockScheduler scheduler = new ClockScheduler(clock, workers(clock, "poll"));
        ((ExecutorService) replace(PerResourcePollingEventSource.class, "executorService", polling, scheduler)).shutdownNow();
      }
      default -> {}
    }
  }

  /** Answers what was there before. */
  private static Object replace(Class<?> type, String name, Object source, Object value) {
    try {
      Field field = type.getDeclaredField(name);
      field.setAccessible(true);
      Object before = field.get(source);
      field.set(source, value);
      return before;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of the Java Operator SDK keeps its timers elsewhere: retries and polling cannot be put "
          + "on the cluster's clock", e);
    }
  }

  @Override
  public void close() {
    stop();
    getConfigurationService().getExecutorServiceManager().scheduledExecutorService().shutdownNow(); // which the SDK forgets
  }
}
