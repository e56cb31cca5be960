package io.kubrig.apiserver.flowcontrol;

import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The {@code apiserver_flowcontrol_*} metrics. */
final class FlowMetrics {
  private static final double[] WAIT = {0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30};
  private static final double[] EXECUTION = {0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30};

  private final MeterRegistry registry;
  private final Map<Flow, Meters> flows = new ConcurrentHashMap<>();
  private final Map<String, LevelNumbers> levels = new ConcurrentHashMap<>();
  private final AtomicDouble fairFraction;

  private record Flow(String schema, String level) {}

  /** Of one schema and level. */
  final class Meters {
    private final Tags tags;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger executing = new AtomicInteger();
    private final AtomicInteger seats = new AtomicInteger();
    private final Counter dispatched;
    private final DistributionSummary waited;
    private final DistributionSummary refusedAfter;
    private final DistributionSummary executed;

    private Meters(Flow flow) {
      tags = Tags.of("flow_schema", flow.schema, "priority_level", flow.level);
      gauge(
          "apiserver_flowcontrol_current_inqueue_requests", waiting, tags,
          "Number of requests currently pending in queues of the API Priority and Fairness subsystem");
      gauge(
          "apiserver_flowcontrol_current_executing_requests", executing, tags,
          "Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness "
              + "subsystem");
      gauge(
          "apiserver_flowcontrol_current_executing_seats", seats, tags,
          "Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests "
              + "in the API Priority and"
              + " Fairness subsystem");
      dispatched =
          Counter.builder("apiserver_flowcontrol_dispatched_requests_total")
              .tags(tags)
              .description("Number of requests executed by API Priority and Fairness subsystem")
              .register(registry);
      waited = wait("true");
      refusedAfter = wait("false");
      executed =
          Buckets.histogram("apiserver_flowcontrol_request_execution_seconds", EXECUTION)
              .tags(tags)
              .description("Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API "
                  + "Priority and Fairness subsystem")
              .register(registry);
    }

    private DistributionSummary wait(String execute) {
      return Buckets.histogram("apiserver_flowcontrol_request_wait_duration_seconds", WAIT)
          .tags(tags.and("execute", execute))
          .description("Length of time a request spent waiting in its queue")
          .register(registry);
    }

    void queued(int change) {
      waiting.addAndGet(change);
    }

    void begun(int width, double waitedSeconds) {
      waited.record(waitedSeconds);
      dispatched.increment();
      executing.incrementAndGet();
      seats.addAndGet(width);
    }

    void ended(int width, double seconds) {
      executing.decrementAndGet();
      seats.addAndGet(-width);
      executed.record(seconds);
    }

    void rejected(String reason, double waitedSeconds) {
      refusedAfter.record(waitedSeconds);
      Counter.builder("apiserver_flowcontrol_rejected_requests_total")
          .tags(tags.and("reason", reason))
          .description("Number of requests rejected by API Priority and Fairness subsystem")
          .register(registry)
          .increment();
    }
  }

  FlowMetrics(MeterRegistry registry) {
    this.registry = registry;
    fairFraction = value("apiserver_flowcontrol_seat_fair_frac", Tags.empty(), "Fair fraction of server's concurrency to allocate to each "
        + "priority level that can use it");
  }

  private void gauge(String name, AtomicInteger value, Tags tags, String description) {
    Gauge.builder(name, value, AtomicInteger::get).tags(tags).description(description).register(registry);
  }

  Meters of(String schema, String level) {
    return flows.computeIfAbsent(new Flow(schema, level), Meters::new);
  }

  /** The numbers of a level as they are now. */
  void limits(String level, LevelSeats seats) {
    levels.computeIfAbsent(level, LevelNumbers::new).set(seats);
  }

  /** The gauges of one level. */
  private final class LevelNumbers {
    private final AtomicDouble nominal;
    private final AtomicDouble least;
    private final AtomicDouble most;
    private final AtomicDouble current;
    private final AtomicDouble highest;
    private final AtomicDouble average;
    private final AtomicDouble deviation;
    private final AtomicDouble smoothed;
    private final AtomicDouble target;

    private LevelNumbers(String level) {
      nominal = number(level, "nominal_limit_seats", "Nominal number of execution seats configured for each priority level");
      least = number(level, "lower_limit_seats", "Configured lower bound on number of execution seats available to each priority level");
      most = number(level, "upper_limit_seats", "Configured upper bound on number of execution seats available to each priority level");
      current = number(level, "current_limit_seats", "current derived number of execution seats available to each priority level");
      highest = number(level, "demand_seats_high_watermark", "High watermark, over last adjustment period, of number of seats each "
          + "priority level could use");
      average = number(level, "demand_seats_average", "Time-weighted average, over last adjustment period, of demand_seats");
      deviation = number(level, "demand_seats_stdev", "Time-weighted standard deviation, over last adjustment period, of demand_seats");
      smoothed = number(level, "demand_seats_smoothed", "Smoothed seat demands");
      target = number(level, "target_seats", "Seat allocation targets");
    }

    private void set(LevelSeats seats) {
      nominal.set(seats.nominal());
      least.set(seats.least());
      most.set(seats.most());
      current.set(seats.current());
      highest.set(seats.period().highest());
      average.set(seats.period().average());
      deviation.set(seats.period().deviation());
      smoothed.set(seats.smoothed());
      target.set(seats.claim().target());
    }
  }

  /** What part of its target a level gets that is not bounded. */
  void fairFraction(double fraction) {
    fairFraction.set(fraction);
  }

  private AtomicDouble number(String level, String name, String description) {
    return value("apiserver_flowcontrol_" + name, Tags.of("priority_level", level), description);
  }

  private AtomicDouble value(String name, Tags tags, String description) {
    AtomicDouble value = new AtomicDouble();
    Gauge.builder(name, value, AtomicDouble::get).tags(tags).description(description).register(registry);
    return value;
  }

  /** A number that one thread sets and others read. */
  private static final class AtomicDouble {
    private volatile double value;

    void set(double now) {
      value = now;
    }

    double get() {
      return value;
    }
  }
}
