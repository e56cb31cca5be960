package io.kubrig.operators.serviceaccount;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/**
 * Marks tokens that were made for service accounts by themselves and have not been used for long as invalid, and deletes them as long
 * again after that (KEP-2799). Sweeps daily. Does nothing until the API server has tracked the use of tokens for that long.
 */
public final class LegacyTokenCleaner implements Controller {
  private static final Key SWEEP = Key.of("sweep");
  private static final Duration DAY = Duration.ofDays(1);
  private static final String TYPE = "kubernetes.io/service-account-token";
  private static final String ACCOUNT = "kubernetes.io/service-account.name";
  private static final String LAST_USED = "kubernetes.io/legacy-token-last-used";
  private static final String INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";
  private static final Key TRACKING = new Key("kube-system", "kube-apiserver-legacy-service-account-token-tracking");

  private final Api api;
  private final Clock clock;
  private final Duration period;
  private final Cached<Secret> secrets;
  private final Cached<ServiceAccount> accounts;
  private final Cached<ConfigMap> maps;
  private final Cached<Pod> pods;
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public LegacyTokenCleaner(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.period = context.options().duration("legacy-service-account-token-clean-up-period");
    this.secrets = context.caches().of(Secret.class);
    this.accounts = context.caches().of(ServiceAccount.class);
    this.maps = context.caches().of(ConfigMap.class);
    this.pods = context.caches().of(Pod.class);
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
  }

  @Override
  public void started() {
    work.addAfter(SWEEP, DAY);
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<LocalDate> tracked = maps.get(TRACKING).flatMap(map -> date(Objects.orEmpty(map.getData()).get("since")));
    if (tracked.filter(this::isLongAgo).isPresent()) {
      secrets.list().stream().filter(secret -> TYPE.equals(secret.getType()) && isGenerated(secret) && !isMounted(secret))
          .forEach(this::clean);
    }
    return Outcome.after(DAY);
  }

  private boolean isLongAgo(LocalDate date) {
    return date.atStartOfDay(ZoneOffset.UTC).toInstant().plus(period).isBefore(clock.now());
  }

  private static Optional<LocalDate> date(String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(LocalDate.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Whether the account lists the secret, as it does with those that were made for it. */
  private boolean isGenerated(Secret secret) {
    String name = Objects.annotations(secret).get(ACCOUNT);
    return name != null && accounts.get(secret.getMetadata().getNamespace(), name).stream()
        .flatMap(account -> Objects.orEmpty(account.getSecrets()).stream())
        .anyMatch(reference -> secret.getMetadata().getName().equals(reference.getName()));
  }

  private boolean isMounted(Secret secret) {
    String name = secret.getMetadata().getName();
    return pods.inNamespace(secret.getMetadata().getNamespace()).stream()
        .flatMap(pod -> Objects.orEmpty(pod.getSpec().getVolumes()).stream())
        .anyMatch(volume -> volume.getSecret() != null && name.equals(volume.getSecret().getSecretName()));
  }

  private void clean(Secret secret) {
    Map<String, String> labels = Objects.labels(secret);
    Optional<LocalDate> used = date(labels.get(LAST_USED));
    boolean idle = used.isPresent() ? isLongAgo(used.get()) : Objects.created(secret).plus(period).isBefore(clock.now());
    if (!idle) {
      return;
    }
    Optional<LocalDate> invalid = date(labels.get(INVALID_SINCE));
    if (invalid.isEmpty()) {
      String today = LocalDate.ofInstant(clock.now(), ZoneOffset.UTC).toString();
      api.patch(secret, PatchType.STRATEGIC_MERGE, Map.of("metadata", Map.of("uid", secret.getMetadata().getUid(),
          "resourceVersion", secret.getMetadata().getResourceVersion(), "labels", Map.of(INVALID_SINCE, today))));
    } else if (isLongAgo(invalid.get())) {
      delete(secret);
    }
  }

  private void delete(Secret secret) {
    try {
      api.delete(secret, new Api.Deletion(secret.getMetadata().getUid(), secret.getMetadata().getResourceVersion(), null, null));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
