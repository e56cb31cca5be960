package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.e2e.stories.Wire.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** What users and the components that nobody plays do in a story: requests. */
final class StoryActions {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LONG_PATIENCE = Duration.ofSeconds(90);
  private static final Set<String> STRATEGIC = Set.of("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Pod", "Service", "Job",
      "CronJob", "ReplicationController", "Node", "Secret", "ConfigMap", "ServiceAccount", "PersistentVolume", "PersistentVolumeClaim");

  private final StoryCluster cluster;
  private final Wire wire;
  private final Scene scene;
  private final StoryKubelet kubelet;
  private final Tidying tidying;
  private final String namespace;

  StoryActions(StoryCluster cluster, Scene scene, StoryKubelet kubelet, Tidying tidying) {
    this.cluster = cluster;
    this.wire = cluster.wire();
    this.scene = scene;
    this.kubelet = kubelet;
    this.tidying = tidying;
    this.namespace = scene.namespace();
  }

  void act(JsonNode step) {
    if (step.has("apply")) {
      JsonNode given = step.get("apply");
      (given.isArray() ? given : Json.MAPPER.createArrayNode().add(given)).forEach(object -> apply(object, step));
    } else if (step.has("patch")) {
      patch(step);
    } else if (step.has("scale")) {
      ObjectNode body = Json.object("{\"spec\": {\"replicas\": %s}}", step.path("replicas"));
      wire.send(Ask.patch(path(step.path("scale").asText()) + "/scale", body, Wire.MERGE));
    } else if (step.has("delete")) {
      delete(step);
    } else if (step.has("evict")) {
      evict(step);
    } else if (step.has("pods")) {
      pods(step.get("pods"));
    } else if (step.has("each")) {
      each(step.get("each"));
    } else {
      play(step);
    }
  }

  private void play(JsonNode step) {
    if (step.has("ownby")) {
      own(step.get("ownby"));
    } else if (step.has("distinct")) {
      distinct(step.get("distinct"));
    } else if (step.has("metrics")) {
      metrics(step.get("metrics"));
    } else if (step.has("claimref")) {
      claim(step.get("claimref"));
    } else if (step.has("attached")) {
      attach(step.get("attached"));
    } else if (step.has("detached")) {
      until(LONG_PATIENCE, () -> attachments(step.get("detached")).isEmpty(), "the end of attachments of " + step);
    } else if (step.has("reserve")) {
      reserve(step.get("reserve"));
    } else if (step.has("approve")) {
      approve(step);
    } else {
      JsonNode request = step.path("request");
      expecting(step, () -> wire.send(new Ask(request.path("method").asText(), request.path("path").asText(), request.get("body"),
          request.path("type").asText(Wire.JSON), request.get("as"))));
    }
  }

  private void until(Duration patience, BooleanSupplier condition, String what) {
    if (!cluster.await(patience, condition)) {
      throw new StoryException("waited in vain for " + what);
    }
  }

  /** Kind/name, or Kind//namespace/name. */
  private String path(String reference) {
    String[] parts = reference.split("/+");
    return parts.length > 2 ? wire.path(parts[0], parts[1], parts[2]) : wire.path(parts[0], namespace, parts[1]);
  }

  /** Makes a request that may have to fail: {@code error} is a status code or {@code any} (which need not come about). */
  private void expecting(JsonNode step, Runnable request) {
    JsonNode error = step.path("error");
    try {
      request.run();
    } catch (Wire.Refused e) {
      if (!error.asText().equals("any") && error.asInt() != e.code() || !e.getMessage().contains(step.path("message").asText())) {
        throw e;
      }
      return;
    }
    if (error.isInt()) {
      throw new StoryException("should have failed with " + error + ": " + step);
    }
  }

