package io.kubrig.testkit.traffic;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** An exchange whose answer is looked at, and whose watch can be disturbed. */
final class ObservedExchange implements Exchange {
  private static final Pattern TIMEOUT = Pattern.compile("(?<=^|&)timeoutSeconds=\\d{3,}");
  private static final Pattern BOOKMARKS = Pattern.compile("(?<=^|&)allowWatchBookmarks=true");
  private static final String NO_BOOKMARKS = "allowWatchBookmarks=false";
  private static final String FOR_EVER = "timeoutSeconds=" + Integer.MAX_VALUE;

  private final Exchange client;
  private final Call call;
  private final Faults faults;
  private final Runnable told;
  private final boolean part;
  private final List<Runnable> closing = new ArrayList<>(); // guarded by itself
  private volatile int status;
  private volatile byte[] answer = {};

  /** @param part whether the client is a part of the cluster */
  ObservedExchange(Exchange client, Call call, Faults faults, Runnable told, boolean part) {
    this.client = client;
    this.call = call;
    this.faults = faults;
    this.told = told;
    this.part = part;
  }

  int status() {
    return status;
  }

  /** The body of the answer, if it was answered whole. */
  byte[] answer() {
    return answer;
  }

  /** The same request from a client that will never hear the answer. */
  Exchange unanswered() {
    return new Unanswered();
  }

  @Override
  public String method() {
    return client.method();
  }

  @Override
  public String rawPath() {
    return client.rawPath();
  }

  /**
   * Informers let their watches end after some minutes because connections do not last. Within the process they do, and a week of virtual
   * time would be spent with beginning watches again. A short time, which a test may have set, is kept. Nor do the watches of the
   * cluster's own parts need a bookmark a minute in order to begin again; those of the code under test get theirs.
   */
  @Override
  public String rawQuery() {
    if (!call.verb().equals("watch")) {
      return client.rawQuery();
    }
    String lasting = TIMEOUT.matcher(client.rawQuery()).replaceAll(FOR_EVER);
    return part && !lasting.contains("sendInitialEvents=true") ? BOOKMARKS.matcher(lasting).replaceAll(NO_BOOKMARKS) : lasting;
  }

  @Override
  public Headers headers() {
    return client.headers();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return client.remoteAddress();
  }

  @Override
  public String protocol() {
    return client.protocol();
  }

  @Override
  public List<X509Certificate> clientCertificates() {
    return client.clientCertificates();
  }

  @Override
  public byte[] body(int limit) throws IOException {
    return client.body(limit);
  }

  @Override
  public void respond(int code, Headers headers, byte[] body) throws IOException {
    status = code;
    answer = body;
    client.respond(code, headers, body);
  }

  @Override
  public ResponseStream stream(int code, Headers headers) throws IOException {
    status = code;
    if (!call.verb().equals("watch")) {
      return client.stream(code, headers);
    }
    return WatchStream.begin(call, () -> client.stream(code, headers), faults, new WatchStream.Ends(told, this::hangUp));
  }

  @Override
  public Duplex upgrade(Headers headers) throws IOException {
    status = 101;
    return client.upgrade(headers);
  }

  @Override
  public boolean canUpgrade() {
    return client.canUpgrade();
  }

  @Override
  public void onClose(Runnable action) {
    synchronized (closing) {
      closing.add(action);
    }
    client.onClose(action);
  }

  private void hangUp() {
    List<Runnable> actions;
    synchronized (closing) {
      actions = List.copyOf(closing);
    }
    actions.forEach(Runnable::run);
  }

  /** Swallows the answer. */
  private final class Unanswered implements Exchange {
    @Override
    public String method() {
      return client.method();
    }

    @Override
    public String rawPath() {
      return client.rawPath();
    }

    @Override
    public String rawQuery() {
      return client.rawQuery();
    }

    @Override
    public Headers headers() {
      return client.headers();
    }

    @Override
    public InetSocketAddress remoteAddress() {
      return client.remoteAddress();
    }

    @Override
    public String protocol() {
      return client.protocol();
    }

    @Override
    public List<X509Certificate> clientCertificates() {
      return client.clientCertificates();
    }

    @Override
    public byte[] body(int limit) throws IOException {
      return client.body(limit);
    }

    @Override
    public void respond(int code, Headers headers, byte[] body) {
      // nobody hears it
    }

    @Override
    public ResponseStream stream(int code, Headers headers) {
      return new ResponseStream() {
        @Override
        public void write(byte[] bytes, int offset, int length) {
          // nobody hears it
        }

        @Override
        public void close() {
          // nothing is open
        }
      };
    }

    @Override
    public Duplex upgrade(Headers headers) throws IOException {
      throw new IOException("the client has gone");
    }

    @Override
    public boolean canUpgrade() {
      return false;
    }

    @Override
    public void onClose(Runnable action) {
      client.onClose(action);
    }
  }
}
