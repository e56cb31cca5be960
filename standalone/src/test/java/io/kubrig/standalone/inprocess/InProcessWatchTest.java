package io.kubrig.standalone.inprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.kubrig.apiserver.http.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InProcessWatchTest {
  @Test
  void events_that_the_server_sends_at_once_are_messages_of_their_own() throws Exception {
    BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    InProcessClients clients =
        new InProcessClients(
            exchange -> {
              try (var stream = exchange.stream(200, new Headers())) {
                stream.write("{\"a\":1}\n{\"a\":2}\n".getBytes(StandardCharsets.UTF_8));
              }
            },
            List.of());
    try (HttpClient client = clients.newBuilder().build()) {
      client
          .newWebSocketBuilder()
          .uri(URI.create("https://kubrig.invalid/api/v1/pods?watch=true"))
          .buildAsync(
              new WebSocket.Listener() {
                @Override
                public void onMessage(WebSocket socket, String text) {
                  messages.add(text);
                  socket.request();
                }
              })
          .get(10, TimeUnit.SECONDS);
      assertThat(messages.poll(10, TimeUnit.SECONDS)).isEqualTo("{\"a\":1}\n");
      assertThat(messages.poll(10, TimeUnit.SECONDS)).isEqualTo("{\"a\":2}\n");
    }
  }
}
