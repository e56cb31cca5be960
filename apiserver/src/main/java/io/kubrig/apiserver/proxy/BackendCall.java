package io.kubrig.apiserver.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubrig.apiserver.http.Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * An HTTP/1.1 connection to a backend with one request at a time on it; an upgrade may keep it. Blocking, for a virtual thread. Redirects
 * are answers like any other.
 */
public final class BackendCall implements AutoCloseable {
  private static final int MAX_HEAD = 64 * 1024;
  private static final int MOST_INTERIM = 5;

  private final Socket socket;
  private final InputStream in;
  private int status;
  private Headers headers = new Headers();

  private BackendCall(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedInputStream(socket.getInputStream(), 32 * 1024);
  }

  /** Sends a request and reads the head of the answer. */
  static BackendCall send(Backend backend, Duration connectTimeout, String method, String target, Headers headers, byte[] body)
      throws IOException {
    BackendCall call = open(backend, connectTimeout);
    try {
      call.ask(method, target, headers, body);
      return call;
    } catch (IOException | RuntimeException e) {
      call.close();
      throw e;
    }
  }

  /** Connects, TLS included, and sends nothing yet. */
  public static BackendCall open(Backend backend, Duration timeout) throws IOException {
    return new BackendCall(connect(backend, timeout));
  }

  /** Sends a request and reads the head of the answer. A connection may be asked again when the answer's body has been read to its end. */
  public void ask(String method, String target, Headers fields, byte[] body) throws IOException {
    headers = new Headers();
    writeHead(method, target, fields, body);
    readHead();
    for (int interim = 0; status >= 100 && status < 200 && status != 101; interim++) {
      if (interim == MOST_INTERIM) {
        throw new IOException("the backend sent too many 1xx informational responses");
      }
      headers = new Headers();
      readHead();
    }
  }

  /** Whether the connection is good for another request after this answer. */
  public boolean keepsAlive() {
    boolean framed = !headers.value("Content-Length").isEmpty() || headers.value("Transfer-Encoding").equalsIgnoreCase("chunked");
    return framed && !headers.value("Connection").equalsIgnoreCase("close");
  }

  private static Socket connect(Backend backend, Duration timeout) throws IOException {
    Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      plain.connect(resolved(backend.dial()), (int) Math.max(1, timeout.toMillis()));
      if (backend.tls() == null) {
        return plain;
      }
      SSLSocket secure = (SSLSocket) backend.tls().getSocketFactory().createSocket(plain, backend.host(), backend.port(), true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"http/1.1"});
      if (backend.verifyHost()) {
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
      }
      secure.setSSLParameters(parameters);
      secure.setSoTimeout((int) timeout.multipliedBy(2).toMillis());
      secure.startHandshake();
      secure.setSoTimeout(0);
      return secure;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static InetSocketAddress resolved(InetSocketAddress address) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(address.getHostString()), address.getPort());
  }

  private void writeHead(String method, String target, Headers fields, byte[] body) throws IOException {
    StringBuilder head = new StringBuilder(512).append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    fields.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (body.length > 0 || method.equals("POST") || method.equals("PUT") || method.equals("PATCH")) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream(head.length() + body.length);
    all.write(head.toString().getBytes(ISO_8859_1));
    all.write(body);
    socket.getOutputStream().write(all.toByteArray());
  }

  private void readHead() throws IOException {
    int[] left = {MAX_HEAD};
    String line = line(left);
    String[] parts = line.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
      throw new IOException("malformed HTTP response \"" + line + "\"");
    }
    try {
      status = Integer.parseInt(parts[1]);
    } catch (NumberFormatException e) {
      throw new IOException("malformed HTTP status code \"" + parts[1] + "\"", e);
    }
    for (String field = line(left); !field.isEmpty(); field = line(left)) {
      int colon = field.indexOf(':');
      if (colon > 0) {
        headers.add(field.substring(0, colon), field.substring(colon + 1).strip());
      }
    }
  }

  private String line(int[] left) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("EOF");
      }
      if (left[0]-- == 0) {
        throw new IOException("the backend's header is too large");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  public int status() {
    return status;
  }

  public Headers headers() {
    return headers;
  }

  /** The bytes of the connection after the head: what an upgrade is made of. */
  InputStream input() {
    return in;
  }

  OutputStream output() throws IOException {
    return socket.getOutputStream();
  }

  /** The answer's body, its framing taken off. */
  public InputStream body() throws IOException {
    boolean none = status == 204 || status == 304;
    if (none) {
      return InputStream.nullInputStream();
    }
    if (headers.value("Transfer-Encoding").equalsIgnoreCase("chunked")) {
      return new Chunked();
    }
    String length = headers.value("Content-Length");
    return length.isEmpty() ? in : new Bounded(number(length, 10));
  }

  /** A length on the wire: digits alone, no sign. */
  private static long number(String digits, int radix) throws IOException {
    try {
      if (!digits.isEmpty() && Character.digit(digits.charAt(0), radix) >= 0) {
        return Long.parseLong(digits, radix);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IOException("malformed length of a body: \"" + digits + '"');
  }

  private final class Bounded extends InputStream {
    private long left;

    Bounded(long length) {
      left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = in.read(into, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new IOException("unexpected EOF");
      }
      left -= count;
      return count;
    }
  }

  private final class Chunked extends InputStream {
    private long left;
    private boolean first = true;
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0 && !ended) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      int count = in.read(into, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new IOException("unexpected EOF");
      }
      left -= count;
      return count;
    }

    private void nextChunk() throws IOException {
      int[] limit = {1024};
      if (!first) {
        line(limit);
      }
      first = false;
      String size = line(limit);
      int extension = size.indexOf(';');
      left = number((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
      ended = left == 0;
      limit[0] = MAX_HEAD;
      while (ended && !line(limit).isEmpty()) {
        // trailers say nothing that anybody needs
      }
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      // a connection that cannot be closed is closed
    }
  }
}
