package io.kubrig.operators.loadbalancer;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.operators.cloud.CloudException;
import io.kubrig.operators.engine.ApiErrors;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** A step of a service's way to its balancer failed; the message says which one, in the words of events. */
final class SyncException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SyncException(String step, RuntimeException cause) {
    super(step + ": " + ApiErrors.message(cause), cause);
  }

  SyncException(String message) {
    super(message);
  }

  /** Does a step; what another controller does elsewhere has been done. */
  static void doing(String step, Runnable work) {
    asking(step, () -> {
      try {
        work.run();
      } catch (CloudException e) {
        if (!e.isElsewhere()) {
          throw e;
        }
      }
      return step;
    });
  }

  /** Asks something on the way. */
  static <A> A asking(String step, Supplier<A> question) {
    try {
      return question.get();
    } catch (CloudException | KubernetesClientException e) {
      throw new SyncException(step, e);
    }
  }

  /** When the provider wants to be asked again. */
  Optional<Duration> retryAfter() {
    return getCause() instanceof CloudException trouble ? trouble.retryAfter() : Optional.empty();
  }
}