  private void apply(JsonNode given, JsonNode step) {
    ObjectNode object = given.deepCopy();
    String kind = object.path("kind").asText();
    JsonNode metadata = object.path("metadata");
    if (!wire.knows(kind)) {
      until(PATIENCE, () -> {
        wire.learn();
        return wire.knows(kind);
      }, "the kind " + kind);
    }
    String within = metadata.path("namespace").asText(namespace);
    String all = wire.path(object, within);
    expecting(step, () -> {
      JsonNode made = create(object, all, step);
      String name = made.path("metadata").path("name").asText();
      boolean namespaced = wire.kind(kind).namespaced();
      if (!namespaced && !name.contains(namespace)) {
        scene.own(kind + "/" + name);
      }
      scene.names(made);
      if (!namespaced || !within.equals(namespace)) {
        tidying.made(all + "/" + name.replace(":", "%3A"));
      }
    });
  }

  private JsonNode create(ObjectNode object, String all, JsonNode step) {
    try {
      return wire.send(Ask.post(all, object).by(step.path("as")));
    } catch (Wire.Refused e) {
      String name = object.path("metadata").path("name").asText();
      if (e.code() != 409 || step.has("error") || name.isEmpty()) {
        throw e;
      }
      return wire.send(Ask.patch(all + "/" + name, object, Wire.MERGE));
    }
  }

  private void patch(JsonNode step) {
    String reference = step.path("patch").asText();
    String kind = reference.substring(0, reference.indexOf('/'));
    String type = switch (step.path("type").asText(STRATEGIC.contains(kind) ? "strategic" : "merge")) {
      case "strategic" -> Wire.STRATEGIC;
      case "json" -> "application/json-patch+json";
      default -> Wire.MERGE;
    };
    String sub = step.has("subresource") ? "/" + step.get("subresource").asText() : "";
    expecting(step, () -> wire.send(Ask.patch(path(reference) + sub, step.get("body"), type).by(step.path("as"))));
  }

  private void delete(JsonNode step) {
    ObjectNode options = Json.object("{\"kind\": \"DeleteOptions\", \"apiVersion\": \"v1\"}");
    if (step.has("propagation")) {
      options.set("propagationPolicy", step.get("propagation"));
    }
    if (step.has("grace")) {
      options.set("gracePeriodSeconds", step.get("grace"));
    }
    expecting(step, () -> wire.send(Ask.delete(path(step.path("delete").asText()), options)));
  }

  private void evict(JsonNode step) {
    String path = path(step.path("evict").asText());
    String name = path.substring(path.lastIndexOf('/') + 1);
    expecting(step, () -> wire.send(Ask.post(path + "/eviction", Json.object("""
        {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "%s", "namespace": "%s"}}""", name, namespace))));
  }

  private void approve(JsonNode step) {
    String path = wire.path("CertificateSigningRequest", null, step.path("approve").asText());
    ObjectNode request = (ObjectNode) wire.send(Ask.get(path));
    request.withObjectProperty("status").withArrayProperty("conditions").add(Json.object("""
        {"type": "%s", "status": "True", "reason": "%s", "message": "by the case", "lastUpdateTime": "%s"}""",
        step.path("type").asText("Approved"), step.path("reason").asText("Test"), StoryNodes.now(cluster.clock())));
    wire.send(Ask.put(path + "/approval", request));
  }

  private List<JsonNode> chosen(JsonNode choice) {
    int count = choice.path("count").asInt(-1);
    List<JsonNode> found = new ArrayList<>();
    until(PATIENCE, () -> {
      found.clear();
      scene.objects("Pod").stream().filter(pod -> Selection.matches(pod, choice.path("select")))
          .sorted(Comparator.comparing(pod -> pod.path("metadata").path("name").asText())).forEach(found::add);
      return found.size() >= Math.max(1, count);
    }, "pods " + choice);
    return count < 0 ? found : found.subList(0, count);
  }

