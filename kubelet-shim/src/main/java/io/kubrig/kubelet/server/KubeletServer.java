package io.kubrig.kubelet.server;

import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.health.Access;
import io.kubrig.machinery.health.Access.Caller;
import io.kubrig.machinery.health.Access.Credentials;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kubelet's HTTPS port: one virtual thread a connection; every request is authenticated and authorized before it is answered. */
public final class KubeletServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubeletServer.class);
  private static final Duration IDLE = Duration.ofMinutes(3);
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final int BACKLOG = 128;
  private static final int BUFFER = 16 * 1024;

  private final InetSocketAddress address;
  private final KeyManager[] identity;
  private final Access authentication;
  private final NodeAccess authorization;
  private final Routes routes;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile ServerSocket listener;

  /** @param identity what the server proves who it is with */
  public KubeletServer(InetSocketAddress address, KeyManager[] identity, Access authentication, NodeAccess authorization,
      Routes routes) {
    this.address = address;
    this.identity = identity.clone();
    this.authentication = authentication;
    this.authorization = authorization;
    this.routes = routes;
  }

  /** @throws StartException when the port cannot be had */
  public void start() {
    try {
      SSLContext context = TlsImplementation.holding(identity).context(identity, new TrustManager[] {new AnyClient()});
      SSLServerSocket socket = (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
      socket.setReuseAddress(true);
      socket.setWantClientAuth(true);
      socket.bind(address, BACKLOG);
      listener = socket;
      Thread.ofVirtual().name("kubelet-server").start(this::accept);
    } catch (IOException e) {
      throw new StartException("cannot listen on " + address.getAddress().getHostAddress() + ":" + address.getPort() + ": "
          + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new StartException("cannot use the kubelet's serving certificate: " + e.getMessage(), e);
    }
  }

  /** The port that is listened on. */
  public int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() {
    ServerSocket socket = listener;
    if (socket != null) {
      closeQuietly(socket);
    }
    connections.forEach(KubeletServer::closeQuietly);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("closing: {}", e.toString());
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        SSLSocket socket = (SSLSocket) listener.accept();
        connections.add(socket);
        Thread.ofVirtual().name("kubelet-connection").start(() -> serve(socket));
      } catch (SocketException e) {
        if (!listener.isClosed()) {
          LOG.warn("Cannot accept a connection: {}", e.toString());
        }
      } catch (IOException e) {
        LOG.warn("Cannot accept a connection: {}", e.toString());
      }
    }
  }

  private void serve(SSLSocket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) HANDSHAKE.toMillis());
      socket.startHandshake();
      socket.setSoTimeout((int) IDLE.toMillis());
      List<X509Certificate> certificates = certificates(socket);
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
      boolean open = true;
      while (open) {
        Optional<Exchange> exchange = Exchange.read(socket, in);
        open = exchange.isPresent() && serve(socket, exchange.get(), certificates);
      }
    } catch (IOException e) {
      LOG.debug("connection from {}: {}", socket.getRemoteSocketAddress(), e.toString());
    } finally {
      connections.remove(socket);
    }
  }

  /** Returns whether another request may follow. */
  private boolean serve(Socket socket, Exchange exchange, List<X509Certificate> certificates) throws IOException {
    if (!StreamProxy.wantsUpgrade(exchange)) {
      exchange.skipBody();
    } else {
      // streams may be silent for hours
      socket.setSoTimeout(0);
    }
    String token = exchange.header("Authorization").filter(value -> value.startsWith("Bearer "))
        .map(value -> value.substring("Bearer ".length()).strip()).orElse("");
    Optional<Caller> caller = authentication.authenticate(new Credentials(token, certificates));
    if (caller.isEmpty()) {
      exchange.answer(401, "Unauthorized");
      return exchange.keepsAlive();
    }
    List<String> subresources = Routes.subresources(exchange.path());
    if (!authorization.allows(caller.get(), exchange.method(), subresources)) {
      exchange.answer(403, authorization.describe(caller.get(), exchange.method(), subresources));
      return exchange.keepsAlive();
    }
    try {
      routes.serve(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return exchange.keepsAlive();
  }

  private static List<X509Certificate> certificates(SSLSocket socket) {
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      for (Certificate certificate : socket.getSession().getPeerCertificates()) {
        certificates.add((X509Certificate) certificate);
      }
      return certificates;
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
  }

  /** Lets any certificate through the handshake: a wrong one is answered with 401, not cut off. */
  private static final class AnyClient implements javax.net.ssl.X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws java.security.cert.CertificateException {
      throw new java.security.cert.CertificateException("a server's trust manager is asked about clients only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
