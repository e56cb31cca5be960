package io.kubrig.kubelet.probe;

import io.kubrig.machinery.pki.TrustAnyone;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * One HTTP GET as probes and hooks make it: any Host header may be set, certificates are not checked, and a redirect is followed only
 * to the same host. That is more than the JDK's client allows, and less than it does.
 */
public final class HttpCall {
  private static final int MAX_BODY = 10 * 1024;
  private static final int MAX_HEAD = 64 * 1024;
  private static final int MAX_REDIRECTS = 10;
  private static final SSLContext TRUSTING = trusting();

  private HttpCall() {}

  /** What came back. {@code body} is cut at 10 KiB. */
  public record Answer(int status, Map<String, String> headers, String body) {}

  /**
   * @param headers names as they are to be sent
   * @throws IOException with the message that Go's client has for it, without the URL
   */
  public static Answer get(URI uri, Map<String, String> headers, Duration timeout) throws IOException {
    URI at = uri;
    for (int i = 0; i < MAX_REDIRECTS; i++) {
      Answer answer = once(at, headers, timeout);
      Optional<URI> next = redirect(at, answer);
      if (next.isEmpty()) {
        return answer;
      }
      at = next.get();
    }
    throw new IOException("stopped after 10 redirects");
  }

  private static Optional<URI> redirect(URI at, Answer answer) {
    boolean redirects = List.of(301, 302, 303, 307, 308).contains(answer.status());
    String location = answer.headers().get("location");
    if (!redirects || location == null) {
      return Optional.empty();
    }
    URI next = at.resolve(location);
    return at.getHost().equals(next.getHost()) ? Optional.of(next) : Optional.empty();
  }

  private static Answer once(URI uri, Map<String, String> headers, Duration timeout) throws IOException {
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
    try (Socket plain = connect(bare(uri.getHost()), port, timeout);
        Socket socket = secure ? secured(plain, uri.getHost(), port) : plain) {
      socket.setSoTimeout((int) timeout.toMillis());
      socket.getOutputStream().write(request(uri, headers).getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return read(socket.getInputStream());
    } catch (SocketTimeoutException e) {
      throw new IOException("context deadline exceeded (Client.Timeout exceeded while awaiting headers)", e);
    }
  }

  /** Opens a TCP connection; a failure says what Go's dialer would say. */
  static Socket connect(String host, int port, Duration timeout) throws IOException {
    String where = "dial tcp " + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + ": ";
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
      return socket;
    } catch (SocketTimeoutException e) {
      socket.close();
      throw new IOException(where + "i/o timeout", e);
    } catch (NoRouteToHostException e) {
      socket.close();
      throw new IOException(where + "connect: no route to host", e);
    } catch (ConnectException e) {
      socket.close();
      throw new IOException(where + "connect: connection refused", e);
    }
  }

  private static Socket secured(Socket plain, String host, int port) throws IOException {
    SSLSocket socket = (SSLSocket) TRUSTING.getSocketFactory().createSocket(plain, host, port, true);
    socket.startHandshake();
    return socket;
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String request(URI uri, Map<String, String> headers) {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.put("Host", uri.getPort() > 0 ? uri.getHost() + ":" + uri.getPort() : uri.getHost());
    all.put("Connection", "close");
    all.putAll(headers);
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    StringBuilder text = new StringBuilder("GET ").append(path);
    if (uri.getRawQuery() != null) {
      text.append('?').append(uri.getRawQuery());
    }
    text.append(" HTTP/1.1\r\n");
    all.forEach((name, value) -> {
      if (!value.isEmpty()) {
        text.append(name).append(": ").append(value).append("\r\n");
      }
    });
    return text.append("\r\n").toString();
  }

  private static Answer read(InputStream in) throws IOException {
    String[] lines = head(in).split("\r?\n");
    String[] status = lines[0].split(" ", 3);
    if (!lines[0].startsWith("HTTP/") || status.length < 2) {
      throw new IOException("malformed HTTP response \"" + lines[0] + "\"");
    }
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.put(lines[i].substring(0, colon).strip().toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).strip());
      }
    }
    String length = headers.get("content-length");
    int wanted = length == null ? MAX_BODY : Math.min(MAX_BODY, Integer.parseInt(length));
    return new Answer(Integer.parseInt(status[1]), headers, new String(in.readNBytes(wanted), StandardCharsets.UTF_8));
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int newlines = 0;
    while (newlines < 2) {
      int b = in.read();
      if (b < 0) {
        if (head.size() == 0) {
          throw new IOException("EOF");
        }
        break;
      }
      head.write(b);
      newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
      if (head.size() > MAX_HEAD) {
        throw new IOException("server response headers exceeded " + MAX_HEAD + " bytes; aborted");
      }
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /** A probe asks whether a container answers, not who it is. (Source: the API's {@code httpGet.scheme}.) */
  private static SSLContext trusting() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAnyone()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
