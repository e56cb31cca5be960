package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.Cloner;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.javaoperatorsdk.operator.api.config.ResolvedControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import io.kubrig.machinery.clock.ActiveExecutor;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.queue.Backoff;
import io.kubrig.machinery.queue.TokenBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One controller at work: the Java Operator SDK with a {@link Work} per key, our queue in front and our clock beside it.
 *
 * <p>The SDK keeps its promises of one reconcile per key at a time, of merged events and of a bounded number of workers. Its
 * retries and timers are not used: they would not run on a virtual clock. Every exception ends here, so a bad object costs its own
 * key only.
 */
public final class Loop implements Queue, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final double RETRIES_PER_SECOND = 10; // of all keys
  private static final int RETRIES_AT_ONCE = 100;

  private final String name;
  private final Controller controller;
  private final Clock clock;
  private final QueueMetrics metrics;
  private final Backoff<Key> backoff;
  private final ConcurrentMap<Key, Wait> waits = new ConcurrentHashMap<>();
  private final ConcurrentMap<Key, WaitingView.Failure> failures = new ConcurrentHashMap<>();
  private final Keys keys = new Keys();
  private final Operator operator;

  /** Makes the loop; {@link #start} runs it. @param workers how many keys are processed at once */
  public Loop(String name, Controller controller, int workers, Clock clock, QueueMetrics metrics) {
    this.name = name;
    this.controller = controller;
    this.clock = clock;
    this.metrics = metrics;
    Controller.Retries retries = controller.retries();
    this.backoff = new Backoff<>(retries.first(), retries.longest(), new TokenBucket(clock, RETRIES_PER_SECOND, RETRIES_AT_ONCE));
    ExecutorService threads = Executors.newFixedThreadPool(workers, Thread.ofVirtual().name(name + "-", 0).factory());
    this.operator = operator(new ActiveExecutor(threads, clock.activity(), name));
  }

  private Operator operator(ExecutorService workers) {
    ConfigurationService service = ConfigurationService.newOverriddenConfigurationService(o -> o
        .withKubernetesClient(WorkClient.create())
        .withCloseClientOnStop(false)
        .withExecutorService(workers)
        .withResourceCloner(new SameObject())
        .checkingCRDAndValidateLocalModel(false));
    Operator made = new Operator(service);
    InformerConfiguration<Work> informer = InformerConfiguration.builder(Work.class)
        .withComparableResourceVersions(false) // no cache of own writes, whose clean-up would wake a thread a hundred times a second
        .buildForController();
    made.register(new Reconcile(), new ResolvedControllerConfiguration<Work>(name, false, Reconcile.class.getName(), null, null, null, null,
        Map.of(), null, service, informer, false, null));
    return made;
  }

  /** Begins to process keys; the caches must have synced. */
  public void start() {
    operator.start();
    if (operator.getConfigurationService().getExecutorServiceManager().cachingExecutorService() instanceof ThreadPoolExecutor pool) {
      pool.setKeepAliveTime(1, TimeUnit.MILLISECONDS); // the threads of the start, some for each controller, are not needed again
    }
    controller.started();
  }

  @Override
  public void close() {
    controller.stopped();
    operator.stop();
    operator.getConfigurationService().getExecutorServiceManager().scheduledExecutorService().shutdownNow(); // which the SDK forgets
    waits.values().forEach(wait -> wait.timer.cancel());
    waits.clear();
  }

  @Override
  public void add(Key key) {
    metrics.added(key);
    keys.emit(key);
  }

  @Override
  public void addAfter(Key key, Duration delay) {
    addAfter(key, delay, "an event asked for it");
  }

  private void addAfter(Key key, Duration delay, String reason) {
    if (!delay.isPositive()) {
      add(key);
      return;
    }
    Instant due = clock.now().plus(delay);
    waits.compute(key, (k, waiting) -> {
      if (waiting != null && !waiting.due.isAfter(due)) {
        return waiting;
      }
      if (waiting != null) {
        waiting.timer.cancel();
      }
      return new Wait(due, reason, clock.after(delay, () -> ripe(key, due)));
    });
  }

  private void ripe(Key key, Instant due) {
    waits.computeIfPresent(key, (k, waiting) -> waiting.due.equals(due) ? null : waiting);
    add(key);
  }

  private void process(Key key) {
    QueueMetrics.Run run = metrics.started(key);
    try {
      switch (controller.reconcile(key)) {
        case Outcome.Done done -> succeeded(key);
        case Outcome.After after -> {
          succeeded(key);
          addAfter(key, after.delay(), after.reason());
        }
        case Outcome.Retry retry -> again(key, "the controller wants to try again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | StackOverflowError e) {
      report(key, e);
      again(key, ApiErrors.message(e));
    } finally {
      run.finished();
    }
  }

  private void report(Key key, Throwable failure) {
    if (ApiErrors.isConflict(failure) || ApiErrors.isTerminating(failure)) {
      LOG.debug("{}: {}: {}", name, key, failure.getMessage());
    } else if (ApiErrors.isAnswer(failure)) {
      LOG.warn("{}: {}: {}", name, key, ApiErrors.message(failure));
    } else {
      LOG.error("{}: {} failed and is retried", name, key, failure);
    }
  }

  private void succeeded(Key key) {
    backoff.forget(key);
    failures.remove(key);
  }

  private void again(Key key, String error) {
    metrics.retried();
    failures.compute(key, (k, before) -> new WaitingView.Failure(before == null ? 1 : before.times() + 1, error, clock.now()));
    addAfter(key, backoff.next(key), "retry");
  }

  /** The controller's name. */
  public String name() {
    return name;
  }

  /** What is in the queue, under way, in back-off or put off, at this moment; not one atomic picture. */
  public WaitingView waiting() {
    List<WaitingView.Retry> retries = new ArrayList<>();
    List<WaitingView.Later> later = new ArrayList<>();
    failures.forEach((key, failure) ->
        retries.add(new WaitingView.Retry(key, failure, Optional.ofNullable(waits.get(key)).map(Wait::due))));
    waits.forEach((key, wait) -> {
      if (!failures.containsKey(key)) {
        later.add(new WaitingView.Later(key, wait.due, wait.reason));
      }
    });
    return new WaitingView(metrics.queuedSince(), metrics.runningSince(), retries, later);
  }

  private record Wait(Instant due, String reason, Clock.Timer timer) {}

  /** The SDK's side of a controller. */
  private final class Reconcile implements Reconciler<Work> {
    @Override
    public UpdateControl<Work> reconcile(Work work, Context<Work> context) {
      process(Key.of(work));
      return UpdateControl.noUpdate();
    }

    @Override
    public List<EventSource<?, Work>> prepareEventSources(EventSourceContext<Work> context) {
      return List.of(keys);
    }
  }

  /** The one event source: what handlers of the shared informers and the clock put into the queue. */
  private static final class Keys extends AbstractEventSource<Work, Work> {
    Keys() {
      super(Work.class, "keys");
    }

    void emit(Key key) {
      ResourceID id = new ResourceID(key.name(), key.namespace().isEmpty() ? null : key.namespace());
      getEventHandler().handleEvent(new ResourceEvent(ResourceAction.UPDATED, id, Work.of(key)));
    }

    @Override
    public Set<Work> getSecondaryResources(Work primary) {
      return Set.of();
    }
  }

  /** Keys are never changed, so they need no copies. */
  private static final class SameObject implements Cloner {
    @Override
    public <R extends HasMetadata> R clone(R object) {
      return object;
    }
  }
}
