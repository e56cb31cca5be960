package io.kubrig.bench;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Creates pods through an API server, reads them one by one and lists them all; or puts values of the same size into etcd through its HTTP
 * gateway.
 *
 * <p>Usage: {@code ApiLoad api https://127.0.0.1:7443 TOKEN COUNT IN_FLIGHT [NAMESPACE]} or
 * {@code ApiLoad etcd http://127.0.0.1:2379 - COUNT IN_FLIGHT}.
 */
public final class ApiLoad {
  private final HttpClient client;
  private final String server;
  private final String token;
  private final int count;
  private final int inFlight;

  private ApiLoad(String server, String token, int count, int inFlight) throws GeneralSecurityException {
    this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(trustingAll())
        .connectTimeout(Duration.ofSeconds(60)).build();
    this.server = server;
    this.token = token;
    this.count = count;
    this.inFlight = inFlight;
  }

  public static void main(String[] args) throws IOException, InterruptedException, GeneralSecurityException {
    if (args.length < 5 || args.length > 6) {
      System.err.println("usage: ApiLoad api|etcd SERVER TOKEN COUNT IN_FLIGHT [NAMESPACE]");
      System.exit(2);
    }
    ApiLoad load = new ApiLoad(args[1], args[2], Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    if (args[0].equals("etcd")) {
      load.etcd();
    } else {
      load.api(args.length == 6 ? args[5] : "bench");
    }
  }

  private void api(String namespace) throws InterruptedException, IOException {
    String collection = "/api/v1/namespaces/" + namespace + "/pods";
    send("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}");
    send("POST", "/api/v1/namespaces/" + namespace + "/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
    report("creates", run(i -> expect(201, send("POST", collection, BenchPods.json(i)))));
    report("gets", run(i -> expect(200, send("GET", collection + "/p" + i, ""))));
    long began = System.nanoTime();
    byte[] list = send("GET", collection, "").body();
    System.out.printf(Locale.ROOT, "{\"what\":\"list\",\"bytes\":%d,\"seconds\":%.3f}%n", list.length, (System.nanoTime() - began) / 1e9);
  }

  private void etcd() throws InterruptedException, IOException {
    Base64.Encoder base64 = Base64.getEncoder();
    String value = base64.encodeToString(BenchPods.json(0).getBytes(StandardCharsets.UTF_8));
    report(
        "puts",
        run(
            i -> {
              String key = base64.encodeToString(("/registry/pods/bench/p" + i).getBytes(StandardCharsets.UTF_8));
              expect(200, send("POST", "/v3/kv/put", "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}"));
            }));
  }

  /** One request of a run. */
  @FunctionalInterface
  private interface Step {
    void run(int i) throws IOException, InterruptedException;
  }

  /** Runs all steps from a fixed number of virtual threads; answers the latency of each in nanoseconds, and the whole time last. */
  private long[] run(Step step) throws InterruptedException, IOException {
    long[] nanos = new long[count + 1];
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Exception> failure = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(inFlight);
    long began = System.nanoTime();
    for (int t = 0; t < inFlight; t++) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    long start = System.nanoTime();
                    step.run(i);
                    nanos[i] = System.nanoTime() - start;
                  }
                } catch (IOException | InterruptedException e) {
                  failure.compareAndSet(null, e);
                  next.set(count);
                } finally {
                  done.countDown();
                }
              });
    }
    done.await();
    if (failure.get() != null) {
      throw new IOException("a request failed, so there is nothing to report: " + failure.get().getMessage(), failure.get());
    }
    nanos[count] = System.nanoTime() - began;
    return nanos;
  }

  private void report(String what, long[] nanos) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "{\"what\":\"%s\",\"count\":%d,\"in_flight\":%d,\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f}%n",
        what,
        count,
        inFlight,
        count / (nanos[count] / 1e9),
        sorted[count / 2] / 1e6,
        sorted[(int) (count * 0.99)] / 1e6);
  }

  private HttpResponse<byte[]> send(String method, String path, String body) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60));
    if (!token.equals("-")) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static void expect(int status, HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() != status) {
      throw new IOException(response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8));
    }
  }

  private static SSLContext trustingAll() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAll()}, null);
    return context;
  }

  /** The servers measured here are this machine's own, with keys made a moment ago. */
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
