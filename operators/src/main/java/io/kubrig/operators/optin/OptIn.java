package io.kubrig.operators.optin;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.events.EventRecorder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** One annotation that asks for something. A value that makes no sense asks for nothing, and is told in an event, once. */
public final class OptIn<T> {
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final String annotation;
  private final Function<String, T> parser;
  private final EventRecorder events;
  private final ConcurrentMap<Key, String> told = new ConcurrentHashMap<>(); // the bad value that each object's user knows of

  private OptIn(String annotation, Function<String, T> parser, EventRecorder events) {
    this.annotation = annotation;
    this.parser = parser;
    this.events = events;
  }

  /** An annotation that says true or false. */
  public static OptIn<Boolean> truth(String annotation, EventRecorder events) {
    return new OptIn<>(annotation, text -> switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    }, events);
  }

  /** An annotation that says a time of a second or more, as Go writes it ({@code 5s}, {@code 1m30s}). */
  public static OptIn<Duration> period(String annotation, EventRecorder events) {
    return new OptIn<>(annotation, OptIn::period, events);
  }

  static Duration period(String text) {
    Duration period;
    try {
      period = GoDuration.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not a duration such as 5s or 1m30s", e);
    }
    if (period.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("shorter than 1s");
    }
    return period;
  }

  /** What an object asks for. */
  public Optional<T> of(HasMetadata object) {
    String value = Objects.annotations(object).get(annotation);
    if (value == null) {
      forget(Key.of(object));
      return Optional.empty();
    }
    try {
      T asked = parser.apply(value);
      forget(Key.of(object));
      return Optional.of(asked);
    } catch (IllegalArgumentException e) {
      if (!value.equals(told.put(Key.of(object), value))) {
        events.warning(object, "InvalidAnnotation",
            "The annotation " + annotation + " has no effect: \"" + value + "\" is " + e.getMessage());
      }
      return Optional.empty();
    }
  }

  /** Forgets an object that has gone. */
  public void forget(Key object) {
    told.remove(object);
  }
}
