package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Brings objects into the form in which stories were recorded, as the vectors' README says: generated names, uids, times and addresses told
 * apart by what they belong to, and nothing that the API server fills in by itself. Made anew for each comparison.
 */
final class Likeness {
  private static final Pattern UID = Pattern.compile("\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b");
  private static final Pattern TIME = Pattern.compile("\\b\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");
  private static final Pattern MINUTE = Pattern.compile("-\\d{8}\\b");
  private static final Pattern OF_MINUTE = Pattern.compile("^(.*)-(\\d{8})$");
  private static final Set<String> PLAYED = Set.of("PodScheduled", "Initialized", "ContainersReady", "PodReadyToStartContainers");
  private static final Set<String> OWNERS = Set.of("ReplicaSet", "ReplicationController", "DaemonSet", "Job");
  private static final Set<String> TOP = Set.of("apiVersion", "kind", "metadata", "spec", "status");
  private static final int LONGEST_PREFIX = 58;

  /** Which fields of specs are compared of kinds that stories write themselves. */
  private static final Map<String, List<String>> KEPT = Map.ofEntries(
      Map.entry("Deployment", List.of("replicas", "paused")), Map.entry("ReplicaSet", List.of("replicas")),
      Map.entry("StatefulSet", List.of("replicas")), Map.entry("ReplicationController", List.of("replicas")),
      Map.entry("DaemonSet", List.of()), Map.entry("Job", List.of("suspend", "parallelism", "completions")),
      Map.entry("CronJob", List.of("suspend")), Map.entry("PersistentVolumeClaim", List.of("volumeName")),
      Map.entry("Namespace", List.of("finalizers")), Map.entry("Node", List.of("podCIDR", "podCIDRs", "taints", "unschedulable")),
      Map.entry("PersistentVolume", List.of("claimRef", "persistentVolumeReclaimPolicy", "storageClassName")),
      Map.entry("Service", List.of()), Map.entry("HorizontalPodAutoscaler", List.of()), Map.entry("PodDisruptionBudget", List.of()),
      Map.entry("ResourceQuota", List.of()), Map.entry("CertificateSigningRequest", List.of("signerName")),
      Map.entry("ValidatingAdmissionPolicy", List.of()), Map.entry("CustomResourceDefinition", List.of()),
      Map.entry("ResourceSlice", List.of()), Map.entry("APIService", List.of()), Map.entry("StorageVersionMigration", List.of("resource")));

  private final Scene scene;
  private final Habits habits;
  private final Map<String, String> generated;
  private final List<Pattern> patterns = new ArrayList<>();
  private final Map<String, String> addresses = new HashMap<>();

  /**
   * Particulars of a story.
   *
   * @param minutes whether numbers of eight digits in names are minutes of a schedule
   * @param triggerTime whether the annotation about the last change of endpoints is compared
   */
  record Habits(boolean minutes, boolean triggerTime, String rootCertificates, Instant now) {}

