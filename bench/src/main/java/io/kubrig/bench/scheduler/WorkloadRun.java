package io.kubrig.bench.scheduler;

import io.kubrig.bench.scheduler.Stage.Cost;
import io.kubrig.bench.scheduler.Templates.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Does the steps of one workload on a stage. Plays the controller that matters: claims of pods come from templates and go with them. */
final class WorkloadRun {
  private static final long PATIENCE_MILLIS = Long.getLong("patience", 120) * 1000;

  private final Stage stage;
  private final Progress progress;
  private final Templates templates;
  private final Workload workload;
  private final List<Thread> threads = new ArrayList<>();
  private final List<String> deviceNodes = new ArrayList<>();
  private final Map<String, List<String>> podsByNamespace = new ConcurrentHashMap<>();
  private final Map<String, Object> claimTemplates = new HashMap<>();
  private final Map<String, List<Map<String, Object>>> claims = new HashMap<>();
  private int named;
  private Measured collected;
  private Result told;

  /** What was measured: begun, and what had been bound and used then. */
  private record Measured(long begun, int bound, Cost cost, Map<String, String> labels) {}

  WorkloadRun(Stage stage, Progress progress, Templates templates, Workload workload) {
    this.stage = stage;
    this.progress = progress;
    this.templates = templates;
    this.workload = workload;
  }

  /** Runs it; what was measured. */
  Result run(List<Step> steps) throws InterruptedException {
    try {
      for (Step step : steps) {
        perform(step);
      }
    } finally {
      threads.forEach(Thread::interrupt);
      for (Thread t : threads) {
        t.join();
      }
    }
    return told;
  }

  private void perform(Step step) throws InterruptedException {
    if (step.has("nodes")) {
      nodes(step);
    } else if (step.has("namespaces")) {
      for (int i = 0; i < step.count("namespaces"); i++) {
        stage.create(Templates.namespace(step.text("prefix") + "-" + i, step.labels()));
      }
    } else if (step.has("objects")) {
      objects(step);
    } else if (step.has("driver")) {
      driver(step);
    } else if (step.has("allocate")) {
      allocate(step.text("allocate"));
    } else if (step.has("pods")) {
      pods(step);
    } else if (step.has("churn")) {
      start("churn", () -> churn(step));
    } else if (step.has("delete")) {
      start("deletions", () -> delete(step));
    } else if (step.has("update")) {
      update(step);
    } else if (step.has("barrier")) {
      if (step.text("barrier").equals("attempted")) {
        awaitAttempted(step.labels());
      } else {
        progress.awaitBound(step.labels(), PATIENCE_MILLIS);
      }
    } else {
      collect(step);
    }
  }

  private void awaitAttempted(Map<String, String> labels) throws InterruptedException {
    long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    for (stage.tellAttempted(); progress.untried(labels) > 0; stage.tellAttempted()) {
      if (System.currentTimeMillis() > deadline) {
        throw new IllegalStateException(progress.untried(labels) + " pods were not tried after " + PATIENCE_MILLIS + " ms");
      }
      Thread.sleep(10);
    }
  }

  /** Does something for each number, by as many threads as the stage bears. */
  private void each(int count, IntConsumer what) throws InterruptedException {
    if (stage.creators() == 1) {
      IntStream.range(0, count).forEach(what);
      return;
    }
    AtomicInteger next = new AtomicInteger();
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    List<Thread> workers = new ArrayList<>();
    for (int w = 0; w < stage.creators(); w++) {
      workers.add(Thread.ofPlatform().start(() -> {
        try {
          for (int i = next.getAndIncrement(); i < count && failure.get() == null; i = next.getAndIncrement()) {
            what.accept(i);
          }
        } catch (RuntimeException e) {
          failure.compareAndSet(null, e);
        }
      }));
    }
    for (Thread t : workers) {
      t.join();
    }
    if (failure.get() != null) {
      throw failure.get();
    }
  }

  private int serials(int count) {
    named += count;
    return named - count;
  }

  private Measured begin() {
    return new Measured(System.nanoTime(), 0, stage.cost(), Map.of());
  }

  private void collect(Step step) {
    if (step.text("collect").equals("start")) {
      collected = new Measured(System.nanoTime(), progress.bound(step.labels()), stage.cost(), step.labels());
    } else {
      tell(collected, progress.bound(collected.labels) - collected.bound, System.nanoTime());
    }
  }

