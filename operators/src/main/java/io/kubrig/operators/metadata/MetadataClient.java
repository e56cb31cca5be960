package io.kubrig.operators.metadata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.kubrig.machinery.models.ModelSerialization;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Objects;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Requests for objects of any kind, by metadata. Refusals throw {@link KubernetesClientException} with the server's Status. */
public final class MetadataClient {
  private static final String OBJECT = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
  private static final String LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ModelSerialization MODELS = ModelSerialization.shared();
  private static final int PAGE = 500;

  private final KubernetesClient client;
  private final Map<String, Document> documents = new ConcurrentHashMap<>(); // by path and form

  /** Requests through a client's connection and identity. */
  public MetadataClient(KubernetesClient client) {
    this.client = client;
  }

  /** All objects of a kind and the revision at which they were read. */
  public record Listing(List<ObjectMeta> items, String revision) {}

  /** One event of a watch: ADDED, MODIFIED, DELETED or BOOKMARK. */
  public record Change(String type, ObjectMeta object) {}

  /** One object's metadata, read past all caches. */
  public Optional<ObjectMeta> get(ResourceType type, String namespace, String name) {
    try {
      return Optional.of(MODELS.unmarshal(send("GET", type.path(namespace, name), OBJECT, null, null), Envelope.class).metadata);
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** All objects of a kind, or those of a namespace. */
  public Listing list(ResourceType type, String namespace) {
    List<ObjectMeta> items = new ArrayList<>();
    String next = "";
    do {
      String path = type.collection(namespace) + "?limit=" + PAGE + (next.isEmpty() ? "" : "&continue=" + HttpRequest.formURLEncode(next));
      ListEnvelope page = MODELS.unmarshal(send("GET", path, LIST, null, null), ListEnvelope.class);
      Objects.orEmpty(page.items).forEach(item -> items.add(item.metadata));
      next = page.metadata.getContinue() == null ? "" : page.metadata.getContinue();
      if (next.isEmpty()) {
        return new Listing(items, page.metadata.getResourceVersion());
      }
    } while (true);
  }

  /** Whether there are no objects of a kind in a namespace; only one of them is asked for. */
  public boolean isEmpty(ResourceType type, String namespace) {
    String one = send("GET", type.collection(namespace) + "?limit=1", LIST, null, null);
    return Objects.orEmpty(MODELS.unmarshal(one, ListEnvelope.class).items).isEmpty();
  }

  /** Deletes one object under conditions. */
  public void delete(ResourceType type, String namespace, String name, Api.Deletion how) {
    send("DELETE", type.path(namespace, name), "application/json", "application/json", Objects.patch(how.options()));
  }

  /** Deletes all objects of a kind in a namespace; their dependents are left to the garbage collector. */
  public void deleteCollection(ResourceType type, String namespace) {
    Api.Deletion how = new Api.Deletion(null, null, null, "Background");
    send("DELETE", type.collection(namespace), LIST, "application/json", Objects.patch(how.options()));
  }

  /** Patches one object. @param media the patch's media type */
  public void patch(ResourceType type, String namespace, String name, String media, Map<String, ?> patch) {
    send("PATCH", type.path(namespace, name), OBJECT, media, Objects.patch(patch));
  }

  /** Applies what a manager of fields wants of a subresource, whoever else wanted something of these fields. */
  public void apply(ResourceType type, String name, String subresource, String manager, Map<String, ?> wanted) {
    Map<String, Object> whole = new LinkedHashMap<>(Map.of("apiVersion", type.apiVersion(), "kind", type.kind()));
    whole.putAll(wanted);
    send("PATCH", type.path("", name) + "/" + subresource + "?force=true&fieldManager=" + HttpRequest.formURLEncode(manager), OBJECT,
        "application/apply-patch+yaml", Objects.patch(whole));
  }

  /** Replaces a document and answers what the server made of it. */
  public JsonNode replace(String path, JsonNode document) {
    return tree(send("PUT", path, "application/json", "application/json", document.toString()));
  }

  /** Creates an object from a document. @param collection the path of all objects of its kind */
  public void create(String collection, Map<String, ?> document) {
    client.raw(collection, "POST", document);
  }

  /** A document as a tree. */
  public JsonNode json(String path, String accept) {
    return tree(text(path, accept));
  }

  /** A document as it was sent. The server sends it only once as long as it does not change. */
  String text(String path, String accept) {
    Document known = documents.get(path + accept);
    HttpRequest.Builder request = http().newHttpRequestBuilder().uri(url(path)).header("Accept", accept);
    if (known != null) {
      request.header("If-None-Match", known.etag);
    }
    HttpResponse<String> response = answer(request.build());
    if (known != null && response.code() == HttpURLConnection.HTTP_NOT_MODIFIED) {
      return known.text;
    }
    if (!response.isSuccessful()) {
      throw refusal("GET " + path, response);
    }
    String etag = response.header("Etag");
    if (etag != null) {
      documents.put(path + accept, new Document(etag, response.body()));
    }
    return response.body();
  }

  private record Document(String etag, String text) {}

  /**
   * Watches a kind from a revision until the server or an interrupt ends it.
   *
   * @param each is told every change, one after the other
   * @param begun runs when the server has agreed
   */
  public void watch(ResourceType type, String revision, Duration atMost, Consumer<Change> each, Runnable begun)
      throws InterruptedException {
    String path = type.collection("") + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + revision
        + "&timeoutSeconds=" + atMost.toSeconds();
    HttpRequest request = http().newHttpRequestBuilder().uri(url(path)).header("Accept", OBJECT + ",application/json").forStreaming()
        .build();
    Lines lines = new Lines(line -> each.accept(change(line)));
    CompletableFuture<HttpResponse<AsyncBody>> answer = http().consumeBytes(request, (buffers, body) -> {
      buffers.forEach(lines::feed);
      body.consume();
    });
    HttpResponse<AsyncBody> response = await(answer);
    begun.run();
    try {
      if (!response.isSuccessful()) {
        throw new KubernetesClientException("watch of " + type + " refused: " + response.code(), response.code(), null);
      }
      response.body().consume();
      await(response.body().done());
    } finally {
      response.body().cancel();
    }
  }

  private static Change change(byte[] line) {
    Event event = MODELS.unmarshal(new String(line, StandardCharsets.UTF_8), Event.class);
    if ("ERROR".equals(event.type)) {
      int code = event.object.code == null ? 500 : event.object.code;
      throw new KubernetesClientException("watch ended: " + event.object.message, code, null);
    }
    return new Change(event.type, event.object.metadata);
  }

  private String send(String method, String path, String accept, String media, String body) {
    HttpRequest.Builder request = http().newHttpRequestBuilder().uri(url(path)).header("Accept", accept);
    if (body != null) {
      request.header("Content-Type", media).method(method, media, body);
    } else if (!method.equals("GET")) {
      request.method(method, null, (String) null);
    }
    HttpResponse<String> response = answer(request.build());
    if (!response.isSuccessful()) {
      throw refusal(method + " " + path, response);
    }
    return response.body();
  }

  private HttpResponse<String> answer(HttpRequest request) {
    try {
      return await(http().sendAsync(request, String.class));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KubernetesClientException("interrupted: " + request.method() + " " + request.uri().getPath(), e);
    }
  }

  private static KubernetesClientException refusal(String what, HttpResponse<String> response) {
    String body = response.body() == null ? "" : response.body();
    Status status = body.startsWith("{") ? Objects.parse(body, Status.class) : null;
    String message = status == null || status.getMessage() == null ? what + ": " + response.code() : status.getMessage();
    return new KubernetesClientException(message, response.code(), status);
  }

  private HttpClient http() {
    return client.getHttpClient();
  }

  private String url(String path) {
    String master = client.getMasterUrl().toString();
    return (master.endsWith("/") ? master.substring(0, master.length() - 1) : master) + path;
  }

  static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new KubernetesClientException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KubernetesClientException refused ? refused
          : new KubernetesClientException(String.valueOf(e.getCause().getMessage()), e.getCause());
    }
  }

  /** Bytes in pieces, lines out. */
  private static final class Lines {
    private final Consumer<byte[]> each;
    private byte[] rest = new byte[0];

    Lines(Consumer<byte[]> each) {
      this.each = each;
    }

    void feed(ByteBuffer more) {
      byte[] all = new byte[rest.length + more.remaining()];
      System.arraycopy(rest, 0, all, 0, rest.length);
      more.get(all, rest.length, more.remaining());
      int start = 0;
      for (int at = rest.length; at < all.length; at++) {
        if (all[at] == '\n') {
          each.accept(Arrays.copyOfRange(all, start, at));
          start = at + 1;
        }
      }
      rest = Arrays.copyOfRange(all, start, all.length);
    }
  }
}
