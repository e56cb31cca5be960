package io.kubrig.operators.bootstraptoken;

import io.fabric8.kubernetes.api.model.Secret;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Deletes bootstrap tokens whose time is over. Keys are their Secrets. */
public final class TokenCleaner implements Controller {
  private final Api api;
  private final Clock clock;
  private final Cached<Secret> secrets;

  /** A controller in a manager. */
  public TokenCleaner(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.secrets = context.caches().of(Secret.class);
  }

  @Override
  public void watch(Queue queue) {
    secrets.onChange(secret -> {
      if (BootstrapToken.is(secret)) {
        queue.add(Key.of(secret));
      }
    });
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Secret> secret = secrets.get(key).filter(BootstrapToken::is);
    Optional<Instant> end = secret.flatMap(BootstrapToken::expiration);
    if (end.isEmpty()) {
      return Outcome.DONE;
    }
    if (end.get().isAfter(clock.now())) {
      return Outcome.after(Duration.between(clock.now(), end.get()), "the end of the token");
    }
    try {
      api.delete(secret.get(), Api.Deletion.ofUid(secret.get().getMetadata().getUid()));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e) && !ApiErrors.isConflict(e)) {
        throw e;
      }
    }
    return Outcome.DONE;
  }
}
