package io.kubrig.standalone.inprocess;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpHeaders;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.StandardWebSocketBuilder;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.fabric8.kubernetes.client.http.WebSocketResponse;
import io.fabric8.kubernetes.client.http.WebSocketUpgradeResponse;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.machinery.clock.Activity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Sends requests by calling the API server's handler on a virtual thread each. */
final class InProcessClient extends StandardHttpClient<InProcessClient, InProcessClients, InProcessClientBuilder> {
  private final InProcessClients factory;

  InProcessClient(InProcessClientBuilder builder, InProcessClients factory) {
    this(builder, factory, new AtomicBoolean());
  }

  InProcessClient(InProcessClientBuilder builder, InProcessClients factory, AtomicBoolean closed) {
    super(builder, closed);
    this.factory = factory;
  }

  @Override
  public CompletableFuture<HttpResponse<AsyncBody>> consumeBytesDirect(
      StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    CompletableFuture<HttpResponse<AsyncBody>> answered = new CompletableFuture<>();
    BodyPipe pipe = new BodyPipe(consumer);
    run(request, headers(request), new Reply(new ToBody(request, pipe, answered), answered::completeExceptionally, pipe::end));
    return answered;
  }

  /** A watch is a plain request, every line of whose answer is one message; anything else (exec, attach) leaves HTTP. */
  @Override
  public CompletableFuture<WebSocketResponse> buildWebSocketDirect(StandardWebSocketBuilder builder, WebSocket.Listener listener) {
    CompletableFuture<WebSocketResponse> opened = new CompletableFuture<>();
    StandardHttpRequest request = builder.asHttpRequest();
    if (InProcessExchange.isWatch(request)) {
      InProcessSocket socket = new InProcessSocket(listener);
      run(request, headers(request), new Reply(new ToSocket(request, socket, opened), opened::completeExceptionally, socket::ended));
    } else {
      UpgradedSocket socket = new UpgradedSocket(listener);
      Headers headers = UpgradedSocket.asking(headers(request), builder.getSubprotocol());
      run(request, headers, new Reply(new ToUpgrade(request, socket, opened), opened::completeExceptionally, socket::brokenOff));
    }
    return opened;
  }

  private void run(StandardHttpRequest request, Headers headers, Reply reply) {
    Activity.Work work = factory.activity().begin(request.method() + " " + request.uri().getPath());
    Thread.ofVirtual().name("in-process " + request.method()).start(() -> handle(request, headers, reply, work));
  }

  private record Reply(InProcessExchange.Answer answer, Consumer<Throwable> failed, Runnable finished) {}

  private void handle(StandardHttpRequest request, Headers headers, Reply reply, Activity.Work work) {
    try (work) {
      answer(request, headers, reply, work);
    }
  }

  private void answer(StandardHttpRequest request, Headers headers, Reply reply, Activity.Work work) {
    try {
      InProcessExchange exchange = new InProcessExchange(request, headers, body(request), factory, reply.answer, work::close);
      factory.handler().handle(exchange);
      exchange.finished();
      if (!reply.answer.begun()) {
        reply.failed.accept(new IOException("the API server gave no answer to " + request.method() + " " + request.uri().getPath()));
      }
    } catch (IOException | RuntimeException e) {
      reply.failed.accept(e);
    } finally {
      reply.finished.run();
    }
  }

  private static Headers headers(StandardHttpRequest request) {
    Headers headers = new Headers();
    request.headers().forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
    if (request.getContentType() != null && headers.first("Content-Type").isEmpty()) {
      headers.add("Content-Type", request.getContentType());
    }
    return headers;
  }

  private static byte[] body(StandardHttpRequest request) {
    return switch (request.body()) {
      case null -> new byte[0];
      case StandardHttpRequest.StringBodyContent text -> text.getContent().getBytes(StandardCharsets.UTF_8);
      case StandardHttpRequest.ByteArrayBodyContent bytes -> bytes.getContent();
      case StandardHttpRequest.InputStreamBodyContent stream -> read(stream);
      default -> throw new IllegalArgumentException("a body of the unknown form " + request.body().getClass().getName());
    };
  }