  private void pods(JsonNode step) {
    for (JsonNode pod : List.copyOf(chosen(step))) {
      String uid = pod.path("metadata").path("uid").asText();
      String path = wire.path("Pod", pod.path("metadata").path("namespace").asText(), pod.path("metadata").path("name").asText());
      if (step.has("set")) {
        JsonNode state = step.get("set");
        ObjectNode rule = state.isObject() ? state.deepCopy() : Json.object().put("do", state.asText());
        kubelet.set(uid, rule.put("whenDeleting", true));
      }
      if (step.has("patch")) {
        String sub = step.has("subresource") ? "/" + step.get("subresource").asText() : "";
        wire.send(Ask.patch(path + sub, step.get("patch"), Wire.STRATEGIC));
      }
      if (step.has("bind")) {
        kubelet.bind(uid, Json.object("{\"node\": \"%s\"}", step.get("bind").asText()));
      }
      if (step.has("delete") || step.has("remove")) {
        ObjectNode options = Json.object("{\"kind\": \"DeleteOptions\", \"apiVersion\": \"v1\"}");
        if (step.has("remove")) {
          options.put("gracePeriodSeconds", 0);
        } else if (step.get("delete") instanceof ObjectNode more) {
          options.setAll(more);
        }
        wire.ifThere(Ask.delete(path, options));
      }
    }
  }

  private void each(JsonNode step) {
    String kind = step.path("kind").asText();
    List<JsonNode> objects = scene.objects(kind).stream().filter(object -> Selection.matches(object, step.path("select")))
        .sorted(Comparator.comparing(object -> object.path("metadata").path("name").asText()))
        .limit(step.path("count").asInt(Integer.MAX_VALUE)).toList();
    if (objects.isEmpty()) {
      throw new StoryException("none of " + step);
    }
    for (JsonNode object : objects) {
      String path = wire.path(kind, object.path("metadata").path("namespace").asText(), object.path("metadata").path("name").asText());
      if (step.has("patch")) {
        String sub = step.has("subresource") ? "/" + step.get("subresource").asText() : "";
        wire.send(Ask.patch(path + sub, step.get("patch"), Wire.MERGE));
      }
      if (step.has("delete")) {
        ObjectNode options = Json.object("{\"kind\": \"DeleteOptions\", \"apiVersion\": \"v1\"}");
        wire.ifThere(Ask.delete(path, options.setAll((ObjectNode) step.get("delete"))));
      }
    }
  }

  /** Makes one object the owner of another. */
  private void own(JsonNode step) {
    JsonNode owner = wire.send(Ask.get(step.path("path").asText()));
    scene.names(owner);
    ObjectNode reference = Json.object("{\"apiVersion\": \"%s\", \"kind\": \"%s\", \"name\": \"%s\", \"uid\": \"%s\"}",
        owner.path("apiVersion").asText(), owner.path("kind").asText(), owner.path("metadata").path("name").asText(),
        owner.path("metadata").path("uid").asText());
    step.path("with").properties().forEach(field -> reference.set(field.getKey(), field.getValue()));
    ObjectNode patch = Json.object();
    patch.putObject("metadata").putArray("ownerReferences").add(reference);
    wire.send(Ask.patch(path(step.path("child").asText()), patch, Wire.MERGE));
  }

  private void distinct(JsonNode step) {
    Set<String> values = new HashSet<>();
    scene.objects(step.path("kind").asText()).stream()
        .filter(object -> Glob.matches(step.path("name").asText(), object.path("metadata").path("name").asText()))
        .forEach(object -> {
          String value = Json.canonical(Json.atOrNull(object, step.path("path").asText()));
          if (!values.add(value)) {
            throw new StoryException(step.path("path") + " not distinct: " + value);
          }
        });
  }

