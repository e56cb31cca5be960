package io.kubrig.kubelet.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Connects a client that wants an upgraded connection with the streaming server of the runtime. The client's own request goes there under
 * the address that the runtime gave, and from then on the bytes of both go through untouched: whatever protocol the two agree on.
 */
final class StreamProxy {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int BUFFER = 16 * 1024;

  private StreamProxy() {}

  /** Whether a request asks for another protocol. */
  static boolean wantsUpgrade(Exchange exchange) {
    return exchange.header("Upgrade").isPresent()
        && exchange.headers().stream()
            .anyMatch(header -> header[0].equalsIgnoreCase("Connection") && header[1].toLowerCase(Locale.ROOT).contains("upgrade"));
  }

  /** Returns when either side has closed. */
  static void connect(Exchange exchange, URI address) throws IOException {
    int port = address.getPort() > 0 ? address.getPort() : 80;
    try (Socket backend = new Socket()) {
      backend.connect(new InetSocketAddress(address.getHost(), port), CONNECT_MILLIS);
      backend.setTcpNoDelay(true);
      OutputStream toBackend = backend.getOutputStream();
      toBackend.write(request(exchange, address, port).getBytes(StandardCharsets.ISO_8859_1));
      toBackend.flush();
      Exchange.Hijacked client = exchange.hijack();
      Thread upstream = Thread.ofVirtual().name("stream-up").start(() -> {
        pump(client.in(), toBackend);
        shutdownOutput(backend);
      });
      pump(backend.getInputStream(), client.out());
      // a TLS connection cannot be half closed: the client learns of the end by the end of everything
      close(client.socket());
      join(upstream);
    }
  }

  private static String request(Exchange exchange, URI address, int port) {
    String path = address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
    StringBuilder text = new StringBuilder(exchange.method()).append(' ').append(path).append(" HTTP/1.1\r\nHost: ")
        .append(address.getHost()).append(':').append(port).append("\r\n");
    for (String[] header : exchange.headers()) {
      boolean ours = header[0].equalsIgnoreCase("Host") || header[0].equalsIgnoreCase("Authorization")
          || header[0].equalsIgnoreCase("Origin");
      if (!ours) {
        text.append(header[0]).append(": ").append(header[1]).append("\r\n");
      }
    }
    return text.append("\r\n").toString();
  }

  private static void pump(InputStream from, OutputStream to) {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        to.write(buffer, 0, n);
        to.flush();
      }
    } catch (IOException ended) {
      // one side went away, which is how such connections end
      return;
    }
  }

  private static void shutdownOutput(Socket socket) {
    try {
      socket.shutdownOutput();
    } catch (IOException ended) {
      // closed already
      return;
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException ended) {
      // closed already
      return;
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
