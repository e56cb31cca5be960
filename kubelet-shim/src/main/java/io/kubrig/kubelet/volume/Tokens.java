package io.kubrig.kubelet.volume;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.kubrig.kubelet.cluster.ClusterObjects;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * The service account tokens of the node's pods. A token is asked for once and renewed when four fifths of its life, or a day, are over;
 * the old one goes on being used while the API cannot be asked and it is still good.
 */
final class Tokens {
  private static final Duration LONGEST_USE = Duration.ofHours(24);
  private static final double USED_PART = 0.8;
  private static final long JITTER_MILLIS = 10_000;
  private static final long DEFAULT_SECONDS = 3600;

  private final ClusterObjects cluster;
  private final Clock clock;
  private final RandomGenerator random;
  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

  private record Key(String uid, String serviceAccount, String audience, long seconds) {}

  private record Entry(String token, Instant renewal, Instant expiry) {}

  Tokens(ClusterObjects cluster, Clock clock, RandomGenerator random) {
    this.cluster = cluster;
    this.clock = clock;
    this.random = random;
  }

  String token(Pod pod, ServiceAccountTokenProjection projection) {
    String account = pod.getSpec().getServiceAccountName() == null ? "default" : pod.getSpec().getServiceAccountName();
    String audience = projection.getAudience() == null ? "" : projection.getAudience();
    long seconds = projection.getExpirationSeconds() == null ? DEFAULT_SECONDS : projection.getExpirationSeconds();
    Key key = new Key(pod.getMetadata().getUid(), account, audience, seconds);
    Entry known = entries.get(key);
    if (known != null && clock.now().isBefore(known.renewal)) {
      return known.token;
    }
    try {
      Entry fresh = ask(pod, account, audience, seconds);
      entries.put(key, fresh);
      return fresh.token;
    } catch (ClusterObjects.ClusterException e) {
      if (known != null && clock.now().isBefore(known.expiry)) {
        return known.token;
      }
      throw e;
    }
  }

  /** Forgets the tokens of a pod that is gone. */
  void forget(String podUid) {
    entries.keySet().removeIf(key -> key.uid.equals(podUid));
  }

  private Entry ask(Pod pod, String account, String audience, long seconds) {
    TokenRequestBuilder request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withExpirationSeconds(seconds)
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec();
    if (!audience.isEmpty()) {
      request.editSpec().addToAudiences(audience).endSpec();
    }
    Instant asked = clock.now();
    TokenRequest answer = cluster.token(pod.getMetadata().getNamespace(), account, request.build());
    Instant expiry = Instant.parse(answer.getStatus().getExpirationTimestamp());
    Duration use = Duration.ofMillis((long) (Duration.between(asked, expiry).toMillis() * USED_PART));
    Duration bounded = use.compareTo(LONGEST_USE) < 0 ? use : LONGEST_USE;
    return new Entry(answer.getStatus().getToken(), asked.plus(bounded).minusMillis(random.nextLong(JITTER_MILLIS)), expiry);
  }
}
