package io.kubrig.operators;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.kubrig.operators.engine.Attempt;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Write;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stands between controllers that only plan, or are shadows, and the API server, whatever way they write. Reads pass. */
abstract class WriteGate implements Interceptor {
  private static final Logger LOG = LoggerFactory.getLogger(WriteGate.class);
  private static final Set<String> READS = Set.of("GET", "HEAD");

  private static final int REFUSED = 400;
  private static final int TOO_MANY = 429;
  private static final int FAILED = 500;

  /** By which server and client know a request. */
  private static final String ID = "Audit-ID";

  /** More than are ever under way at once. */
  private static final int ASKED = 10_000;

  private WriteGate() {}

  /** Shows writes and has the server only check them: they are sent as dry runs. */
  static WriteGate planning() {
    return new WriteGate() {
      @Override
      void write(BasicBuilder builder, HttpRequest request) {
        LOG.info("plan: {} {} {}", request.method(), request.uri().getPath(), shown(request));
        sendDry(builder, request);
      }
    };
  }

  /**
   * Puts writes to the account of the reconcile that makes them, and has the server only check them; those that it refuses are taken off
   * again. Questions are no writes.
   */
  static WriteGate shadowing() {
    return new WriteGate() {
      private final Map<String, Attempt> asked = new LinkedHashMap<>() { // by the id of the request; guarded by itself
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Attempt> eldest) {
          return size() > ASKED;
        }
      };

      @Override
      void write(BasicBuilder builder, HttpRequest request) {
        Optional<Attempt> attempt = isQuestion(request.uri().getPath()) ? Optional.empty() : Attempt.current();
        attempt.ifPresent(found -> {
          String id = request.id().toString(); // the same when it is sent again
          found.wrote(id, Write.of(request.method(), request.uri().getPath(), request.bodyString()));
          builder.setHeader(ID, id);
          synchronized (asked) {
            asked.put(id, found);
          }
        });
        sendDry(builder, request);
      }

      @Override
      public CompletableFuture<Boolean> afterFailure(BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
        String id = response.request().header(ID);
        if (id != null && response.code() >= REFUSED && response.code() < FAILED && response.code() != TOO_MANY) {
          synchronized (asked) {
            Optional.ofNullable(asked.remove(id)).ifPresent(attempt -> attempt.refused(id));
          }
        }
        return CompletableFuture.completedFuture(false);
      }
    };
  }

  /** Reviews are asked by creating them. */
  private static boolean isQuestion(String path) {
    return path.endsWith("reviews");
  }

  private static void sendDry(BasicBuilder builder, HttpRequest request) {
    builder.uri(dry(request.uri()));
    String body = request.bodyString();
    if (request.method().equals("DELETE") && body != null && !body.isEmpty()) {
      dryBody(builder, body);
    }
  }

  /** What of a write may be read by whoever reads logs. */
  private static String shown(HttpRequest request) {
    if (request.bodyString() == null) {
      return "";
    }
    return isConfidential(request.uri()) ? "(not shown)" : request.bodyString();
  }

  static boolean isConfidential(URI uri) {
    List<String> segments = List.of(uri.getPath().split("/"));
    return segments.contains("secrets") || segments.contains("token");
  }

  /** Options in the body of a deletion make the server ignore those of the address: it would delete. */
  private static void dryBody(BasicBuilder builder, String body) {
    if (!(builder instanceof HttpRequest.Builder request)) {
      throw new KubernetesClientException("a deletion cannot be made dry, and was not sent");
    }
    Map<String, Object> options = new LinkedHashMap<>();
    Map<?, ?> given = Objects.parse(body, Map.class);
    given.forEach((name, value) -> options.put(String.valueOf(name), value));
    options.put("dryRun", List.of("All"));
    request.method("DELETE", "application/json", Objects.patch(options));
  }

  static URI dry(URI uri) {
    String query = uri.getRawQuery();
    if (query != null && query.contains("dryRun=")) {
      return uri; // a request that is sent again
    }
    return URI.create(uri + (query == null ? "?" : "&") + "dryRun=All");
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (!READS.contains(request.method())) {
      write(builder, request);
    }
  }

  /** Lets a write pass, changes it, or throws. */
  abstract void write(BasicBuilder builder, HttpRequest request);
}
