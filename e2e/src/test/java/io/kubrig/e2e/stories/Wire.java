package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Requests to the API server as plain JSON, by the kinds that its discovery names. */
final class Wire {
  static final String JSON = "application/json";
  static final String MERGE = "application/merge-patch+json";
  static final String STRATEGIC = "application/strategic-merge-patch+json";
  private static final String ORIGIN = "https://kubrig.invalid";

  private final HttpClient http;
  private final Map<String, Kind> kinds = new HashMap<>();

  Wire(HttpClient http) {
    this.http = http;
  }

  /** @param base path of the group and version */
  record Kind(String name, String base, String plural, boolean namespaced) {}

  /** An answer that is no success. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;

    Refused(int code, String message) {
      super(message);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /** A request. @param as whom to impersonate, null for nobody @param body null for none */
  record Ask(String method, String path, JsonNode body, String type, JsonNode as) {
    static Ask get(String path) {
      return new Ask("GET", path, null, JSON, null);
    }

    static Ask post(String path, JsonNode body) {
      return new Ask("POST", path, body, JSON, null);
    }

    static Ask put(String path, JsonNode body) {
      return new Ask("PUT", path, body, JSON, null);
    }

    static Ask patch(String path, JsonNode body, String type) {
      return new Ask("PATCH", path, body, type, null);
    }

    static Ask delete(String path, JsonNode options) {
      return new Ask("DELETE", path, options, JSON, null);
    }

    Ask by(JsonNode user) {
      return new Ask(method, path, body, type, user.isMissingNode() ? null : user);
    }
  }

  JsonNode send(Ask ask) {
    HttpRequest.Builder request = http.newHttpRequestBuilder().uri(ORIGIN + ask.path).header("Accept", JSON)
        .method(ask.method, ask.type, ask.body == null ? null : ask.body.toString());
    if (ask.as != null) {
      request.header("Impersonate-User", ask.as.path("user").asText());
      ask.as.path("groups").forEach(group -> request.header("Impersonate-Group", group.asText()));
    }
    HttpResponse<String> answer;
    try {
      answer = http.sendAsync(request.build(), String.class).join();
    } catch (CompletionException e) {
      throw new IllegalStateException(ask.method + " " + ask.path, e);
    }
    String text = Optional.ofNullable(answer.body()).orElse("");
    JsonNode body = text.startsWith("{") ? Json.parse(text) : Json.object().put("message", text);
    if (!answer.isSuccessful()) {
      String message = ask.method + " " + ask.path + " -> " + answer.code() + " " + body.path("message").asText();
      throw new Refused(answer.code(), message);
    }
    return body;
  }

  /** As {@link #send}; empty where there is nothing at that path. */
  Optional<JsonNode> ifThere(Ask ask) {
    try {
      return Optional.of(send(ask));
    } catch (Refused e) {
      if (e.code != 404) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** A request whose failure is no matter. */
  void tryTo(Ask ask) {
    try {
      send(ask);
    } catch (Refused e) {
      // it is only tidied up
    }
  }

  /** Hands on each line of a watch, until the server ends it. */
  void watch(String path, Consumer<JsonNode> events) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    AsyncBody.Consumer<List<ByteBuffer>> bytes = (buffers, more) -> {
      for (ByteBuffer buffer : buffers) {
        while (buffer.hasRemaining()) {
          byte next = buffer.get();
          if (next != '\n') {
            line.write(next);
          } else if (line.size() > 0) {
            events.accept(Json.parse(line.toString(StandardCharsets.UTF_8)));
            line.reset();
          }
        }
      }
      more.consume();
    };
    HttpRequest request = http.newHttpRequestBuilder().uri(ORIGIN + path).header("Accept", JSON).forStreaming().build();
    HttpResponse<AsyncBody> answer = http.consumeBytes(request, bytes).join();
    if (!answer.isSuccessful()) {
      throw new Refused(answer.code(), path);
    }
    answer.body().consume();
  }

  /** A kind by its name, whatever its group: that of the core before others. */
  Kind kind(String name) {
    if (!kinds.containsKey(name)) {
      learn();
    }
    return Optional.ofNullable(kinds.get(name)).orElseThrow(() -> new StoryException("the server knows no kind " + name));
  }

  boolean knows(String name) {
    return kinds.containsKey(name);
  }

  /** Asks the server for its kinds. */
  void learn() {
    learn("/api/v1");
    for (JsonNode group : send(Ask.get("/apis")).path("groups")) {
      learn("/apis/" + group.path("preferredVersion").path("groupVersion").asText());
      group.path("versions").forEach(version -> learn("/apis/" + version.path("groupVersion").asText()));
    }
  }

  private void learn(String base) {
    ifThere(Ask.get(base)).ifPresent(found -> found.path("resources").forEach(resource -> {
      String plural = resource.path("name").asText();
      if (!plural.contains("/")) {
        String name = resource.path("kind").asText();
        kinds.putIfAbsent(name, new Kind(name, base, plural, resource.path("namespaced").asBoolean()));
      }
    }));
  }

  /** Path of all objects of a kind; of one namespace where it has namespaces and one is named. */
  String path(String kind, String namespace) {
    Kind known = kind(kind);
    String within = known.namespaced && namespace != null ? "/namespaces/" + namespace : "";
    return known.base + within + "/" + known.plural;
  }

  String path(String kind, String namespace, String name) {
    return path(kind, namespace) + "/" + name.replace(":", "%3A");
  }

  /** As {@link #path(String, String)}, in a group and version that an object names. */
  String path(JsonNode object, String namespace) {
    String version = object.path("apiVersion").asText();
    Kind known = kind(object.path("kind").asText());
    String base = version.contains("/") ? "/apis/" + version : "/api/" + version;
    return base + (known.namespaced ? "/namespaces/" + namespace : "") + "/" + known.plural;
  }
}
