package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.e2e.stories.Wire.Ask;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tells one story: goes through its steps, and compares what has become of it with what was recorded. */
final class StoryTeller {
  private static final Duration ATTENTION = Duration.ofMillis(400); // lets the controllers' caches see it as well
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int REPORTED = 25;
  private static final Pattern TIME = Pattern.compile("\\$NOW([+-]\\d+)?\\$");
  private static final Pattern UID = Pattern.compile("\\$UID\\((\\w+)/([^)]+)\\)");

  private final StoryCluster cluster;
  private final Wire wire;
  private final JsonNode story;
  private final String namespace;
  private final StoryKubelet kubelet;
  private final Scene scene;
  private final Tidying tidying;
  private final Instant begin;
  private final Disturbance disturbance;

  StoryTeller(StoryCluster cluster, JsonNode story, String namespace, Disturbance disturbance) {
    this.disturbance = disturbance;
    this.cluster = cluster;
    this.wire = cluster.wire();
    this.story = story;
    this.namespace = namespace;
    this.begin = cluster.clock().now();
    this.kubelet =
        new StoryKubelet(wire, cluster.clock(), cluster.ledger(), namespace, story.path("dualStack").asBoolean());
    this.scene = kubelet.scene();
    this.tidying = new Tidying(cluster, scene);
  }

  /** Tells it whole. @throws StoryException when it goes otherwise */
  void tell() {
    watch();
    tidying.before(story.path("own"), this::filled);
    cluster.ledger().add(scene);
    try {
      wire.send(Ask.post(wire.path("Namespace", null), Json.object("""
          {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s"}}""", namespace)));
      until(Duration.ofSeconds(10), () -> wire.ifThere(Ask.get(wire.path("ServiceAccount", namespace, "default"))).isPresent(),
          "the default service account");
      kubelet.follow(filled(story.path("kubelet")));
      int number = 0;
      for (JsonNode step : story.path("steps")) {
        number++;
        try {
          disturbance.begin(cluster, number);
          step(filled(step));
        } catch (StoryException | Wire.Refused e) {
          throw new StoryException("step " + number + ": " + e.getMessage());
        }
      }
      story.path("expect").valueStream().filter(one -> one.has("invariant"))
          .forEach(one -> Invariants.check(scene, begin, filled(one)));
    } finally {
      cluster.calm();
      kubelet.stop();
      tidying.after(story.path("unfinalize"), this::filled);
      cluster.ledger().remove(scene);
    }
  }

  /** All kinds that the story speaks of. */
  private void watch() {
    TreeSet<String> kinds = new TreeSet<>();
    story.path("watch").forEach(kind -> kinds.add(kind.asText()));
    for (JsonNode expectation : story.path("expect")) {
      expectation.path("objects").fieldNames().forEachRemaining(kinds::add);
      expectation.path("watch").forEach(kind -> kinds.add(kind.asText()));
    }
    for (JsonNode step : story.path("steps")) {
      List.of("wait", "each").forEach(action -> kinds.add(step.path(action).path("kind").asText()));
      JsonNode applied = step.path("apply");
      (applied.isArray() ? applied.valueStream() : Stream.of(applied)).forEach(o -> kinds.add(o.path("kind").asText()));
    }
    if (!wire.knows("Pod")) {
      wire.learn();
    }
    kinds.stream().filter(wire::knows).forEach(cluster.ledger()::watch);
  }

  /** A copy with the namespace, times and uids of this telling. */
  private JsonNode filled(JsonNode given) {
    return Json.walk(given, this::filled);
  }

