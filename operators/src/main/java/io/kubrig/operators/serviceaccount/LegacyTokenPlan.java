package io.kubrig.operators.serviceaccount;

import io.fabric8.kubernetes.api.model.Secret;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/** What is to become of a token that was made for an account by itself and that no pod names (KEP-2799). */
enum LegacyTokenPlan {
  /** It is young, was used lately, or has not been invalid for long; or it cannot be known. */
  KEEP,
  /** It is to be marked as invalid from today. */
  INVALIDATE,
  /** It has been invalid for long. */
  DELETE;

  /** The day on which a token was used last. */
  static final String LAST_USED = "kubernetes.io/legacy-token-last-used";

  /** The day from which a token is not accepted any more. */
  static final String INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";

  /** Plans for a token. @param period how long is long; days are those of UTC */
  static LegacyTokenPlan of(Secret secret, Instant now, Duration period) {
    Map<String, String> labels = Objects.labels(secret);
    LocalDate longAgo = day(now.minus(period));
    if (Objects.isTerminating(secret) || !Objects.created(secret).isBefore(now.minus(period))) {
      return KEEP;
    }
    if (labels.containsKey(LAST_USED) && day(labels.get(LAST_USED)).filter(used -> used.isBefore(longAgo)).isEmpty()) {
      return KEEP;
    }
    Optional<LocalDate> invalid = day(labels.get(INVALID_SINCE));
    return invalid.isEmpty() ? INVALIDATE : invalid.get().isBefore(longAgo) ? DELETE : KEEP;
  }

  /** A day as labels name it. */
  static Optional<LocalDate> day(String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(LocalDate.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }
}
