package io.kubrig.apiserver.aggregation;

import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.openapi.RemoteDocuments;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the OpenAPI documents of aggregated servers when they have changed. What is gone is forgotten; what cannot be read stays. */
final class RemoteOpenApi {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteOpenApi.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Headers JSON = Headers.of("Accept", "application/json");

  private final RemoteDocuments documents;
  private final RemoteClient client;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** By what a change is noticed. */
  private record Known(String groupVersion, String url, String etag) {}

  RemoteOpenApi(RemoteDocuments documents, RemoteClient client) {
    this.documents = documents;
    this.client = client;
  }

  void read(RemoteService service) {
    try {
      Known before = known.getOrDefault(service.name(), new Known(service.groupVersion(), "", ""));
      String url = version3(service, before.url);
      String etag = version2(service, before.etag);
      known.put(service.name(), new Known(service.groupVersion(), url, etag));
    } catch (IOException | JsonException e) {
      LOG.warn("the OpenAPI documents of APIService {} cannot be read: {}", service.name(), e.getMessage());
    }
  }

  private String version3(RemoteService service, String before) throws IOException {
    String part = service.path().substring(1);
    Optional<Tree> index = document(client.get(service, "/openapi/v3", JSON, TIMEOUT));
    String url = index.map(tree -> tree.tree("paths").tree(part).string("serverRelativeURL")).orElse("");
    if (url.startsWith("/") && !url.equals(before)) {
      document(client.get(service, url, JSON, TIMEOUT)).ifPresent(tree -> documents.version3(part, tree));
    }
    return url;
  }

  private String version2(RemoteService service, String before) throws IOException {
    Headers headers = Headers.of("Accept", "application/json");
    if (!before.isEmpty()) {
      headers.add("If-None-Match", before);
    }
    RemoteClient.Answer answer = client.get(service, "/openapi/v2", headers, TIMEOUT);
    document(answer).ifPresent(tree -> documents.version2(service.path(), tree));
    return answer.status() == 304 ? before : answer.headers().value("Etag");
  }

  private static Optional<Tree> document(RemoteClient.Answer answer) {
    return answer.status() == 200 && Json.read(answer.body()) instanceof Tree tree ? Optional.of(tree) : Optional.empty();
  }

  void gone(String apiService) {
    Known before = known.remove(apiService);
    if (before != null) {
      documents.forget(before.groupVersion);
    }
  }
}
