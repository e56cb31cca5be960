package io.kubrig.machinery.informers;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An HTTP client whose requests are answered by the test. */
final class ScriptedHttp {
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

  /** A request that was sent. */
  final class Call implements AsyncBody {
    private final HttpRequest request;
    private final AsyncBody.Consumer<List<ByteBuffer>> consumer; // null when the whole answer is waited for
    private final CompletableFuture<HttpResponse<AsyncBody>> streamed = new CompletableFuture<>();
    private final CompletableFuture<HttpResponse<byte[]>> whole = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private Call(HttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
      this.request = request;
      this.consumer = consumer;
    }

    boolean watches() {
      return consumer != null;
    }

    boolean cancelled() {
      return done.isCancelled() || streamed.isCancelled();
    }

    Map<String, String> query() {
      Map<String, String> query = new LinkedHashMap<>();
      for (String pair : request.uri().getRawQuery().split("&")) {
        int equals = pair.indexOf('=');
        query.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
      return query;
    }

    Call begin() {
      streamed.complete(new Response<>(200, this, request, Map.of()));
      return this;
    }

    Call send(String text) {
      try {
        consumer.consume(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))), this);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      return this;
    }

    void end() {
      done.complete(null);
    }

    void breakOff() {
      done.completeExceptionally(new IOException("connection reset"));
    }

    void unreachable() {
      streamed.completeExceptionally(new ConnectException("connection refused"));
    }

    void refuse(int code, String status, Map<String, List<String>> headers) {
      if (!watches()) {
        whole.complete(new Response<>(code, status.getBytes(StandardCharsets.UTF_8), request, headers));
        return;
      }
      streamed.complete(new Response<>(code, this, request, headers));
      send(status);
      end();
    }

    void answer(String body) {
      whole.complete(new Response<>(200, body.getBytes(StandardCharsets.UTF_8), request, Map.of()));
    }

    @Override
    public void consume() {
      // pieces come when the test sends them
    }

    @Override
    public CompletableFuture<Void> done() {
      return done;
    }

    @Override
    public void cancel() {
      done.cancel(false);
    }
  }

  private record Response<B>(int code, B body, HttpRequest request, Map<String, List<String>> headers) implements HttpResponse<B> {
    @Override
    public List<String> headers(String name) {
      return headers.getOrDefault(name, List.of());
    }

    @Override
    public Optional<HttpResponse<?>> previousResponse() {
      return Optional.empty();
    }
  }

  /** The next request. */
  Call next() {
    try {
      Call call = calls.poll(30, TimeUnit.SECONDS);
      if (call == null) {
        throw new AssertionError("nothing was asked for");
      }
      return call;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean idle() {
    return calls.isEmpty();
  }

  @SuppressWarnings("unchecked")
  HttpClient client() {
    return (HttpClient) Proxy.newProxyInstance(ScriptedHttp.class.getClassLoader(), new Class<?>[] {HttpClient.class},
        (self, method, args) -> switch (method.getName()) {
          case "newHttpRequestBuilder" -> new StandardHttpRequest.Builder();
          case "consumeBytes" -> {
            Call call = new Call((HttpRequest) args[0], (AsyncBody.Consumer<List<ByteBuffer>>) args[1]);
            calls.add(call);
            yield call.streamed;
          }
          case "sendAsync" -> {
            Call call = new Call((HttpRequest) args[0], null);
            calls.add(call);
            yield call.whole;
          }
          default -> throw new UnsupportedOperationException(method.toString());
        });
  }
}
