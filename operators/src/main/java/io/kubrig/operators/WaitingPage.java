package io.kubrig.operators;

import io.kubrig.machinery.health.Page;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.WaitingView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The page {@code /debug/waiting}: per controller the length of its queue, what is being worked on, what failed (with the last error and
 * the next attempt), what was put off (until when and why), and the writes whose outcome is awaited; beside them the caches that are not
 * filled yet.
 *
 * <p>{@code ?controller=C}, {@code ?namespace=N} and {@code ?name=M} narrow it down; of each list at most {@code ?limit=100} are shown.
 */
final class WaitingPage implements Page {
  private static final int SHOWN = 100;
  private static final double MILLIS = 1000;

  /** One controller. @param awaited objects whose creation or deletion has an unknown outcome */
  record Part(String controller, WaitingView view, List<String> awaited) {}

  private final ControllerGroup controllers;
  private final BooleanSupplier leads;

  WaitingPage(ControllerGroup controllers, BooleanSupplier leads) {
    this.controllers = controllers;
    this.leads = leads;
  }

  @Override
  public Answer answer(Request request) {
    Query query;
    try {
      query = Query.of(request);
    } catch (NumberFormatException e) {
      return new Answer(400, "text/plain; charset=utf-8", "the parameter limit is no number\n");
    }
    return new Answer(200, "application/json", text(leads.getAsBoolean(), controllers.unsynced(), controllers.waiting(), query) + "\n");
  }

  static String text(boolean leads, List<String> unsynced, List<Part> parts, Query query) {
    List<Object> shown = parts.stream().filter(part -> query.controller.isEmpty() || query.controller.equals(part.controller))
        .sorted(Comparator.comparing(Part::controller)).<Object>map(part -> tree(part, query)).toList();
    return Json.text(Tree.of("leading", leads, "unsyncedCaches", List.<Object>copyOf(unsynced), "controllers", shown));
  }

  private static Tree tree(Part part, Query query) {
    WaitingView view = part.view;
    List<Object> retries = view.retries().stream().filter(retry -> query.test(retry.key())).limit(query.limit).<Object>map(retry -> {
      Tree tree = Tree.of("key", retry.key().toString(), "failures", (long) retry.failure().times(),
          "lastError", String.valueOf(retry.failure().error()), "failedAt", retry.failure().at().toString());
      retry.next().ifPresent(next -> tree.set("nextAttempt", next.toString()));
      return tree;
    }).toList();
    List<Object> later = view.later().stream().filter(wait -> query.test(wait.key())).limit(query.limit).<Object>map(wait ->
        Tree.of("key", wait.key().toString(), "at", wait.at().toString(), "reason", wait.reason())).toList();
    return Tree.of("name", part.controller, "queueLength", (long) view.queued().size(), "queued", aged(view.queued(), query),
        "running", aged(view.running(), query), "retryCount", (long) view.retries().size(), "retries", retries,
        "delayedCount", (long) view.later().size(), "delayed", later, "awaitedWrites", List.<Object>copyOf(part.awaited));
  }

  private static List<Object> aged(Map<Key, Duration> keys, Query query) {
    List<Object> shown = new ArrayList<>();
    keys.entrySet().stream().filter(entry -> query.test(entry.getKey()))
        .sorted(Map.Entry.<Key, Duration>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey())).limit(query.limit)
        .forEach(entry -> shown.add(Tree.of("key", entry.getKey().toString(), "seconds", entry.getValue().toMillis() / MILLIS)));
    return shown;
  }

  /** What is asked for; empty texts ask for all. */
  record Query(String controller, String namespace, String name, int limit) implements Predicate<Key> {
    static final Query ALL = new Query("", "", "", SHOWN);

    static Query of(Request request) {
      String limit = parameter(request, "limit");
      return new Query(parameter(request, "controller"), parameter(request, "namespace"), parameter(request, "name"),
          limit.isEmpty() ? SHOWN : Integer.parseInt(limit));
    }

    private static String parameter(Request request, String name) {
      return request.query().getOrDefault(name, List.of("")).getFirst();
    }

    @Override
    public boolean test(Key key) {
      return (namespace.isEmpty() || namespace.equals(key.namespace())) && (name.isEmpty() || name.equals(key.name()));
    }
  }
}