  private void tell(Measured m, int pods, long end) {
    told = new Result(workload, pods, end - m.begun, stage.cost().since(m.cost));
  }

  private interface Interruptible {
    void run() throws InterruptedException;
  }

  private void start(String name, Interruptible work) {
    threads.add(Thread.ofPlatform().name(name).start(() -> {
      try {
        work.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }));
  }

  private void nodes(Step step) throws InterruptedException {
    int count = step.count("nodes");
    String template = step.text("template");
    int first = serials(count);
    each(count, i -> {
      Map<String, Object> node = templates.node(template, new Place(i, count), "scheduler-perf-" + (first + i), workload);
      stage.create(node);
      Map<String, Object> limit = templates.limit(template, Trees.name(node));
      if (limit != null) {
        stage.create(limit);
      }
    });
    if (template.equals("devices")) {
      IntStream.range(0, count).forEach(i -> deviceNodes.add("scheduler-perf-" + (first + i)));
    }
  }

  private void objects(Step step) {
    int count = step.count("objects");
    String namespace = step.text("namespace");
    for (int i = 0; i < count; i++) {
      Map<String, Object> o = templates.object(step.text("template"), new Place(i, count), namespace, "object-" + serials(1));
      stage.create(o);
      if (o.get("kind").equals("ResourceClaimTemplate")) {
        claimTemplates.put(namespace + "/" + Trees.name(o), Trees.map(o.get("spec")).get("spec"));
      } else if (o.get("kind").equals("ResourceClaim")) {
        claims.computeIfAbsent(namespace, n -> new ArrayList<>()).add(o);
      }
    }
  }

  private void driver(Step step) throws InterruptedException {
    Measured m = begin();
    deviceNodes.forEach(n -> stage.create(Templates.slice(n, step.count("driver"))));
    if (step.is("measure")) {
      stage.hold();
      stage.release();
      tell(m, deviceNodes.size(), System.nanoTime());
    }
  }

  /** Gives each claim a device: of the nodes in turn, or of its own slice. */
  private void allocate(String namespace) {
    List<Map<String, Object>> all = claims.getOrDefault(namespace, List.of());
    for (int i = 0; i < all.size(); i++) {
      boolean ownSlice = Trees.name(all.get(i)).startsWith("test-claim-with-selector");
      String node = deviceNodes.get(i % deviceNodes.size());
      Map<String, Object> device = Trees.object("request", "req-0", "driver", Templates.DRIVER,
          "pool", ownSlice ? "resourceslice-" + i : node,
          "device", ownSlice ? "device-2-counters-1" : "instance-" + i / deviceNodes.size());
      Map<String, Object> where = ownSlice
          ? Trees.object("matchExpressions", List.of(Trees.object("key", "node-with-dra", "operator", "In", "values", List.of("true"))))
          : Trees.object("matchFields", List.of(Trees.object("key", "metadata.name", "operator", "In", "values", List.of(node))));
      stage.updateStatus(Trees.over(all.get(i), Trees.object("status", Trees.object("allocation", Trees.object(
          "devices", Trees.object("results", List.of(device)), "nodeSelector", Trees.object("nodeSelectorTerms", List.of(where)))))));
    }
  }

  private void pods(Step step) throws InterruptedException {
    Progress.Group group = progress.group(templates.podLabels(step.text("template")));
    boolean measured = step.is("measure");
    if (!step.steady().isZero()) {
      steady(step, group);
      return;
    }
    if (measured) {
      stage.hold();
    }
    Measured m = begin();
    int each = step.has("each") ? step.count("each") : 1;
    for (int n = 0; n < each; n++) {
      String namespace = step.has("each") ? step.text("prefix") + "-" + n : step.text("namespace");
      int count = step.count("pods");
      int first = serials(count);
      each(count, i -> pod(step, namespace, new Place(i, count), group, first + i));
    }
    if (measured) {
      m = stage.release() ? begin() : m;
    }
    if (step.unless("wait")) {
      progress.awaitBound(group, PATIENCE_MILLIS);
    }
    if (measured) {
      tell(m, group.bound(), group.lastBound());
    }
  }

  private void pod(Step step, String namespace, Place place, Progress.Group group, int serial) {
    if (step.has("volumes")) {
      Templates.volume(step.text("volumes"), namespace, place.i()).forEach(stage::create);
    }
    Map<String, Object> pod = templates.pod(step.text("template"), place, namespace, "pod-" + serial);
    if (step.has("volumes")) {
      pod = Templates.withVolume(pod, place.i());
    }
    String key = Progress.key(namespace, Trees.name(pod));
    podsByNamespace.computeIfAbsent(namespace, n -> Collections.synchronizedList(new ArrayList<>())).add(key);
    progress.expect(key, group);
    String uid = stage.create(pod);
    Object entries = Trees.map(pod.get("spec")).get("resourceClaims");
    for (Object e : Trees.list(entries)) {
      String template = (String) Trees.map(e).get("resourceClaimTemplateName");
      if (template != null) {
        String claim = claimOf(key);
        stage.create(Templates.claim(pod, uid, claim, claimTemplates.get(namespace + "/" + template)));
        stage.updateStatus(Trees.over(pod, Trees.object("status", Trees.object("resourceClaimStatuses",
            List.of(Trees.object("name", Trees.map(e).get("name"), "resourceClaimName", claim))))));
      }
    }
  }

  private static String claimOf(String podKey) {
    return podKey.substring(podKey.indexOf('/') + 1) + "-resource";
  }

  /** So many pods at any time: one that is scheduled goes, with its claim, and another one comes. */
  private void steady(Step step, Progress.Group group) throws InterruptedException {
    Duration length = step.steady();
    int count = step.count("pods");
    String namespace = step.text("namespace");
    boolean ofTemplates = !claimTemplates.isEmpty();
    Measured m = begin();
    long end = m.begun + length.toNanos();
    for (int i = 0; i < count; i++) {
      pod(step, namespace, new Place(i, count), group, serials(1));
    }
    while (System.nanoTime() < end) {
      String key = group.pollBound();
      if (key == null) {
        Thread.sleep(1);
        continue;
      }
      stage.delete("Pod", namespace, key.substring(namespace.length() + 1));
      if (ofTemplates) {
        stage.delete("ResourceClaim", namespace, claimOf(key));
      }
      pod(step, namespace, new Place(group.bound(), count), group, serials(1));
    }
    tell(m, group.bound(), System.nanoTime());
  }

  /** Objects that come, and go when they are made anew, in turn. */
  private void churn(Step step) throws InterruptedException {
    List<Object> all = step.list("churn");
    List<Map<String, Object>> there = new ArrayList<>();
    for (int round = 0; !Thread.currentThread().isInterrupted(); round++) {
      for (Object t : all) {
        String template = (String) t;
        String name = "churn-" + round;
        Place place = new Place(round, 1);
        Map<String, Object> o = templates.isPod(template) ? templates.pod(template, place, "churn", name)
            : templates.isNode(template) ? templates.node(template, place, name, workload)
                : templates.object(template, place, "churn", name);
        stage.create(o);
        there.add(o);
        Thread.sleep(step.count("every"));
      }
      if (step.is("recreate")) {
        for (Map<String, Object> o : there) {
          stage.delete((String) o.get("kind"), Trees.namespace(o), Trees.name(o));
          Thread.sleep(step.count("every"));
        }
        there.clear();
      }
    }
  }

  private void delete(Step step) throws InterruptedException {
    String namespace = step.text("delete");
    List<String> doomed = List.copyOf(podsByNamespace.getOrDefault(namespace, List.of()));
    long begun = System.nanoTime();
    int done = 0;
    for (String key : doomed) {
      if (progress.is(key, step.labels())) {
        pace(begun, done++, step.count("perSecond"));
        stage.delete("Pod", namespace, key.substring(namespace.length() + 1));
      }
    }
  }

  private static void pace(long begun, int done, int perSecond) throws InterruptedException {
    long wait = begun + done * 1_000_000_000L / perSecond - System.nanoTime();
    if (wait > 0) {
      Thread.sleep(Duration.ofNanos(wait));
    }
  }

  private void update(Step step) throws InterruptedException {
    int count = step.count("update");
    String template = step.text("template");
    String namespace = step.text("namespace");
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      pace(begun, i, step.count("perSecond"));
      Place place = new Place(i, count);
      Map<String, Object> wanted = templates.isPod(template) ? templates.pod(template, place, namespace, "")
          : templates.node(template, place, "", workload);
      stage.update(wanted, step.is("resize"));
    }
  }
}
