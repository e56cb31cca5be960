package io.kubrig.operators.events;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a flood of events into few: equal ones are counted, more than ten that differ only in their message within ten minutes become
 * one combined event, and an object gets at most 25 at once and then one every five minutes. The numbers are client-go's.
 *
 * <p>Used by one thread.
 */
final class EventCorrelator {
  private static final int REMEMBERED = 4096;
  private static final int MESSAGES = 10;
  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final int SPAM_BURST = 25;
  private static final double SPAM_REFILL_PER_SECOND = 1.0 / 300;
  private static final String COMBINED = "(combined from similar events): ";

  private final Clock clock;
  private final Map<String, Similar> similar = new Recent<>();
  private final Map<String, Counted> counted = new Recent<>();
  private final Map<String, Bucket> buckets = new Recent<>();

  EventCorrelator(Clock clock) {
    this.clock = clock;
  }

  /** The event to write for one that was recorded; empty when the object has had too many. */
  Optional<Correlated> correlate(Event event) {
    Event merged = event;
    String key = groupKey(event);
    String identity = key + "\0" + event.getMessage();
    if (isOneOfMany(key, event.getMessage())) {
      merged = new EventBuilder(event).withMessage(COMBINED + event.getMessage()).build();
      identity = key;
    }
    if (!bucket(event).take(clock.now())) {
      return Optional.empty();
    }
    Counted before = counted.get(identity);
    return Optional.of(before == null ? new Correlated(identity, merged, merged, 1) : repeat(identity, before, merged));
  }

  private static Correlated repeat(String identity, Counted before, Event event) {
    int count = before.count + 1;
    Event next = new EventBuilder(event)
        .editMetadata().withName(before.name).withResourceVersion(before.revision).endMetadata()
        .withFirstTimestamp(before.first).withCount(count).build();
    Event fresh = new EventBuilder(event).withFirstTimestamp(before.first).withCount(count).build();
    return new Correlated(identity, next, fresh, count);
  }

  /** Notes what the server holds now. */
  void stored(Correlated correlated, Event stored) {
    counted.put(correlated.identity,
        new Counted(stored.getMetadata().getName(), stored.getMetadata().getResourceVersion(), correlated.event.getFirstTimestamp(),
            correlated.count));
  }

  /** Whether a message is a new one after nine others of the same kind. */
  private boolean isOneOfMany(String key, String message) {
    Instant now = clock.now();
    Similar group = similar.get(key);
    if (group == null || group.last.plus(INTERVAL).isBefore(now)) {
      group = new Similar();
      similar.put(key, group);
    }
    group.last = now;
    if (!group.messages.contains(message) && group.messages.size() >= MESSAGES - 1) {
      return true;
    }
    group.messages.add(message);
    return false;
  }

  private Bucket bucket(Event event) {
    return buckets.computeIfAbsent(event.getSource().getComponent() + "\0" + objectKey(event.getInvolvedObject()),
        key -> new Bucket(clock.now()));
  }

  private static String groupKey(Event event) {
    return String.join("\0", event.getSource().getComponent(), objectKey(event.getInvolvedObject()), event.getType(), event.getReason());
  }

  private static String objectKey(ObjectReference about) {
    return about.getKind() + "\0" + about.getNamespace() + "\0" + about.getName() + "\0" + about.getUid() + "\0" + about.getApiVersion()
        + "\0" + about.getFieldPath();
  }

  /** @param event what to write; @param fresh the same as a new object, should the old one have expired */
  record Correlated(String identity, Event event, Event fresh, int count) {
    boolean repeated() {
      return count > 1;
    }

    Map<String, Object> patch() {
      Map<String, Object> patch = new LinkedHashMap<>();
      patch.put("count", count);
      patch.put("lastTimestamp", event.getLastTimestamp());
      patch.put("message", event.getMessage());
      return patch;
    }
  }

  private record Counted(String name, String revision, String first, int count) {}

  private static final class Similar {
    private final Set<String> messages = new HashSet<>();
    private Instant last;
  }

  private static final class Bucket {
    private double tokens = SPAM_BURST;
    private Instant last;

    Bucket(Instant now) {
      last = now;
    }

    boolean take(Instant now) {
      tokens = Math.min(SPAM_BURST, tokens + Duration.between(last, now).toMillis() / 1000.0 * SPAM_REFILL_PER_SECOND);
      last = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }
  }

  /** Forgets what was not used for long. */
  private static final class Recent<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1L;

    Recent() {
      super(64, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > REMEMBERED;
    }
  }
}
