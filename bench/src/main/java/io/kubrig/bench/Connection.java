package io.kubrig.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import javax.net.ssl.SSLContext;

/**
 * One HTTP/1.1 connection that costs a client next to nothing: prepared bytes go out, of an answer only its status, its length and what a
 * reader asks for is looked at. A measurement shares its processors with the server, so what the client spends would hide differences
 * between servers.
 *
 * <p>For the well-behaved servers of a benchmark only: answers have a length or come in chunks.
 */
public final class Connection implements AutoCloseable {
  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;
  private final byte[] buffer = new byte[32 << 10];
  private int at;
  private int end;
  private boolean chunked;
  private long length;

  /**
   * Connects to a server.
   *
   * @param tls null for {@code http}
   */
  public Connection(URI server, SSLContext tls) throws IOException {
    socket = tls == null ? new Socket(server.getHost(), server.getPort())
        : tls.getSocketFactory().createSocket(server.getHost(), server.getPort());
    socket.setTcpNoDelay(true);
    out = socket.getOutputStream();
    in = socket.getInputStream();
  }

  /** A request's bytes. */
  public static byte[] request(String method, URI server, String path, String token, String type, String accept, byte[] body) {
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: ").append(server.getAuthority()).append("\r\n");
    if (!token.equals("-")) {
      head.append("Authorization: Bearer ").append(token).append("\r\n");
    }
    if (body.length > 0) {
      head.append("Content-Type: ").append(type).append("\r\nContent-Length: ").append(body.length).append("\r\n");
    }
    head.append("Accept: ").append(accept).append("\r\nUser-Agent: bench/1\r\n\r\n");
    byte[] first = head.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] whole = Arrays.copyOf(first, first.length + body.length);
    System.arraycopy(body, 0, whole, first.length, body.length);
    return whole;
  }

  /** What takes an answer's body as it comes. */
  @FunctionalInterface
  public interface Body {
    Body NOBODY = (bytes, from, to) -> { };

    void part(byte[] bytes, int from, int to);
  }

  /** Sends a request and answers the status when the whole answer is here. */
  public int call(byte[] request, Body body) throws IOException {
    int status = begin(request);
    read(body);
    return status;
  }

  /** Sends a request and answers the status when the answer's head is here. */
  public int begin(byte[] request) throws IOException {
    out.write(request);
    out.flush();
    String first = line();
    length = 0;
    chunked = false;
    for (String field = line(); !field.isEmpty(); field = line()) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = lower.contains("chunked");
      }
    }
    return Integer.parseInt(first.substring(9, 12));
  }

  /** Reads the answer's body to its end, which a watch may never reach. */
  public void read(Body body) throws IOException {
    if (!chunked) {
      take(length, body);
      return;
    }
    while (true) {
      long size = Long.parseLong(line(), 16);
      take(size, body);
      line();
      if (size == 0) {
        return;
      }
    }
  }

  private void take(long bytes, Body body) throws IOException {
    for (long left = bytes; left > 0; ) {
      if (at == end) {
        fill();
      }
      int part = (int) Math.min(left, end - at);
      body.part(buffer, at, at + part);
      at += part;
      left -= part;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    while (true) {
      if (at == end) {
        fill();
      }
      byte next = buffer[at++];
      if (next == '\n') {
        return line.toString();
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
  }

  private void fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    if (end == 0) {
      throw new EOFException("the server closed the connection");
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
