package io.kubrig.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LargeBodyTest {
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** Bytes that do not compress, written a thousand at a time. */
  private record Noise(byte[] bytes) implements Exchange.LargeBody {
    static Noise of(int length) {
      byte[] bytes = new byte[length];
      new Random(length).nextBytes(bytes);
      return new Noise(bytes);
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      for (int at = 0; at < bytes.length; at += 1000) {
        out.write(bytes, at, Math.min(1000, bytes.length - at));
      }
    }
  }

  @Test
  void arrives_whole_with_its_length() throws Exception {
    Noise body = Noise.of((1 << 20) + 7);
    HttpResponse<byte[]> answer = answer(body, "identity");
    assertThat(answer.body()).isEqualTo(body.bytes);
    assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(body.length());
  }

  @Test
  void arrives_compressed_when_the_client_takes_that() throws Exception {
    Noise body = Noise.of((1 << 20) + 7);
    HttpResponse<byte[]> answer = answer(body, "gzip");
    assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
    try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertThat(plain.readAllBytes()).isEqualTo(body.bytes);
    }
  }

  private static HttpResponse<byte[]> answer(Noise body, String encoding) throws Exception {
    Handler handler = exchange -> exchange.respond(200, Headers.of("Content-Type", "application/json"), body);
    try (HttpServer server = HttpServer.startPlain(ServerOptions.on(ANY_PORT), handler);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/");
      return client.send(HttpRequest.newBuilder(uri).header("Accept-Encoding", encoding).build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  @Test
  void a_client_that_stops_reading_is_given_up_and_never_has_the_body_put_together_for_it() throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Exchange.LargeBody endless =
        new Exchange.LargeBody() {
          @Override
          public long length() {
            return 1L << 40; // more than any memory holds
          }

          @Override
          public void writeTo(OutputStream out) throws IOException {
            byte[] piece = new byte[1 << 16];
            while (true) {
              out.write(piece);
            }
          }
        };
    Handler handler =
        exchange -> {
          try {
            exchange.respond(200, Headers.of("Content-Type", "application/json"), endless);
          } catch (IOException e) {
            end.complete(e);
            throw e;
          }
        };
    Duration soon = Duration.ofMillis(300);
    ServerOptions impatient = ServerOptions.on(ANY_PORT).withTimeouts(soon, soon, soon, soon, soon);
    try (HttpServer server = HttpServer.startPlain(impatient, handler);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(end.get(20, TimeUnit.SECONDS)).hasMessageContaining("does not read");
    }
  }
}
