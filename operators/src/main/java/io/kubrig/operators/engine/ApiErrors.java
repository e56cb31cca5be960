package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;

/** What an API server's refusal says. */
public final class ApiErrors {
  private ApiErrors() {}

  /** Whether the server refused, as opposed to a broken connection or a bug of ours. */
  public static boolean isAnswer(Throwable failure) {
    return failure instanceof KubernetesClientException e && e.getStatus() != null;
  }

  /** 409 for an object that has moved on. */
  public static boolean isConflict(Throwable failure) {
    return hasReason(failure, "Conflict");
  }

  /** 409 for a name that is taken. */
  public static boolean isAlreadyExists(Throwable failure) {
    return hasReason(failure, "AlreadyExists");
  }

  /** 404. */
  public static boolean isNotFound(Throwable failure) {
    return failure instanceof KubernetesClientException e && e.getCode() == 404;
  }

  /** 422. */
  public static boolean isInvalid(Throwable failure) {
    return failure instanceof KubernetesClientException e && e.getCode() == 422;
  }

  /** 403. */
  public static boolean isForbidden(Throwable failure) {
    return failure instanceof KubernetesClientException e && e.getCode() == 403;
  }

  /** 504, or no answer in time: the write may have been done. */
  public static boolean isTimeout(Throwable failure) {
    return hasReason(failure, "Timeout");
  }

  /** Whether the server may have done what it was asked: it did not answer, ran out of time, or failed on the way. */
  public static boolean isUnknownOutcome(Throwable failure) {
    return failure instanceof KubernetesClientException e && (e.getCode() <= 0 || e.getCode() >= 500);
  }

  /** A create was refused because its namespace is being deleted. */
  public static boolean isTerminating(Throwable failure) {
    return causes(failure).stream().anyMatch(cause -> "NamespaceTerminating".equals(cause.getReason()));
  }

  /** The server's own words, as native controllers put them into conditions and events. */
  public static String message(Throwable failure) {
    if (failure instanceof KubernetesClientException e && e.getStatus() != null && e.getStatus().getMessage() != null) {
      return e.getStatus().getMessage();
    }
    return String.valueOf(failure.getMessage());
  }

  private static boolean hasReason(Throwable failure, String reason) {
    return failure instanceof KubernetesClientException e && e.getStatus() != null && reason.equals(e.getStatus().getReason());
  }

  private static List<StatusCause> causes(Throwable failure) {
    if (failure instanceof KubernetesClientException e && e.getStatus() != null && e.getStatus().getDetails() != null
        && e.getStatus().getDetails().getCauses() != null) {
      return e.getStatus().getDetails().getCauses();
    }
    return List.of();
  }
}
