package io.kubrig.operators.sweep;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.kubrig.operators.engine.Objects;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The requests of controllers that treat all kinds alike: discovery, and lists and deletions by metadata. It knows no watches. */
final class MemoryHttp {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MemoryServer server;
  private final Faults faults;
  private final Map<String, Class<? extends HasMetadata>> kinds; // by plural
  private final Map<String, String> documents = new HashMap<>(); // of discovery, by path

  MemoryHttp(MemoryServer server, Faults faults, Map<String, Class<? extends HasMetadata>> kinds) {
    this.server = server;
    this.faults = faults;
    this.kinds = kinds;
  }

  HttpClient dressed() {
    return (HttpClient) Proxy.newProxyInstance(MemoryHttp.class.getClassLoader(), new Class<?>[] {HttpClient.class},
        (self, method, args) -> switch (method.getName()) {
          case "newHttpRequestBuilder" -> new StandardHttpRequest.Builder();
          case "sendAsync" -> answer((HttpRequest) args[0]);
          default -> throw new UnsupportedOperationException(method.toString());
        });
  }

  private CompletableFuture<HttpResponse<String>> answer(HttpRequest request) {
    String path = request.uri().getPath();
    try {
      return CompletableFuture.completedFuture(response(switch (request.method()) {
        case "GET" -> faults.read(() -> read(path));
        case "DELETE" -> faults.write(false, () -> deleted(path));
        default -> throw new UnsupportedOperationException(request.method() + " " + path);
      }));
    } catch (KubernetesClientException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static HttpResponse<String> response(String body) {
    return (HttpResponse<String>) Proxy.newProxyInstance(MemoryHttp.class.getClassLoader(), new Class<?>[] {HttpResponse.class},
        (self, method, args) -> switch (method.getName()) {
          case "code" -> 200;
          case "isSuccessful" -> true;
          case "body" -> body;
          case "header" -> null;
          default -> throw new UnsupportedOperationException(method.toString());
        });
  }

  private String read(String path) {
    if (path.equals("/api") || path.equals("/apis")) {
      return documents.computeIfAbsent(path, p -> discovery(p.equals("/api")));
    }
    ObjectNode list = JSON.createObjectNode();
    list.putObject("metadata").put("resourceVersion", Long.toString(server.revision()));
    ArrayNode items = list.putArray("items");
    listed(path).forEach(object -> items.addObject().set("metadata", JSON.valueToTree(object.getMetadata())));
    return list.toString();
  }

  private List<? extends HasMetadata> listed(String path) {
    String[] parts = path.split("/");
    String namespace = path.contains("/namespaces/") ? parts[parts.length - 2] : "";
    return server.list(kinds.get(parts[parts.length - 1])).stream()
        .filter(object -> namespace.isEmpty() || namespace.equals(object.getMetadata().getNamespace())).toList();
  }

  /** Deletes a collection. */
  private String deleted(String path) {
    listed(path).forEach(object -> server.delete(object, Map.of(), false));
    return "{}";
  }

  private String discovery(boolean core) {
    ObjectNode groups = JSON.createObjectNode();
    ArrayNode items = groups.putArray("items");
    kinds.forEach((plural, kind) -> {
      HasMetadata like = Objects.parse("{}", kind);
      String[] version = like.getApiVersion().split("/");
      if (version.length == 1 == core) {
        ObjectNode group = items.addObject();
        group.putObject("metadata").put("name", core ? "" : version[0]);
        ObjectNode resource = group.putArray("versions").addObject().put("version", version[version.length - 1]).putArray("resources")
            .addObject().put("resource", plural).put("scope", like instanceof Namespaced ? "Namespaced" : "Cluster");
        resource.putObject("responseKind").put("kind", like.getKind());
        List.of("list", "delete", "deletecollection").forEach(resource.withArrayProperty("verbs")::add);
      }
    });
    return groups.toString();
  }
}