  private String filled(String given) {
    if (!given.contains("$")) {
      return given;
    }
    String text = given.replace("$NS", namespace);
    text = TIME.matcher(text).replaceAll(found -> {
      long seconds = found.group(1) == null ? 0 : Long.parseLong(found.group(1));
      return cluster.clock().now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS).toString();
    });
    Matcher uid = UID.matcher(text);
    if (uid.matches()) {
      return wire.send(Ask.get(wire.path(uid.group(1), namespace, uid.group(2)))).path("metadata").path("uid").asText();
    }
    return text;
  }

  private void until(Duration patience, BooleanSupplier condition, String what) {
    if (!cluster.await(patience, condition)) {
      throw new StoryException("waited in vain for " + what);
    }
  }

  private void step(JsonNode step) {
    Map<String, Consumer<JsonNode>> actions = new LinkedHashMap<>();
    StoryActions others = new StoryActions(cluster, scene, kubelet, tidying);
    actions.put("kubelet", kubelet::follow);
    actions.put("node", node -> node(node));
    actions.put("expect", at -> expect(at.asText()));
    actions.put("sleep", time -> cluster.pass(Duration.ofMillis(Math.round(time.asDouble() * 1000))));
    actions.put("wait", wanted -> await(wanted, step));
    actions.put("mark", name -> scene.mark(name.asText(), cluster.clock().now()));
    for (Map.Entry<String, Consumer<JsonNode>> action : actions.entrySet()) {
      if (step.has(action.getKey())) {
        action.getValue().accept(step.get(action.getKey()));
        cluster.pass(Duration.ZERO);
        return;
      }
    }
    others.act(step);
    cluster.pass(Duration.ZERO);
  }

  private void node(JsonNode step) {
    String name = step.path("name").asText();
    if (step.path("action").asText("up").equals("up")) {
      tidying.node(name);
    }
    cluster.nodes().act(step);
    boolean settles = step.path("action").asText("up").equals("up") && step.path("settled").asBoolean(true)
        && step.path("status").asBoolean(true) && step.path("ready").asBoolean(true);
    if (settles) {
      cluster.await(Duration.ofSeconds(10), () -> !cluster.nodes().taints(name).contains("node.kubernetes.io/not-ready"));
    }
  }

  private void await(JsonNode wanted, JsonNode step) {
    String kind = wanted.path("kind").asText();
    Duration patience = disturbance.patience(step.has("timeout") ? Duration.ofSeconds(step.get("timeout").asInt()) : PATIENCE);
    boolean came = cluster.await(patience, () -> {
      long found = scene.objects(kind).stream().filter(object -> Selection.matches(object, wanted)).count();
      return wanted.has("count") ? found == wanted.get("count").asInt() : found >= wanted.path("atLeast").asInt(1);
    });
    if (!came) {
      throw new StoryException("waited in vain for " + wanted + "; there are "
          + scene.objects(kind).stream().map(object -> object.path("metadata").path("name").asText()).limit(12).toList());
    }
    cluster.pass(ATTENTION);
  }

  // ---- expectations ----------------------------------------------------------------------------------------------------

  private void expect(String at) {
    JsonNode found = story.path("expect").valueStream().filter(one -> one.path("at").asText().equals(at)).findFirst()
        .orElseThrow(() -> new StoryException("no expectation " + at));
    ObjectNode expectation = found.deepCopy();
    if (expectation.has("select")) {
      expectation.set("select", filled(expectation.get("select")));
    }
    if (expectation.has("jws")) {
      until(Duration.ofSeconds(30), () -> fault(expectation.get("jws")).isEmpty(), "the signature: " + fault(expectation.get("jws")));
    }
    cluster.calm();
    Duration patience = disturbance.patience(Duration.ofMillis(Math.round(expectation.path("timeout").asDouble(30) * 1000)));
    Duration hold = Duration.ofMillis(Math.round(expectation.path("hold").asDouble(1) * 1000));
    Instant first = cluster.clock().now();
    while (true) {
      Instant[] since = new Instant[1];
      long[] seen = {-1};
      List<String> faults = new ArrayList<>();
      boolean held = cluster.await(patience.plus(hold), () -> {
        if (scene.changes() != seen[0]) {
          seen[0] = scene.changes();
          faults.clear();
          faults.addAll(faults(expectation));
          since[0] = faults.isEmpty() ? Optional.ofNullable(since[0]).orElse(cluster.clock().now()) : null;
        }
        boolean late = since[0] == null && Duration.between(first, cluster.clock().now()).compareTo(patience) > 0;
        return late || since[0] != null && Duration.between(since[0], cluster.clock().now()).compareTo(hold) >= 0;
      });
      if (held && since[0] != null) {
        return;
      }
      if (since[0] == null) {
        throw new StoryException("at " + at + ":\n    " + String.join("\n    ", faults.subList(0, Math.min(REPORTED, faults.size()))));
      }
    }
  }

  private String fault(JsonNode signature) {
    return Credentials.fault(wire.send(Ask.get(wire.path("ConfigMap", "kube-public", "cluster-info"))), signature);
  }

  private List<String> faults(JsonNode expectation) {
    List<String> faults = new ArrayList<>();
    Likeness likeness = new Likeness(scene, new Likeness.Habits(story.path("minutes").asBoolean(), story.path("triggerTime").asBoolean(),
        cluster.rootCertificates(), cluster.clock().now()));
    if (!disturbance.isNone()) {
      // written only if the status is written right after the scaling, as natively
      ((ObjectNode) expectation).withArrayProperty("ignore").add("HorizontalPodAutoscaler:status.lastScaleTime");
      Json.remove(expectation.path("objects").path("HorizontalPodAutoscaler"), List.of("status", "lastScaleTime"));
    }
    expectation.path("objects").properties().forEach(kind -> Comparison.sets(kind.getKey(), kind.getValue(),
        observed(likeness, kind.getKey(), expectation), faults));
    if (!disturbance.isNone()) {
      return faults;
    }
    List<ObjectNode> events = likeness.events().stream().filter(event -> expectation.path("ignoreEvents").valueStream()
        .noneMatch(glob -> Glob.matches(glob.asText(), event.path("reason").asText()))).toList();
    expectation.path("events").forEach(event -> event(event, events, faults));
    for (JsonNode unwanted : expectation.path("noEvents")) {
      events.stream().filter(event -> Glob.matches(unwanted.path("reason").asText(), event.path("reason").asText())
          && Glob.matches(unwanted.path("object").asText("*"), event.path("object").asText()))
          .forEach(event -> faults.add("event not expected: " + Comparison.brief(event)));
    }
    return faults;
  }

  private static void event(JsonNode wanted, List<ObjectNode> events, List<String> faults) {
    ObjectNode like = ((ObjectNode) wanted.deepCopy()).without(List.of("count", "min", "max"));
    int count = 0;
    for (ObjectNode event : events) {
      count += Comparison.same(like, event.deepCopy().without("times")) ? event.path("times").asInt() : 0;
    }
    int least = wanted.path("count").asInt(wanted.path("min").asInt(1));
    int most = wanted.path("count").asInt(wanted.path("max").asInt(Integer.MAX_VALUE));
    if (count < least || count > most) {
      List<String> near = events.stream().filter(event -> event.path("reason").equals(wanted.path("reason")))
          .map(Comparison::brief).limit(3).toList();
      faults.add("event " + Comparison.brief(wanted) + " seen " + count + " times; of the same reason: " + near);
    }
  }

  private List<JsonNode> observed(Likeness likeness, String kind, JsonNode expectation) {
    JsonNode selection = expectation.path("select").path(kind);
    List<JsonNode> objects = scene.objects(kind).stream().filter(object -> Selection.matches(object, selection)).toList();
    if (selection.isMissingNode() && kind.equals("ConfigMap")) {
      objects = objects.stream().filter(map -> !map.path("metadata").path("name").asText().matches("(kube-root|openshift-service)-ca.crt"))
          .toList();
    }
    if (selection.isMissingNode() && kind.equals("ServiceAccount")) {
      objects = objects.stream().filter(account -> !account.path("metadata").path("name").asText().equals("default")).toList();
    }
    Map<String, ObjectNode> counted = new LinkedHashMap<>();
    Map<String, Integer> times = new LinkedHashMap<>();
    for (JsonNode object : objects) {
      ObjectNode shape = likeness.object(kind, object);
      if (expectation.path("fields").has(kind)) {
        shape = fields(shape, expectation.path("fields").path(kind));
      }
      for (JsonNode ignored : expectation.path("ignore")) {
        String[] parts = ignored.asText().split(":", 2);
        if (parts[0].equals(kind) || parts[0].equals("*")) {
          Json.remove(shape, Pattern.compile("(?<!\\\\)\\.").splitAsStream(parts[1]).map(part -> part.replace("\\", "")).toList());
        }
      }
      counted.putIfAbsent(Json.canonical(shape), shape);
      times.merge(Json.canonical(shape), 1, Integer::sum);
    }
    times.forEach((shape, count) -> {
      if (count > 1) {
        counted.get(shape).put("times", count);
      }
    });
    return counted.values().stream().sorted(Comparator.comparing(Json::canonical)).map(JsonNode.class::cast).toList();
  }

  private static ObjectNode fields(ObjectNode shape, JsonNode paths) {
    ObjectNode fields = Json.object();
    fields.putObject("metadata").put("name", shape.path("metadata").path("name").asText());
    ((ArrayNode) paths).forEach(path -> fields.set(path.asText(), Json.atOrNull(shape, path.asText())));
    return fields;
  }
}
