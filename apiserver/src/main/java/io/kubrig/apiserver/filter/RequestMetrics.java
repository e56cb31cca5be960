package io.kubrig.apiserver.filter;

import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The request metrics of the native server. What a request counts in is looked up by one key per (verb, resource, code), so that counting
 * makes no tags.
 */
public final class RequestMetrics {
  private static final double[] DURATIONS = {
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60
  };
  private static final double[] SIZES = Buckets.exponential(1000, 10, 7);
  private static final Set<String> METHODS = Set.of(
      "APPLY", "CONNECT", "CREATE", "DELETE", "DELETECOLLECTION", "GET", "HEAD", "LIST", "PATCH", "POST", "PROXY", "PUT", "UPDATE",
          "WATCH", "WATCHLIST");

  private record Key(String verb, String dryRun, String group, String version, String resource, String subresource, String scope) {
    Tags tags() {
      return withoutDryRun().and("dry_run", dryRun);
    }

    Tags withoutDryRun() {
      return Tags.of("verb", verb, "group", group, "version", version, "resource", resource, "subresource", subresource, "scope", scope,
          "component", "apiserver");
    }
  }

  private record CodeKey(Key key, int code) {}

  private record Deprecated(String group, String version, String resource, String subresource) {}

  private final MeterRegistry registry;
  private final Map<CodeKey, Counter> totals = new ConcurrentHashMap<>();
  private final Map<Key, DistributionSummary> durations = new ConcurrentHashMap<>();
  private final Map<Key, DistributionSummary> sizes = new ConcurrentHashMap<>();
  private final Map<Deprecated, AtomicInteger> deprecated = new ConcurrentHashMap<>();
  private final Map<Key, AtomicInteger> longRunning = new ConcurrentHashMap<>();
  private final LongAdder reading = new LongAdder();
  private final LongAdder mutating = new LongAdder();

  public RequestMetrics(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("apiserver_current_inflight_requests", reading, LongAdder::sum)
        .tag("request_kind", "readOnly")
        .description("Maximal number of currently used inflight request limit of this apiserver per request kind in last second.")
        .register(registry);
    Gauge.builder("apiserver_current_inflight_requests", mutating, LongAdder::sum)
        .tag("request_kind", "mutating")
        .description("Maximal number of currently used inflight request limit of this apiserver per request kind in last second.")
        .register(registry);
  }

  void begun(Pipeline.Request request) {
    if (request.info().isLongRunning()) {
      longRunning.computeIfAbsent(key(request), this::longRunningGauge).incrementAndGet();
    } else {
      inFlight(request.info()).increment();
    }
  }

  private LongAdder inFlight(RequestInfo info) {
    return info.isReadOnly() ? reading : mutating;
  }

  private AtomicInteger longRunningGauge(Key key) {
    AtomicInteger count = new AtomicInteger();
    Gauge.builder("apiserver_longrunning_requests", count, AtomicInteger::get)
        .tags(key.withoutDryRun())
        .description(
            "Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all"
                + " requests are tracked this way.")
        .register(registry);
    return count;
  }

  void ended(Pipeline.Request request, int code, long bytes, Instant now) {
    if (request.info().isLongRunning()) {
      longRunning.get(key(request)).decrementAndGet();
    } else {
      inFlight(request.info()).decrement();
    }
    answered(request, code, bytes, now);
  }

  void answered(Pipeline.Request request, int code, long bytes, Instant now) {
    Key key = key(request);
    totals.computeIfAbsent(new CodeKey(key, code), this::total).increment();
    durations.computeIfAbsent(key, this::duration).record(Duration.between(request.received(), now).toNanos() / 1e9);
    if (key.verb.equals("GET") || key.verb.equals("LIST")) {
      sizes.computeIfAbsent(key, this::size).record(bytes);
    }
  }

  /** Notes that a version was asked for that is deprecated. */
  public void deprecated(RequestInfo info) {
    deprecated.computeIfAbsent(
        new Deprecated(info.group(), info.version(), info.resourceName(), info.subresource()),
        asked -> {
          AtomicInteger known = new AtomicInteger(1);
          Gauge.builder("apiserver_requested_deprecated_apis", known, AtomicInteger::get)
              .tags(
                  Tags.of("group", asked.group, "version", asked.version, "resource", asked.resource, "subresource", asked.subresource,
                      "removed_release", ""))
              .description(
                  "Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and"
                      + " removed_release.")
              .register(registry);
          return known;
        });
  }

  void dropped(Pipeline.Request request) {
    Counter.builder("apiserver_request_terminations_total")
        .tags(key(request).withoutDryRun())
        .tag("code", "429")
        .description("Number of requests which apiserver terminated in self-defense.")
        .register(registry)
        .increment();
  }

  private Counter total(CodeKey key) {
    return Counter.builder("apiserver_request_total")
        .tags(key.key.tags())
        .tag("code", Integer.toString(key.code == 0 ? 200 : key.code))
        .description(
            "Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and "
                + "HTTP response"
                + " code.")
        .register(registry);
  }

  private DistributionSummary duration(Key key) {
    return Buckets.histogram("apiserver_request_duration_seconds", DURATIONS)
        .tags(key.tags())
        .description(
            "Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and "
                + "component.")
        .register(registry);
  }

  private DistributionSummary size(Key key) {
    return Buckets.histogram("apiserver_response_sizes", SIZES)
        .tags(key.withoutDryRun())
        .description("Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component.")
        .register(registry);
  }

  private static Key key(Pipeline.Request request) {
    RequestInfo info = request.info();
    return new Key(verb(request), dryRun(request.query()), info.group(), info.version(), info.resourceName(), info.subresource(),
        scope(info));
  }

  private static String dryRun(Query query) {
    return query.value("dryRun").equals("All") ? "All" : "";
  }

  /** As native reports it: the method's name, with lists, watches, server-side apply and connections told apart. */
  private static String verb(Pipeline.Request request) {
    RequestInfo info = request.info();
    if (!info.resource()) {
      String method = request.exchange().method();
      return METHODS.contains(method) ? method : "other";
    }
    if (Set.of("exec", "attach", "portforward", "proxy").contains(info.subresource())) {
      return "CONNECT";
    }
    return switch (info.verb()) {
      case "get" -> "GET";
      case "list" -> "LIST";
      case "watch" -> request.query().flag("sendInitialEvents") ? "WATCHLIST" : "WATCH";
      case "create" -> "POST";
      case "update" -> "PUT";
      case "patch" -> request.exchange().headers().value("Content-Type").startsWith("application/apply-patch") ? "APPLY" : "PATCH";
      case "delete" -> "DELETE";
      case "deletecollection" -> "DELETECOLLECTION";
      case "proxy" -> "CONNECT";
      default -> "other";
    };
  }

  private static String scope(RequestInfo info) {
    if (!info.resource()) {
      return "";
    }
    if (!info.name().isEmpty() || info.verb().equals("create")) {
      return "resource";
    }
    return info.namespace().isEmpty() ? "cluster" : "namespace";
  }
}
