package io.kubrig.operators.events;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Activity;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.events.EventCorrelator;
import io.kubrig.machinery.events.Occurrence;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells users what a component did, as core/v1 Events. Recording never blocks and never fails: a queue of a thousand is worked off by
 * one thread; what does not fit is dropped.
 */
public final class EventRecorder implements AutoCloseable {
  /** Something expected. */
  public static final String NORMAL = "Normal";

  /** Something that someone should look at. */
  public static final String WARNING = "Warning";

  private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
  private static final int QUEUE = 1000;

  private final String component;
  private final Api api;
  private final Clock clock;
  private final EventCorrelator correlator;
  private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(QUEUE);
  private final Thread writer;
  private long lastNanos;

  private record Waiting(ObjectReference about, Occurrence occurrence, Activity.Work work) {}

  /** @param component the source, as native controllers name themselves ("replicaset-controller") */
  public EventRecorder(String component, Api api, Clock clock) {
    this.component = component;
    this.api = api;
    this.clock = clock;
    this.correlator = new EventCorrelator();
    this.writer = Thread.ofVirtual().name("events-" + component).start(this::write);
  }

  /** Records something expected. */
  public void normal(HasMetadata about, String reason, String message) {
    record(reference(about), NORMAL, reason, message);
  }

  /** Records something that someone should look at. */
  public void warning(HasMetadata about, String reason, String message) {
    record(reference(about), WARNING, reason, message);
  }

  /** Records an event about an object that is known by reference only. */
  public void record(ObjectReference about, String type, String reason, String message) {
    String part = about.getFieldPath() == null ? "" : about.getFieldPath();
    Occurrence occurrence = new Occurrence(component, identity(about), part, type, reason, message, clock.now());
    Waiting waiting = new Waiting(about, occurrence, clock.activity().begin("event"));
    if (!queue.offer(waiting)) {
      waiting.work.close();
      LOG.warn("{}: too many events wait; dropped {} about {} {}/{}", component, reason, about.getKind(), about.getNamespace(),
          about.getName());
    }
  }

  /** A reference as events carry it. */
  public static ObjectReference reference(HasMetadata about) {
    return new ObjectReferenceBuilder()
        .withKind(about.getKind()).withApiVersion(about.getApiVersion())
        .withNamespace(about.getMetadata().getNamespace()).withName(about.getMetadata().getName())
        .withUid(about.getMetadata().getUid()).withResourceVersion(about.getMetadata().getResourceVersion())
        .build();
  }

  @Override
  public void close() {
    writer.interrupt();
  }

  /** Names of events end in the nanosecond; two events of one never share it. */
  private long uniqueNanos(Instant now) {
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    lastNanos = Math.max(lastNanos + 1, nanos);
    return lastNanos;
  }

  private void write() {
    try {
      while (true) {
        Waiting next = queue.take();
        try (Activity.Work open = next.work) {
          correlator.correlate(next.occurrence).ifPresent(event -> send(next, event));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(Waiting told, EventCorrelator.Correlated correlated) {
    try {
      Event event = event(told, correlated);
      if (correlated.name().isPresent()) {
        patchOrCreate(event);
      } else {
        api.create(event);
      }
      correlator.written(correlated, event.getMetadata().getName());
    } catch (RuntimeException e) {
      if (!ApiErrors.isTerminating(e)) {
        LOG.warn("{}: event {} was not written: {}", component, told.occurrence.reason(), ApiErrors.message(e));
      }
    }
  }

  private Event event(Waiting told, EventCorrelator.Correlated correlated) {
    Occurrence occurrence = told.occurrence;
    String name = correlated.name().orElseGet(() -> told.about.getName() + "." + Long.toHexString(uniqueNanos(occurrence.at())));
    return new EventBuilder()
        .withNewMetadata().withName(name).withNamespace(namespace(told.about)).endMetadata()
        .withInvolvedObject(told.about)
        .withReason(occurrence.reason()).withMessage(correlated.message()).withType(occurrence.type())
        .withFirstTimestamp(Objects.time(correlated.first())).withLastTimestamp(Objects.time(occurrence.at())).withCount(correlated.count())
        .withNewSource().withComponent(component).endSource()
        .withReportingComponent(component).withReportingInstance("")
        .build();
  }

  private static String namespace(ObjectReference about) {
    return about.getNamespace() == null || about.getNamespace().isEmpty() ? "default" : about.getNamespace();
  }

  private static String identity(ObjectReference about) {
    return String.join("\0", about.getKind(), about.getNamespace(), about.getName(), about.getUid(), about.getApiVersion());
  }

  private void patchOrCreate(Event event) {
    try {
      api.patch(event, PatchType.STRATEGIC_MERGE, Map.of("count", event.getCount(), "lastTimestamp", event.getLastTimestamp(),
          "message", event.getMessage()));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
      api.create(event);
    }
  }
}