  /** Plays the metrics server. */
  private void metrics(JsonNode step) {
    ObjectNode choice = Json.object();
    choice.putObject("select").put("deleting", false).setAll(
        step.path("select").isObject() ? (ObjectNode) step.get("select") : Json.object());
    if (step.has("count")) {
      choice.set("count", step.get("count"));
    }
    String all = "/apis/metrics.k8s.io/v1beta1/namespaces/" + namespace + "/pods";
    for (JsonNode pod : List.copyOf(chosen(choice))) {
      String name = pod.path("metadata").path("name").asText();
      ObjectNode metrics = Json.object("""
          {"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics", "metadata": {"name": "%s"}, "timestamp": "%s", "window": "15s"}""",
          name, StoryNodes.now(cluster.clock()));
      metrics.withObjectProperty("metadata").set("labels",
          pod.path("metadata").path("labels").isObject() ? pod.path("metadata").path("labels") : Json.object());
      for (JsonNode container : pod.path("spec").path("containers")) {
        ObjectNode usage = Json.object("{\"cpu\": \"0\", \"memory\": \"0\"}").setAll((ObjectNode) step.get("usage"));
        metrics.withArrayProperty("containers").addObject().put("name", container.path("name").asText()).set("usage", usage);
      }
      try {
        wire.send(Ask.post(all, metrics));
      } catch (Wire.Refused e) {
        if (e.code() != 409) {
          throw e;
        }
        wire.send(Ask.patch(all + "/" + name, metrics, Wire.MERGE));
      }
    }
  }

  /** Plays the scheduler for a claim that waits for its first consumer. */
  private void claim(JsonNode step) {
    String name = step.path("pvc").asText();
    JsonNode claim = wire.send(Ask.get(wire.path("PersistentVolumeClaim", namespace, name)));
    wire.send(Ask.patch(wire.path("PersistentVolume", null, step.path("pv").asText()), Json.object("""
        {"metadata": {"annotations": {"pv.kubernetes.io/bound-by-controller": "yes"}}, "spec": {"claimRef": {"apiVersion": "v1",
         "kind": "PersistentVolumeClaim", "namespace": "%s", "name": "%s", "uid": "%s", "resourceVersion": "%s"}}}""", namespace, name,
        claim.path("metadata").path("uid").asText(), claim.path("metadata").path("resourceVersion").asText()), Wire.MERGE));
  }

  private List<JsonNode> attachments(JsonNode step) {
    return wire.send(Ask.get(wire.path("VolumeAttachment", null))).path("items").valueStream()
        .filter(one -> one.path("spec").path("attacher").equals(step.path("driver"))
            && (!step.has("node") || one.path("spec").path("nodeName").equals(step.path("node")))).toList();
  }

  /** Plays the CSI attacher. */
  private void attach(JsonNode step) {
    until(PATIENCE.plusSeconds(10), () -> !attachments(step).isEmpty(), "an attachment: " + step);
    Optional<JsonNode> first = attachments(step).stream().findFirst();
    String name = first.orElseThrow().path("metadata").path("name").asText();
    scene.own("VolumeAttachment/" + name);
    wire.send(Ask.patch(wire.path("VolumeAttachment", null, name) + "/status",
        Json.object("{\"status\": {\"attached\": %s}}", step.path("value").asBoolean(true)), Wire.MERGE));
  }

  /** Plays the scheduler: allocates a claim and reserves it for a pod. */
  private void reserve(JsonNode step) {
    String name = step.path("pod").asText();
    String uid = wire.send(Ask.get(wire.path("Pod", namespace, name))).path("metadata").path("uid").asText();
    String claim = wire.path("ResourceClaim", namespace, step.path("claim").asText());
    ObjectNode kept = Json.object("{\"metadata\": {\"finalizers\": [\"resource.kubernetes.io/delete-protection\"]}}");
    wire.send(Ask.patch(claim, kept, Wire.MERGE));
    ObjectNode status = Json.object("""
        {"status": {"reservedFor": [{"resource": "pods", "name": "%s", "uid": "%s"}]}}""", name, uid);
    status.withObjectProperty("status").set("allocation", step.get("allocation"));
    wire.send(Ask.patch(claim + "/status", status, Wire.MERGE));
  }
}