  Likeness(Scene scene, Habits habits) {
    this.scene = scene;
    this.habits = habits;
    this.generated = scene.generated();
    TreeSet<String> longestFirst = new TreeSet<>(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));
    longestFirst.addAll(generated.keySet());
    pattern("(?<![a-z0-9.-])(?:%s)(?![a-z0-9])", longestFirst);
    longestFirst.clear();
    generated.values().forEach(one -> longestFirst.add(one.substring(0, one.length() - 1)));
    OWNERS.forEach(kind -> scene.objects(kind).forEach(owner -> longestFirst.add(name(owner) + "-")));
    pattern("(?<![a-z0-9.-])(%s)[bcdfghjklmnpqrstvwxz2456789]{5}(?![a-z0-9-])", longestFirst);
    for (JsonNode pod : scene.objects("Pod")) {
      for (JsonNode one : pod.path("status").path("podIPs")) {
        String address = one.path("ip").asText();
        addresses.put(address, "<ip%s of %s>".formatted(address.contains(":") ? "6" : "", generated.getOrDefault(name(pod), name(pod))));
      }
    }
  }

  private void pattern(String form, Set<String> words) {
    String any = words.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    patterns.add(words.isEmpty() ? null : Pattern.compile(form.formatted(any)));
  }

  private static String name(JsonNode object) {
    return object.path("metadata").path("name").asText();
  }

  /** A text without what is particular to this telling. */
  String text(String given) {
    String address = addresses.get(given);
    if (address != null) {
      return address.replace(scene.namespace(), "$NS");
    }
    String text = given;
    if (patterns.get(0) != null) {
      text = patterns.get(0).matcher(text).replaceAll(found -> Matcher.quoteReplacement(generated.get(found.group())));
    }
    if (patterns.get(1) != null) {
      text = patterns.get(1).matcher(text).replaceAll("$1*");
    }
    text = UID.matcher(text).replaceAll(found ->
        Matcher.quoteReplacement(scene.named(found.group()).map(known -> "<uid of " + known + ">").orElse("<uid>")));
    text = text.replace(scene.namespace(), "$NS");
    return TIME.matcher(text).replaceAll(found -> "<time>" + found.group(1).replace("Z", ""));
  }

  private String minuteless(String text) {
    return MINUTE.matcher(text).replaceAll("-<minute>");
  }

  private JsonNode walked(JsonNode tree) {
    JsonNode walked = Json.walk(tree, this::text);
    return habits.minutes ? Json.walk(walked, this::minuteless) : walked;
  }

  /** An object as it would have been recorded. */
  ObjectNode object(String kind, JsonNode given) {
    ObjectNode object = given.deepCopy();
    ObjectNode shape = Json.object();
    shape.set("metadata", metadata(object.path("metadata")));
    boolean owned = Selection.owner(object).isPresent();
    ObjectNode spec = spec(kind, object.path("spec"), owned);
    ObjectNode status = status(kind, object);
    if (!spec.isEmpty()) {
      shape.set("spec", spec);
    }
    if (!status.isEmpty()) {
      shape.set("status", status);
    }
    object.properties().stream().filter(field -> !TOP.contains(field.getKey()))
        .forEach(field -> shape.set(field.getKey(), field.getValue()));
    new DataShape(this::text, habits).shape(kind, shape);
    if (kind.equals("Job")) {
      minute(object, shape);
    }
    ObjectNode walked = (ObjectNode) walked(shape);
    JsonNode template = Json.at(walked, "data.spec.template");
    if (kind.equals("ControllerRevision") && template.path("spec").isObject()) {
      ((ObjectNode) Json.at(walked, "data.spec")).set("template", PodShape.template(template));
    }
    return walked;
  }

  private ObjectNode metadata(JsonNode given) {
    ObjectNode shape = Json.object().put("name", given.path("name").asText());
    String prefix = given.path("generateName").asText();
    if (!prefix.isEmpty() && !given.path("name").asText().startsWith(prefix.substring(0, Math.min(LONGEST_PREFIX, prefix.length())))) {
      shape.put("generateName", prefix);
    }
    if (Json.isSomething(given.path("labels"))) {
      shape.set("labels", given.get("labels"));
    }
    ObjectNode annotations = given.path("annotations").isObject() ? given.get("annotations").deepCopy() : Json.object();
    annotations.properties().removeIf(one -> one.getKey().startsWith("kubectl.kubernetes.io/last")
        || one.getKey().equals("endpoints.kubernetes.io/last-change-trigger-time") && !habits.triggerTime);
    if (!annotations.isEmpty()) {
      shape.set("annotations", annotations);
    }
    for (String list : List.of("ownerReferences", "finalizers")) {
      if (Json.isSomething(given.path(list))) {
        shape.set(list, Json.sorted(given.get(list)));
      }
    }
    if (given.has("deletionTimestamp")) {
      shape.put("deleting", true);
    }
    return shape;
  }

  private static ObjectNode only(ObjectNode object, List<String> fields) {
    return object.retain(fields);
  }

  private static ObjectNode spec(String kind, JsonNode given, boolean owned) {
    ObjectNode spec = given.isObject() ? given.deepCopy() : Json.object();
    if (kind.equals("Pod")) {
      spec = PodShape.spec(spec);
      return owned ? spec : only(spec, List.of("nodeName", "tolerations"));
    }
    if (!owned && KEPT.containsKey(kind)) {
      spec = only(spec, KEPT.get(kind));
    }
    if (spec.has("template")) {
      spec.set("template", PodShape.template(spec.get("template")));
    }
    if (Json.at(spec, "jobTemplate.spec") instanceof ObjectNode job) {
      job.set("template", PodShape.template(job.path("template")));
    }
    if (kind.equals("PersistentVolume") && spec.get("claimRef") instanceof ObjectNode claim) {
      claim.remove("resourceVersion");
    }
    if (kind.equals("Node")) {
      node(spec);
    }
    return spec;
  }

  private static void node(ObjectNode spec) {
    if (spec.has("podCIDR")) {
      spec.put("podCIDR", spec.get("podCIDR").asText().replaceFirst("^10\\.244\\.\\d+\\.\\d+/", "<pod network>/"));
      ArrayNode ranges = Json.MAPPER.createArrayNode();
      spec.path("podCIDRs").forEach(range ->
          ranges.add(range.asText().replaceFirst("^(10\\.244\\.\\d+\\.\\d+|fd00:10:244:[0-9a-f:]+)/", "<pod network>/")));
      spec.set("podCIDRs", ranges);
    }
    if (Json.isSomething(spec.path("taints"))) {
      spec.set("taints", Json.sorted(spec.get("taints")));
    }
  }

  private static ArrayNode conditions(JsonNode given) {
    ArrayNode conditions = Json.MAPPER.createArrayNode();
    for (JsonNode condition : given) {
      ObjectNode shape = conditions.addObject();
      List.of("type", "status", "reason", "message").stream().filter(field -> Json.isSomething(condition.path(field)))
          .forEach(field -> shape.set(field, condition.get(field)));
    }
    return Json.sorted(conditions, Comparator.comparing(one -> one.path("type").asText() + " " + one.path("status").asText()));
  }

  private ObjectNode status(String kind, JsonNode object) {
    ObjectNode status = object.path("status").isObject() ? object.get("status").deepCopy() : Json.object();
    if (kind.equals("Pod")) {
      return podStatus(status);
    }
    if (kind.equals("Node")) {
      ArrayNode conditions = conditions(status.path("conditions"));
      only(status, Json.isSomething(status.path("volumesAttached")) ? List.of("volumesAttached") : List.of()).set("conditions", conditions);
    }
    if (status.has("observedGeneration")) {
      boolean current = status.get("observedGeneration").equals(object.path("metadata").path("generation"));
      status.put("observedGeneration", current ? "current" : "behind");
    }
    if (status.path("conditions").isArray()) {
      status.set("conditions", conditions(status.get("conditions")));
    }
    status.remove(List.of("lastTransitionTime", "lastPhaseTransitionTime"));
    if (kind.equals("CertificateSigningRequest") && status.has("certificate")) {
      String pem = new String(Base64.getDecoder().decode(status.get("certificate").asText()), StandardCharsets.UTF_8);
      status.set("certificate", Credentials.certificate(pem, habits.now));
    }
    if (kind.equals("Service")) {
      status.properties().removeIf(field -> field.getValue().isContainerNode() && field.getValue().isEmpty());
    }
    if (kind.equals("CronJob") && Json.isSomething(status.path("active"))) {
      status.path("active").forEach(job -> ((ObjectNode) job).retain("kind", "name"));
    }
    return status;
  }

  private static ObjectNode podStatus(ObjectNode given) {
    ObjectNode shape = Json.object();
    for (String field : List.of("phase", "reason", "message", "resourceClaimStatuses", "nominatedNodeName")) {
      if (Json.isSomething(given.path(field))) {
        shape.set(field, given.get(field));
      }
    }
    ArrayNode conditions = Json.MAPPER.createArrayNode();
    for (JsonNode condition : conditions(given.path("conditions"))) {
      String type = condition.path("type").asText();
      if (!PLAYED.contains(type)) {
        conditions.add(type.equals("Ready") ? ((ObjectNode) condition).retain("type", "status") : condition);
      }
    }
    if (!conditions.isEmpty()) {
      shape.set("conditions", conditions);
    }
    return shape;
  }

  /** The name of a CronJob's job carries the minute it was made for. */
  private static void minute(JsonNode job, ObjectNode shape) {
    String time = job.path("metadata").path("annotations").path("batch.kubernetes.io/cronjob-scheduled-timestamp").asText();
    Matcher name = OF_MINUTE.matcher(name(job));
    if (time.isEmpty() || !name.matches()) {
      return;
    }
    String wanted;
    try {
      wanted = String.valueOf(OffsetDateTime.parse(time).toEpochSecond() / 60);
    } catch (DateTimeException e) {
      wanted = "";
    }
    shape.put("scheduledMinute", wanted.equals(name.group(2)) ? "matches name" : time + " does not match " + name(job));
  }

  /** Events, equal ones as one with how often they occurred. */
  List<ObjectNode> events() {
    Map<String, ObjectNode> counted = new LinkedHashMap<>();
    for (JsonNode event : scene.objects("Event")) {
      JsonNode about = event.path("involvedObject");
      ObjectNode shape = Json.object().put("object", text(about.path("kind").asText() + "/" + about.path("name").asText()));
      shape.set("type", event.get("type"));
      shape.set("reason", event.get("reason"));
      shape.put("message", text(event.path("message").asText()));
      String source = event.path("source").path("component").asText();
      shape.put("source", source.isEmpty() ? event.path("reportingComponent").asText() : source);
      ObjectNode result = habits.minutes ? (ObjectNode) Json.walk(shape, this::minuteless) : shape;
      int count = Math.max(1, event.path("count").asInt(event.path("series").path("count").asInt(1)));
      ObjectNode known = counted.putIfAbsent(Json.canonical(result), result);
      ObjectNode one = known == null ? result : known;
      one.put("times", one.path("times").asInt() + count);
    }
    return List.copyOf(counted.values());
  }
}
