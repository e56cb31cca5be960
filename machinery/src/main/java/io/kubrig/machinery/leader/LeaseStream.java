package io.kubrig.machinery.leader;

import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch request for one Lease, from its sending to its end. The client's own watches open themselves again when they end, after a pause
 * of theirs; here whoever listens decides.
 */
final class LeaseStream implements LeaseApi.Watch {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseStream.class);

  private final KubernetesClient client;
  private final Reader reader;
  private final AtomicBoolean over = new AtomicBoolean();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(); // of the thread that reads
  private volatile CompletableFuture<HttpResponse<AsyncBody>> answer; // set once, when the request is sent

  /** Hears of the lease; at last of the end, unless it closed the watch. */
  interface Reader {
    void changed(Lease lease);

    void ended(boolean refused);
  }

  private LeaseStream(KubernetesClient client, Reader reader) {
    this.client = client;
    this.reader = reader;
  }

  /** @param version the resource version after which changes are told */
  static LeaseStream open(KubernetesClient client, String namespace, String name, String version, Reader reader) {
    LeaseStream stream = new LeaseStream(client, reader);
    String path = "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases?watch=true&fieldSelector="
        + URLEncoder.encode("metadata.name=" + name, StandardCharsets.UTF_8) + "&resourceVersion=" + version;
    Thread.ofVirtual().name("lease-watch").start(() -> stream.send(path));
    return stream;
  }

  private void send(String path) {
    HttpClient http = client.getHttpClient();
    String master = client.getMasterUrl().toString();
    HttpRequest request = http.newHttpRequestBuilder()
        .uri((master.endsWith("/") ? master.substring(0, master.length() - 1) : master) + path)
        .header("Accept", "application/json").forStreaming().build();
    answer = http.consumeBytes(request, (buffers, body) -> {
      buffers.forEach(this::feed);
      body.consume();
    });
    answer.whenComplete((response, failure) -> {
      if (failure != null) {
        end("it could not be sent: " + failure.getMessage(), false);
      } else if (over.get()) {
        response.body().cancel();
      } else if (response.isSuccessful()) {
        response.body().consume();
        response.body().done().whenComplete((done, broken) -> end(broken == null ? "the server ended it" : broken.getMessage(), false));
      } else {
        response.body().cancel();
        end("the answer was " + response.code(), response.code() == HttpURLConnection.HTTP_FORBIDDEN);
      }
    });
  }

  private void feed(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next != '\n') {
        line.write(next);
      } else if (line.size() > 0) {
        String event = line.toString(StandardCharsets.UTF_8);
        line.reset();
        tell(event);
      }
    }
  }

  private void tell(String text) {
    WatchEvent event = client.getKubernetesSerialization().unmarshal(text, WatchEvent.class);
    boolean written = "ADDED".equals(event.getType()) || "MODIFIED".equals(event.getType());
    if (written && event.getObject() instanceof Lease lease && !over.get()) {
      reader.changed(lease);
    } else if ("ERROR".equals(event.getType())) {
      end("the server sent " + text, false);
      cancel();
    }
  }

  private void end(String why, boolean refused) {
    if (over.compareAndSet(false, true)) {
      LOG.debug("The watch of a lease ended: {}", why);
      reader.ended(refused);
    }
  }

  /** Nothing more is told. */
  @Override
  public void close() {
    over.set(true);
    cancel();
  }

  private void cancel() {
    CompletableFuture<HttpResponse<AsyncBody>> sent = answer;
    if (sent != null) {
      sent.thenAccept(response -> response.body().cancel());
    }
  }
}
