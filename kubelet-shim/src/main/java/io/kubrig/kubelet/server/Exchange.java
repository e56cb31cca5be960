package io.kubrig.kubelet.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One request of a connection and its answer, by blocking I/O on the connection's own thread. An answer is either whole, a stream in
 * chunks, or the bare connection after an upgrade. Source: RFC 9112.
 */
final class Exchange {
  private static final int MAX_HEAD_BYTES = 64 * 1024;
  private static final int MAX_BODY_BYTES = 1024 * 1024;

  private final Socket socket;
  private final BufferedInputStream in;
  private final OutputStream out;
  private final String method;
  private final String target;
  private final List<String[]> headers;
  private boolean answered;
  private boolean hijacked;

  private Exchange(Socket socket, BufferedInputStream in, String method, String target, List<String[]> headers) throws IOException {
    this.socket = socket;
    this.in = in;
    this.out = socket.getOutputStream();
    this.method = method;
    this.target = target;
    this.headers = headers;
  }

  /** Reads the next request; empty when the client closed the connection. */
  static Optional<Exchange> read(Socket socket, BufferedInputStream in) throws IOException {
    String head = head(in);
    if (head.isEmpty()) {
      return Optional.empty();
    }
    String[] lines = head.split("\r\n");
    String[] request = lines[0].split(" ");
    if (request.length != 3 || !request[2].startsWith("HTTP/1.")) {
      throw new IOException("malformed request line");
    }
    List<String[]> headers = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0) {
        throw new IOException("malformed header");
      }
      headers.add(new String[] {lines[i].substring(0, colon), lines[i].substring(colon + 1).strip()});
    }
    return Optional.of(new Exchange(socket, in, request[0], request[1], headers));
  }

  private static String head(BufferedInputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int b = in.read();
      if (b < 0) {
        if (head.size() == 0) {
          return "";
        }
        throw new EOFException("connection closed within a request");
      }
      head.write(b);
      matched = b == (matched % 2 == 0 ? '\r' : '\n') ? matched + 1 : b == '\r' ? 1 : 0;
      if (head.size() > MAX_HEAD_BYTES) {
        throw new IOException("request header too large");
      }
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  String method() {
    return method;
  }

  String path() {
    int query = target.indexOf('?');
    return URLDecoder.decode((query < 0 ? target : target.substring(0, query)).replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The parameters; a name may have several values. */
  Map<String, List<String>> query() {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    int question = target.indexOf('?');
    for (String pair : question < 0 ? new String[0] : target.substring(question + 1).split("&")) {
      int equals = pair.indexOf('=');
      String name = URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8);
      String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
      parameters.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
    }
    return parameters;
  }

  List<String[]> headers() {
    return headers;
  }

  Optional<String> header(String name) {
    return headers.stream().filter(header -> header[0].equalsIgnoreCase(name)).map(header -> header[1]).findFirst();
  }

  boolean keepsAlive() {
    return !hijacked && answered && header("Connection").map(value -> !value.toLowerCase(Locale.ROOT).contains("close")).orElse(true);
  }

  /** Reads over the body, so that the next request can be read; no request that is served here means anything by one. */
  void skipBody() throws IOException {
    Optional<String> length = header("Content-Length");
    if (header("Transfer-Encoding").isPresent()) {
      throw new IOException("a request body in chunks is not taken here");
    }
    if (length.isPresent()) {
      long bytes = Long.parseLong(length.get());
      if (bytes > MAX_BODY_BYTES) {
        throw new IOException("request body too large");
      }
      in.skipNBytes(bytes);
    }
  }

  /** Answers as a whole. */
  void answer(int status, String contentType, byte[] body) throws IOException {
    answered = true;
    String head =
        "HTTP/1.1 " + status + " " + Reason.of(status) + "\r\nContent-Type: " + contentType + "\r\nContent-Length: " + body.length
            + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    if (!method.equals("HEAD")) {
      out.write(body);
    }
    out.flush();
  }

  void answer(int status, String text) throws IOException {
    answer(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Begins an answer whose end is not known yet; every write goes out at once when flushed, closing ends the answer. */
  OutputStream stream(String contentType) throws IOException {
    answered = true;
    out.write(("HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\nTransfer-Encoding: chunked\r\n\r\n")
        .getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    return new Chunks(out);
  }

  /** Takes the connection over: nothing but its bytes from here on. */
  Hijacked hijack() {
    answered = true;
    hijacked = true;
    return new Hijacked(socket, in, out);
  }

  /** A connection without HTTP. {@code in} may hold bytes that were read ahead. */
  record Hijacked(Socket socket, BufferedInputStream in, OutputStream out) {}

  /** The reason phrases that occur. */
  private static final class Reason {
    static String of(int status) {
      return switch (status) {
        case 200 -> "OK";
        case 400 -> "Bad Request";
        case 401 -> "Unauthorized";
        case 403 -> "Forbidden";
        case 404 -> "Not Found";
        case 405 -> "Method Not Allowed";
        case 500 -> "Internal Server Error";
        case 502 -> "Bad Gateway";
        case 503 -> "Service Unavailable";
        default -> "Status";
      };
    }
  }

  /** A body in chunks: what is written between two flushes becomes one. */
  private static final class Chunks extends OutputStream {
    private static final int FULL = 16 * 1024;
    private final OutputStream out;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    Chunks(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      pending.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      pending.write(bytes, from, length);
      if (pending.size() >= FULL) {
        flush();
      }
    }

    @Override
    public void flush() throws IOException {
      if (pending.size() > 0) {
        out.write((Integer.toHexString(pending.size()) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        pending.writeTo(out);
        out.write('\r');
        out.write('\n');
        pending.reset();
      }
      out.flush();
    }

    @Override
    public void close() throws IOException {
      flush();
      out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }
  }
}