  private static byte[] read(StandardHttpRequest.InputStreamBodyContent stream) {
    try {
      return stream.getContent().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void doClose() {
    // every request has its own thread, which ends with it
  }

  private static Map<String, List<String>> map(Headers headers) {
    Map<String, List<String>> map = new LinkedHashMap<>();
    headers.forEach((name, value) -> map.computeIfAbsent(name, key -> new ArrayList<>()).add(value));
    return map;
  }

  // ---- answers -------------------------------------------------------------------------------------------------------

  /** An answer whose body goes to a Fabric8 consumer. */
  private record ToBody(StandardHttpRequest request, BodyPipe pipe, CompletableFuture<HttpResponse<AsyncBody>> answered)
      implements InProcessExchange.Answer {

    @Override
    public void begin(int status, Headers headers) {
      answered.complete(new Response(status, headers, request, pipe));
    }

    @Override
    public void piece(byte[] bytes, int offset, int length) throws IOException {
      pipe.write(bytes, offset, length);
    }

    @Override
    public boolean begun() {
      return answered.isDone();
    }

    @Override
    public void onCancel(Runnable action) {
      pipe.onCancel(action);
    }
  }

  /** An answer whose lines are messages of a socket: the server may send several events at once. */
  private static final class ToSocket implements InProcessExchange.Answer {
    private final StandardHttpRequest request;
    private final InProcessSocket socket;
    private final CompletableFuture<WebSocketResponse> opened;
    private boolean refused;

    ToSocket(StandardHttpRequest request, InProcessSocket socket, CompletableFuture<WebSocketResponse> opened) {
      this.request = request;
      this.socket = socket;
      this.opened = opened;
    }

    @Override
    public void begin(int code, Headers headers) {
      refused = code != 200;
      if (refused) {
        opened.complete(refusal(request, code, headers));
        return;
      }
      opened.complete(new WebSocketResponse(new WebSocketUpgradeResponse(request, 101, map(headers)), socket));
      socket.opened();
    }

    @Override
    public void piece(byte[] bytes, int offset, int length) throws IOException {
      if (refused) {
        return;
      }
      int start = offset;
      for (int at = offset; at < offset + length; at++) {
        if (bytes[at] == '\n') {
          socket.deliver(new String(bytes, start, at + 1 - start, StandardCharsets.UTF_8));
          start = at + 1;
        }
      }
      if (start < offset + length) {
        socket.deliver(new String(bytes, start, offset + length - start, StandardCharsets.UTF_8));
      }
    }

    @Override
    public boolean begun() {
      return opened.isDone();
    }

    @Override
    public void onCancel(Runnable action) {
      socket.onCancel(action);
    }
  }

  private static WebSocketResponse refusal(StandardHttpRequest request, int code, Headers headers) {
    WebSocketUpgradeResponse response = new WebSocketUpgradeResponse(request, code, map(headers));
    return new WebSocketResponse(response, new WebSocketHandshakeException(response));
  }

  /** An answer that leaves HTTP, or says why not. */
  private record ToUpgrade(StandardHttpRequest request, UpgradedSocket socket, CompletableFuture<WebSocketResponse> opened)
      implements InProcessExchange.Answer {

    @Override
    public boolean canUpgrade() {
      return true;
    }

    @Override
    public Exchange.Duplex upgrade(Headers headers) {
      WebSocketUpgradeResponse response = new WebSocketUpgradeResponse(request, 101, map(headers));
      socket.opened(() -> opened.complete(new WebSocketResponse(response, socket)));
      return socket.server();
    }

    @Override
    public void begin(int status, Headers headers) {
      opened.complete(refusal(request, status, headers));
    }

    @Override
    public void piece(byte[] bytes, int offset, int length) {
      // a handshake that failed is told by its code, as the client's other transports do
    }

    @Override
    public boolean begun() {
      return opened.isDone();
    }

    @Override
    public void onCancel(Runnable action) {
      socket.onClose(action);
    }
  }

  private static final class Response extends StandardHttpHeaders implements HttpResponse<AsyncBody> {
    private final int status;
    private final HttpRequest request;
    private final AsyncBody body;

    Response(int status, Headers headers, HttpRequest request, AsyncBody body) {
      super(map(headers));
      this.status = status;
      this.request = request;
      this.body = body;
    }

    @Override
    public int code() {
      return status;
    }

    @Override
    public AsyncBody body() {
      return body;
    }

    @Override
    public HttpRequest request() {
      return request;
    }

    @Override
    public Optional<HttpResponse<?>> previousResponse() {
      return Optional.empty();
    }
  }
}
