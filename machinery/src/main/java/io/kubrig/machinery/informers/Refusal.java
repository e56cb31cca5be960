package io.kubrig.machinery.informers;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import java.time.Duration;
import java.util.Optional;

/**
 * Why a server did not go on.
 *
 * @param code of HTTP
 * @param reason the API's, empty when it gave none
 * @param tooLarge whether it has not come to the revision that was asked for
 * @param retryAfter how long it wants to be left alone
 */
record Refusal(int code, String reason, String message, boolean tooLarge, Optional<Duration> retryAfter) {
  private static final int CONFUSED = 500;

  static Refusal of(Status status, int code, Optional<Duration> retryAfter) {
    int stated = status.getCode() == null ? code : status.getCode();
    String reason = status.getReason() == null ? "" : status.getReason();
    String message = status.getMessage() == null ? "the server answered " + stated : status.getMessage();
    return new Refusal(stated, reason, message, isTooLarge(status.getDetails()), retryAfter);
  }

  static Refusal of(Status status) {
    return of(status, CONFUSED, Optional.empty());
  }

  private static boolean isTooLarge(StatusDetails details) {
    return details != null && details.getCauses() != null
        && details.getCauses().stream().anyMatch(cause -> "ResourceVersionTooLarge".equals(cause.getReason()));
  }

  /** Whether the server no longer knows the revision that was asked for. */
  boolean expired() {
    return reason.equals("Expired") || reason.equals("Gone") || code == 410;
  }

  /** Whether the same is to be asked again later. */
  boolean busy() {
    return code == 429 || code >= CONFUSED && retryAfter.isPresent();
  }
}
