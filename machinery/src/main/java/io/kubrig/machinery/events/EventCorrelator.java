package io.kubrig.machinery.events;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a flood of events into few: equal ones are counted on one, ten and more that differ only in their message within ten minutes
 * become one combined event, and an object gets at most 25 at once and then one every five minutes. The numbers are client-go's.
 *
 * <p>Used by one thread. It remembers the 4,096 that were used last.
 */
public final class EventCorrelator {
  private static final int REMEMBERED = 4096;
  private static final int MESSAGES = 10;
  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final int SPAM_BURST = 25;
  private static final double SPAM_REFILL_PER_SECOND = 1.0 / 300;
  private static final String COMBINED = "(combined from similar events): ";

  private final Map<String, Similar> similar = new Recent<>();
  private final Map<String, Counted> counted = new Recent<>();
  private final Map<String, Bucket> buckets = new Recent<>();

  /**
   * What to write.
   *
   * @param identity for {@link #written(Correlated, String)}
   * @param message of the event, which a combined one begins with "(combined from similar events)"
   * @param first when it happened first
   * @param count how often it has happened, 1 for the first time
   * @param name of the event that is there and has to be changed; empty when a new one has to be created
   */
  public record Correlated(String identity, String message, Instant first, int count, Optional<String> name) {}

  private record Counted(Optional<String> name, Instant first, int count) {
    Counted once() {
      return new Counted(name, first, count + 1);
    }
  }

  /** The event to write for something that happened; empty when its object has had too many, but then it is counted all the same. */
  public Optional<Correlated> correlate(Occurrence occurrence) {
    boolean combined = isOneOfMany(occurrence);
    String identity = combined ? occurrence.kind() : occurrence.identity();
    String message = combined ? COMBINED + occurrence.message() : occurrence.message();
    Counted now = counted.merge(identity, new Counted(Optional.empty(), occurrence.at(), 1), (before, one) -> before.once());
    boolean few = buckets.computeIfAbsent(occurrence.teller(), key -> new Bucket(occurrence.at())).take(occurrence.at());
    return few ? Optional.of(new Correlated(identity, message, now.first, now.count, now.name)) : Optional.empty();
  }

  /** Notes that an event has been written. @param name the event's */
  public void written(Correlated correlated, String name) {
    counted.computeIfPresent(correlated.identity, (identity, counted) -> new Counted(Optional.of(name), counted.first, counted.count));
  }

  /** Whether a message is a new one after nine others of the same kind. */
  private boolean isOneOfMany(Occurrence occurrence) {
    Similar group = similar.get(occurrence.kind());
    if (group == null || group.last.plus(INTERVAL).isBefore(occurrence.at())) {
      group = new Similar();
      similar.put(occurrence.kind(), group);
    }
    group.last = occurrence.at();
    if (!group.messages.contains(occurrence.message()) && group.messages.size() >= MESSAGES - 1) {
      return true;
    }
    group.messages.add(occurrence.message());
    return false;
  }

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

  /** The entries used last. */
  private static final class Recent<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1L;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > REMEMBERED;
    }
  }
}
