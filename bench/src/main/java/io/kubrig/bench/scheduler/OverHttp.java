package io.kubrig.bench.scheduler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubrig.bench.Connection;
import io.kubrig.bench.ServerProcesses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;

/** A cluster behind an API server that runs beside its scheduler, both processes of their own. The scheduler cannot be held back. */
final class OverHttp implements Stage {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CREATORS = 32;
  private static final String METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
  private static final Map<String, String> PLACES = Map.ofEntries(
      Map.entry("Node", "/api/v1/nodes"), Map.entry("Pod", "/api/v1/pods"), Map.entry("Namespace", "/api/v1/namespaces"),
      Map.entry("Service", "/api/v1/services"), Map.entry("PersistentVolume", "/api/v1/persistentvolumes"),
      Map.entry("PersistentVolumeClaim", "/api/v1/persistentvolumeclaims"), Map.entry("CSINode", "/apis/storage.k8s.io/v1/csinodes"),
      Map.entry("DeviceClass", "/apis/resource.k8s.io/v1/deviceclasses"),
      Map.entry("DeviceTaintRule", "/apis/resource.k8s.io/v1beta2/devicetaintrules"),
      Map.entry("ResourceClaim", "/apis/resource.k8s.io/v1/resourceclaims"),
      Map.entry("ResourceClaimTemplate", "/apis/resource.k8s.io/v1/resourceclaimtemplates"),
      Map.entry("ResourceSlice", "/apis/resource.k8s.io/v1/resourceslices"));

  private final URI server;
  private final String token;
  private final SSLContext tls;
  private final ServerProcesses scheduler;
  private final Progress progress;
  private final BlockingQueue<Connection> idle = new LinkedBlockingQueue<>();
  private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
  private final Connection watch;
  private volatile boolean closed;

  OverHttp(URI server, String token, SSLContext tls, ServerProcesses scheduler, Progress progress) throws IOException {
    this.server = server;
    this.token = token;
    this.tls = tls;
    this.scheduler = scheduler;
    this.progress = progress;
    for (int i = 0; i < CREATORS; i++) {
      idle.add(new Connection(server, tls));
    }
    watch = new Connection(server, tls);
    byte[] request = Connection.request("GET", server, "/api/v1/pods?watch=1&fieldSelector=spec.nodeName%21%3D", token, "", METADATA,
        new byte[0]);
    Thread.ofPlatform().daemon().name("watch").start(() -> watch(request));
  }

  /** An answer of the server. */
  private record Answer(int status, String body) {}

  private void watch(byte[] request) {
    try {
      watch.begin(request);
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      watch.read((bytes, from, to) -> {
        for (int i = from; i < to; i++) {
          if (bytes[i] == '\n') {
            heard(line.toByteArray());
            line.reset();
          } else {
            line.write(bytes[i]);
          }
        }
      });
    } catch (IOException e) {
      if (!closed) {
        System.err.println("the watch of pods ended: " + e.getMessage());
      }
    }
  }

  private void heard(byte[] line) {
    try {
      JsonNode event = JSON.readTree(line);
      JsonNode meta = event.path("object").path("metadata");
      String key = Progress.key(meta.path("namespace").asText(), meta.path("name").asText());
      if (event.path("type").asText().equals("DELETED")) {
        progress.gone(key);
      } else {
        progress.bound(key);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer call(String method, String path, Object body) {
    try {
      byte[] bytes = body == null ? new byte[0] : JSON.writeValueAsBytes(body);
      Connection c = idle.take();
      try {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        int status = c.call(Connection.request(method, server, path, token, "application/json", "application/json", bytes),
            (part, from, to) -> answer.write(part, from, to - from));
        return new Answer(status, answer.toString(StandardCharsets.UTF_8));
      } finally {
        idle.add(c);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String collection(String kind, String namespace) {
    String place = PLACES.get(kind);
    int last = place.lastIndexOf('/');
    return namespace == null || namespace.isEmpty() ? place : place.substring(0, last) + "/namespaces/" + namespace + place.substring(last);
  }

  private static String place(Map<String, Object> object) {
    return collection((String) object.get("kind"), Trees.namespace(object)) + "/" + Trees.name(object);
  }

  private static JsonNode tree(Answer answer, String what) {
    try {
      if (answer.status >= 300) {
        throw new IllegalStateException(what + ": " + answer.status + " " + answer.body);
      }
      return JSON.readTree(answer.body);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int creators() {
    return CREATORS;
  }

  @Override
  public String create(Map<String, Object> object) {
    String namespace = Trees.namespace(object);
    if (namespace != null && namespaces.add(namespace)) {
      call("POST", "/api/v1/namespaces", Templates.namespace(namespace, Map.of())); // may be there already
    }
    if (object.get("kind").equals("Namespace")) {
      namespaces.add(Trees.name(object));
    }
    String path = collection((String) object.get("kind"), namespace);
    Answer answer = call("POST", path, object);
    for (int again = 0; answer.status == 404 && again < 50; again++) { // another thread creates the namespace
      answer = call("POST", path, object);
    }
    return tree(answer, "create " + Trees.name(object)).path("metadata").path("uid").asText();
  }

  private void change(Map<String, Object> object, String part, Map<String, Object> wanted) {
    String path = place(object);
    for (int again = 0;; again++) {
      Map<String, Object> present = Trees.map(JSON.convertValue(tree(call("GET", path, null), path), Map.class));
      Answer answer = call("PUT", path + part, part.equals("/status") ? Trees.over(present, Map.of("status", wanted.get("status")))
          : Trees.updated(present, wanted));
      if (answer.status != 409 || again == 20) {
        tree(answer, "update " + path);
        return;
      }
    }
  }

  @Override
  public void update(Map<String, Object> object, boolean resize) {
    change(object, resize ? "/resize" : "", object);
    if (object.get("kind").equals("Node")) {
      change(object, "/status", object);
    }
  }

  @Override
  public void updateStatus(Map<String, Object> object) {
    change(object, "/status", object);
  }

  @Override
  public void delete(String kind, String namespace, String name) {
    call("DELETE", collection(kind, namespace) + "/" + name + "?gracePeriodSeconds=0", null);
  }

  @Override
  public void tellAttempted() {
    JsonNode all = tree(call("GET", "/api/v1/pods?fieldSelector=spec.nodeName%3D", null), "list pods");
    for (JsonNode pod : all.path("items")) {
      for (JsonNode condition : pod.path("status").path("conditions")) {
        if (condition.path("type").asText().equals("PodScheduled")) {
          progress.attempted(Progress.key(pod.path("metadata").path("namespace").asText(), pod.path("metadata").path("name").asText()));
        }
      }
    }
  }

  @Override
  public void hold() {}

  @Override
  public boolean release() {
    return false;
  }

  @Override
  public Cost cost() {
    try {
      return new Cost((long) (scheduler.processorSeconds() * 1e9), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      watch.close();
      for (Connection c : idle) {
        c.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
