package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The kinds that the server knows, asked for at most every half minute, as the native controller resets its mapper. */
final class KnownKinds {
  private static final Duration FRESH = Duration.ofSeconds(30);

  private final MetadataClient client;
  private final Clock clock;
  private Discovery known; // guarded by this
  private Instant asked = Instant.MIN; // guarded by this

  KnownKinds(MetadataClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  private synchronized Discovery discovery() {
    Instant now = clock.now();
    if (known == null || Duration.between(asked, now).compareTo(FRESH) >= 0) {
      known = Discovery.of(client);
      asked = now;
    }
    return known;
  }

  /** The resources of a reference's kind in any version of its group, the preferred version first. */
  List<ResourceType> typesOf(CrossVersionObjectReference reference) {
    String group = group(reference);
    Discovery all = discovery();
    List<ResourceType> preferred = all.preferred().stream().filter(type -> isOf(type, group, reference.getKind())).toList();
    return preferred.isEmpty() ? all.all().stream().filter(type -> isOf(type, group, reference.getKind())).toList() : preferred;
  }

  private static boolean isOf(ResourceType type, String group, String kind) {
    return type.group().equals(group) && type.kind().equals(kind);
  }

  /** A reference's resource as custom metrics name it: {@code services}, {@code deployments.apps}. */
  Optional<String> resourceOf(CrossVersionObjectReference reference) {
    return typesOf(reference).stream().findFirst().map(type -> type.group().isEmpty() ? type.plural() : type.groupResource());
  }

  /** The version that a group prefers, if it is served at all. */
  Optional<String> preferredVersion(String group) {
    return discovery().all().stream().filter(type -> type.group().equals(group)).map(ResourceType::version).findFirst();
  }

  /** What is said of a reference to a kind that nobody serves. */
  static String unknown(CrossVersionObjectReference reference) {
    return "no matches for kind \"" + reference.getKind() + "\" in group \"" + group(reference) + "\"";
  }

  private static String group(CrossVersionObjectReference reference) {
    String version = reference.getApiVersion() == null ? "" : reference.getApiVersion();
    return version.contains("/") ? version.substring(0, version.indexOf('/')) : "";
  }
}
