package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.queue.TokenBucket;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps events from flooding the storage. (Source: plugin/pkg/admission/eventratelimit.) */
public final class EventRateLimit implements AdmissionPlugin {
  private static final int DEFAULT_CACHE = 4096;

  private final List<Limit> limits;

  /**
   * One of the limits that are all to be kept.
   *
   * @param type Server, Namespace, User or SourceAndObject: what shares a bucket
   * @param cacheSize how many buckets are remembered, those used last
   */
  public record LimitSettings(String type, int qps, int burst, int cacheSize) {
    private static final Set<String> TYPES = Set.of("Server", "Namespace", "User", "SourceAndObject");

    public LimitSettings {
      if (!TYPES.contains(type)) {
        throw new IllegalArgumentException("limits.type: Unsupported value: \"" + type + "\"");
      }
      if (qps <= 0 || burst <= 0) {
        throw new IllegalArgumentException("limits.qps and limits.burst: must be positive");
      }
    }

    /** Of an eventratelimit.admission.k8s.io Configuration. */
    public static List<LimitSettings> of(Tree configuration) {
      List<LimitSettings> all = new ArrayList<>();
      for (Tree limit : configuration.trees("limits")) {
        long cacheSize = limit.integer("cacheSize");
        all.add(
            new LimitSettings(
                limit.string("type"), (int) limit.integer("qps"), (int) limit.integer("burst"), cacheSize > 0 ? (int) cacheSize
                    : DEFAULT_CACHE));
      }
      return all;
    }
  }

  public EventRateLimit(List<LimitSettings> settings, Clock clock) {
    limits = settings.stream().map(one -> new Limit(one, clock)).toList();
  }

  @Override
  public String name() {
    return "EventRateLimit";
  }

  @Override
  public void validate(AdmissionRequest request) {
    boolean event = request.operation().resource().kind().equals("Event") && request.operation().resource().plural().equals("events");
    if (!event || request.object() == null || request.operation().dryRun()) {
      return;
    }
    Set<String> reached = new LinkedHashSet<>();
    for (Limit limit : limits) {
      String key = key(limit.settings.type(), request);
      if (!limit.bucket(key).tryTake()) {
        reached.add("limit reached on type " + limit.settings.type() + " for key " + key);
      }
    }
    if (!reached.isEmpty()) {
      String all = reached.size() == 1 ? reached.iterator().next() : "[" + String.join(", ", reached) + "]";
      throw ApiException.tooManyRequests("Too many requests: " + all, 0);
    }
  }

  private static String key(String type, AdmissionRequest request) {
    return switch (type) {
      case "Namespace" -> request.operation().namespace();
      case "User" -> request.operation().user().name();
      case "SourceAndObject" -> sourceAndObject(request.object());
      default -> "";
    };
  }

  private static String sourceAndObject(Tree event) {
    Tree source = event.has("deprecatedSource") ? event.tree("deprecatedSource") : event.tree("source");
    Tree object = event.has("regarding") ? event.tree("regarding") : event.tree("involvedObject");
    StringBuilder key = new StringBuilder(source.string("component")).append(source.string("host"));
    for (String member : List.of("kind", "namespace", "name", "uid", "apiVersion")) {
      key.append(object.string(member));
    }
    return key.toString();
  }

  /** The buckets of one limit, those used last. */
  private static final class Limit {
    private final LimitSettings settings;
    private final Clock clock;
    private final Map<String, TokenBucket> buckets;

    Limit(LimitSettings settings, Clock clock) {
      this.settings = settings;
      this.clock = clock;
      buckets =
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
              return size() > settings.cacheSize();
            }
          };
    }

    TokenBucket bucket(String key) {
      synchronized (buckets) {
        return buckets.computeIfAbsent(key, any -> new TokenBucket(clock, settings.qps(), settings.burst()));
      }
    }
  }
}
