package io.kubrig.machinery.health;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checks of one health endpoint and the texts they make; checks may be added at any time. */
public final class HealthChecks {
  private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

  private final String endpoint;
  private final MeterRegistry metrics;
  private final List<HealthCheck> checks = new CopyOnWriteArrayList<>();
  private final Map<String, AtomicInteger> states = new ConcurrentHashMap<>();

  /** @param endpoint {@code healthz}, {@code livez} or {@code readyz} */
  public HealthChecks(String endpoint, MeterRegistry metrics, Collection<HealthCheck> checks) {
    this.endpoint = endpoint;
    this.metrics = metrics;
    this.checks.addAll(checks.isEmpty() ? List.of(HealthCheck.ping()) : checks);
  }

  public void add(HealthCheck check) {
    checks.add(check);
  }

  public String endpoint() {
    return endpoint;
  }

  /** The names of all checks, in their order. */
  public List<String> names() {
    return checks.stream().map(HealthCheck::name).toList();
  }

  /** An answer: the HTTP status and the text. */
  public record Answer(int status, String text) {}

  /**
   * Runs the checks and answers as the native endpoints do: {@code ok}, or one line for each check when that is wanted or one failed.
   *
   * @param excluded names of checks or groups to leave out
   */
  public Answer answer(Collection<String> excluded, boolean verbose) {
    Set<String> unmatched = new TreeSet<>(excluded);
    StringBuilder lines = new StringBuilder();
    List<String> failed = new ArrayList<>();
    for (HealthCheck check : checks) {
      if (excluded.contains(check.name())) {
        unmatched.remove(check.name());
        lines.append("[+]").append(check.name()).append(" excluded: ok\n");
      } else if (!check.group().isEmpty() && excluded.contains(check.group())) {
        unmatched.remove(check.group());
        lines.append("[+]").append(check.name()).append(" excluded with ").append(check.group()).append(": ok\n");
      } else if (passes(check)) {
        lines.append("[+]").append(check.name()).append(" ok\n");
      } else {
        failed.add(check.name());
        lines.append("[-]").append(check.name()).append(" failed: reason withheld\n");
      }
    }
    if (!unmatched.isEmpty()) {
      String names = unmatched.stream().map(name -> '"' + name + '"').collect(Collectors.joining(","));
      lines.append("warn: some health checks cannot be excluded: no matches for ").append(names).append('\n');
    }
    if (!failed.isEmpty()) {
      return new Answer(500, lines + endpoint + " check failed\n");
    }
    return new Answer(200, verbose ? lines + endpoint + " check passed\n" : "ok");
  }

  /** The answer of one check's own path, {@code /livez/ping}; empty when there is no such check. */
  public Optional<Answer> answer(String name) {
    return checks.stream().filter(check -> check.name().equals(name)).findFirst().map(HealthChecks::single);
  }

  private static Answer single(HealthCheck check) {
    try {
      check.check();
      return new Answer(200, "ok");
    } catch (Exception e) {
      return new Answer(500, "internal server error: " + e.getMessage() + "\n");
    }
  }

  private boolean passes(HealthCheck check) {
    try {
      check.check();
      count(check.name(), "success");
      return true;
    } catch (Exception e) {
      count(check.name(), "error");
      LOG.info("{} check failed: {}: {}", check.name(), endpoint, e.getMessage());
      return false;
    }
  }

  private void count(String name, String status) {
    states
        .computeIfAbsent(
            name,
            unused -> metrics.gauge("kubernetes_healthcheck", List.of(tag("name", name), tag("type", endpoint)), new AtomicInteger()))
        .set(status.equals("success") ? 1 : 0);
    metrics.counter("kubernetes_healthchecks_total", "name", name, "status", status, "type", endpoint).increment();
  }

  private static Tag tag(String key, String value) {
    return Tag.of(key, value);
  }
}
