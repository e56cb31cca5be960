package io.kubrig.testkit.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.source.timer.TimerEventSource;
import io.kubrig.machinery.clock.ActiveExecutor;
import io.kubrig.machinery.clock.Clock;
import java.lang.reflect.Field;
import java.util.Timer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * An {@link Operator} of the Java Operator SDK whose retries, reschedulings and timer event sources run on a cluster's clock and whose
 * workers the cluster waits for when it settles. Register reconcilers, start and stop it as any other.
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

  /** A timer source makes its timer when it starts: those that run already keep the one they are given here. */
  private void putOnClock(RegisteredController<?> registered) {
    if (registered instanceof Controller<?> controller) {
      controller
          .getEventSourceManager()
          .allEventSources()
          .forEach(
              source -> {
                if (source instanceof TimerEventSource<?> timers) {
                  timers.start();
                  replaceTimer(timers);
                }
              });
    }
  }

  private void replaceTimer(TimerEventSource<?> source) {
    try {
      Field field = TimerEventSource.class.getDeclaredField("timer");
      field.setAccessible(true);
      ((Timer) field.get(source)).cancel();
      field.set(source, new ClockTimer(clock));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of the Java Operator SDK keeps its timers elsewhere: retries cannot be put on the "
          + "cluster's clock", e);
    }
  }

  @Override
  public void close() {
    stop();
    getConfigurationService().getExecutorServiceManager().scheduledExecutorService().shutdownNow(); // which the SDK forgets
  }
}
