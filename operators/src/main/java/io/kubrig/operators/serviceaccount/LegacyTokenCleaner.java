package io.kubrig.operators.serviceaccount;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks tokens that were made for service accounts by themselves and have not been used for long as invalid, and deletes them as long
 * again after that (KEP-2799). Sweeps at once and then daily. Does nothing until the API server has tracked the use of tokens for that
 * long.
 */
public final class LegacyTokenCleaner implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(LegacyTokenCleaner.class);
  private static final Key SWEEP = Key.of("sweep");
  private static final Duration DAY = Duration.ofDays(1);
  private static final String TYPE = "kubernetes.io/service-account-token";
  private static final String ACCOUNT = "kubernetes.io/service-account.name";
  private static final String UID = "kubernetes.io/service-account.uid";
  private static final Key TRACKING = new Key("kube-system", "kube-apiserver-legacy-service-account-token-tracking");

  private final Api api;
  private final Clock clock;
  private final Duration period;
  private final Cached<Secret> secrets;
  private final Cached<ServiceAccount> accounts;
  private final Cached<Pod> pods;
  private volatile Queue work; // set by watch, before anything runs

  /** A controller in a manager. */
  public LegacyTokenCleaner(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.period = context.options().duration("legacy-service-account-token-clean-up-period");
    this.secrets = context.caches().of(Secret.class);
    this.accounts = context.caches().of(ServiceAccount.class);
    this.pods = context.caches().of(Pod.class);
  }

  @Override
  public void watch(Queue queue) {
    work = queue;
  }

  @Override
  public void started() {
    work.add(SWEEP);
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<LocalDate> tracked = api.live(ConfigMap.class, TRACKING.namespace(), TRACKING.name())
        .flatMap(map -> LegacyTokenPlan.day(Objects.orEmpty(map.getData()).get("since")));
    if (tracked.filter(this::isLongAgo).isPresent()) {
      Map<String, Set<String>> named = new HashMap<>();
      secrets.list().stream().filter(secret -> TYPE.equals(secret.getType()) && isGenerated(secret)).forEach(secret -> {
        Set<String> ofPods = named.computeIfAbsent(secret.getMetadata().getNamespace(), this::named);
        if (!ofPods.contains(secret.getMetadata().getName())) {
          clean(secret);
        }
      });
    }
    return Outcome.after(DAY);
  }

  /** Whether the uses of tokens have been tracked for long enough, from the end of the day on which that began. */
  private boolean isLongAgo(LocalDate since) {
    return !clock.now().isBefore(since.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().plus(period));
  }

  /** Whether the account lists the secret, as it does with those that were made for it. */
  private boolean isGenerated(Secret secret) {
    Map<String, String> annotations = Objects.annotations(secret);
    String name = annotations.get(ACCOUNT);
    String uid = annotations.getOrDefault(UID, "");
    return name != null && accounts.get(secret.getMetadata().getNamespace(), name).stream()
        .filter(account -> uid.isEmpty() || uid.equals(account.getMetadata().getUid()))
        .flatMap(account -> Objects.orEmpty(account.getSecrets()).stream())
        .anyMatch(reference -> secret.getMetadata().getName().equals(reference.getName()));
  }

  /** The secrets that the pods of a namespace name. */
  private Set<String> named(String namespace) {
    Set<String> names = new HashSet<>();
    pods.inNamespace(namespace).forEach(pod -> names.addAll(PodSecrets.names(pod)));
    return names;
  }

  /** One that cannot be cleaned now waits for the next day, and holds up no other. */
  private void clean(Secret secret) {
    try {
      switch (LegacyTokenPlan.of(secret, clock.now(), period)) {
        case KEEP -> { }
        case INVALIDATE -> api.patch(secret, PatchType.JSON_MERGE, Map.of("metadata", Map.of("uid", secret.getMetadata().getUid(),
            "resourceVersion", secret.getMetadata().getResourceVersion(),
            "labels", Map.of(LegacyTokenPlan.INVALID_SINCE, LegacyTokenPlan.day(clock.now()).toString()))));
        case DELETE -> api.delete(secret,
            new Api.Deletion(secret.getMetadata().getUid(), secret.getMetadata().getResourceVersion(), null, null));
      }
    } catch (KubernetesClientException e) {
      if (!ApiErrors.isNotFound(e) && !ApiErrors.isConflict(e)) {
        LOG.error("legacy-serviceaccount-token-cleaner-controller: {}: {}", Key.of(secret), ApiErrors.message(e));
      }
    }
  }
}
