package io.kubrig.scheduler.events;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventSeries;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what happened to pods, as {@code events.k8s.io/v1} events. The same event again within six minutes becomes a series of the
 * first one. Writing happens in the background; an event that cannot be written is lost.
 */
public final class EventRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
  private static final Duration SERIES_GAP = Duration.ofMinutes(6);
  private static final int REMEMBERED = 4096;
  private static final int MAX_NOTE = 1024;

  /** What an event says. */
  public record Note(String type, String reason, String action, String text) {
    public static Note normal(String reason, String action, String text) {
      return new Note("Normal", reason, action, text);
    }

    public static Note warning(String reason, String action, String text) {
      return new Note("Warning", reason, action, text);
    }
  }

  private record Key(String uid, String relatedUid, Note note, String controller) {}

  private static final class Remembered {
    Event event;
    Instant last;
  }

  private final ClusterApi api;
  private final SerialWriter writer;
  private final Clock clock;
  private final String instanceSuffix;
  /** Used by the writer's tasks, under its own lock. */
  private final Map<Key, Remembered> recent = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, Remembered> eldest) {
      return size() > REMEMBERED;
    }
  };

  /** Events come from {@code controller-hostName}. */
  public EventRecorder(ClusterApi api, SerialWriter writer, Clock clock, String hostName) {
    this.api = api;
    this.writer = writer;
    this.clock = clock;
    this.instanceSuffix = hostName;
  }

  /** Records what happened to a pod; {@code related} may be null. */
  public void record(Pod regarding, Pod related, Note note, String controller) {
    Instant now = clock.now();
    Key key = key(regarding, related, note, controller);
    writer.submit("event-" + regarding.uid(), () -> write(key, regarding, related, now));
  }

  /** The same on the calling thread, which may block: for those who have one of their own. */
  public void recordHere(Pod regarding, Note note, String controller) throws InterruptedException {
    Instant now = clock.now();
    Key key = key(regarding, null, note, controller);
    writer.limited(() -> {
      write(key, regarding, null, now);
      return true;
    });
  }

  private static Key key(Pod regarding, Pod related, Note note, String controller) {
    Note cut = new Note(note.type, note.reason, note.action, truncate(note.text));
    return new Key(regarding.uid(), related == null ? "" : related.uid(), cut, controller);
  }

  private static String truncate(String text) {
    return text.length() <= MAX_NOTE ? text : text.substring(0, MAX_NOTE - 4) + " ...";
  }

  private void write(Key key, Pod regarding, Pod related, Instant now) {
    Remembered known;
    synchronized (recent) {
      known = recent.computeIfAbsent(key, k -> new Remembered());
    }
    try {
      if (known.event == null || known.last.plus(SERIES_GAP).isBefore(now)) {
        known.event = api.create(event(key, regarding, related, now));
      } else {
        int count = known.event.getSeries() == null ? 2 : known.event.getSeries().getCount() + 1;
        EventSeries series = new EventSeries();
        series.setCount(count);
        series.setLastObservedTime(new MicroTime(Timestamps.formatMicro(now)));
        known.event = api.replace(new EventBuilder(known.event).withSeries(series).build());
      }
      known.last = now;
    } catch (ClusterApiException e) {
      synchronized (recent) {
        recent.remove(key);
      }
      LOG.debug("Event {} about pod {} is lost: {}", key.note.reason, regarding.key(), e.getMessage());
    }
  }

  private Event event(Key key, Pod regarding, Pod related, Instant now) {
    long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    ObjectMeta meta = new ObjectMeta();
    meta.setNamespace(regarding.namespace());
    meta.setName(regarding.name() + "." + Long.toHexString(nanos));
    Event event = new Event();
    event.setMetadata(meta);
    event.setEventTime(new MicroTime(Timestamps.formatMicro(now)));
    event.setReportingController(key.controller);
    event.setReportingInstance(key.controller + "-" + instanceSuffix);
    event.setType(key.note.type);
    event.setReason(key.note.reason);
    event.setAction(key.note.action);
    event.setNote(key.note.text);
    event.setRegarding(reference(regarding));
    event.setRelated(related == null ? null : reference(related));
    return event;
  }

  private static ObjectReference reference(Pod pod) {
    ObjectReference reference = new ObjectReference();
    reference.setApiVersion("v1");
    reference.setKind("Pod");
    reference.setNamespace(pod.namespace());
    reference.setName(pod.name());
    reference.setUid(pod.uid());
    reference.setResourceVersion(pod.source() == null ? null : pod.source().getMetadata().getResourceVersion());
    return reference;
  }
}
